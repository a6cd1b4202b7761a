"""What a person confirms or corrects before an import: layout, labels, rates, speeds, units."""

import glob
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.formats import ChannelRead, Inspection
from data_catalog.formats.corrections import applies_to
from pfd_panel.components.fields import FIELD_STYLE, select, text_input, tick
from pfd_panel.components.fields import field as labelled
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip
from pfd_panel.errors import RequestError
from pfd_panel.services import importing
from pfd_panel.theme import numbers

ASKED_AT_ONCE = 12
KINDS = (
    ("rates", "Sampling rate (Hz)"),
    ("speeds", "Speed (rpm)"),
    ("units", "Unit"),
    ("fault", "Label: fault"),
    ("fault_size", "Label: fault size (inch)"),
    ("load", "Label: load"),
    ("position", "Label: position"),
    ("severity", "Label: severity"),
    ("bearing", "Label: bearing"),
    ("asset", "Label: asset"),
)
NUMERIC = {"rates": "sampling rate", "speeds": "speed"}


@dataclass
class Answers:
    """Everything that was confirmed or corrected, as the import takes it."""

    preset: str | None = None
    labels_from_path: bool = False
    rates: dict[str, float] = field(default_factory=dict)
    speeds: dict[str, float] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str | float]] = field(default_factory=dict)

    def add(self, kind: str, pattern: str, value: str) -> None:
        """Take one correction; a rate or speed must be a positive number."""
        pattern = pattern.strip() or "*"
        if not value.strip():
            raise RequestError("the correction has no value", hint="Write what holds for these recordings.")
        if kind in NUMERIC:
            getattr(self, kind).update(importing.parse_patterns([f"{pattern}={value.strip()}"], NUMERIC[kind]))
        elif kind == "units":
            self.units[pattern] = value.strip()
        else:
            parsed = importing.parse_labels([f"{pattern}:{kind}={value.strip()}"])
            self.labels.setdefault(pattern, {}).update(parsed[pattern])

    def rows(self) -> list[tuple[str, str, str]]:
        """Kind, pattern and value of every correction."""
        plain = [
            (kind, pattern, f"{value:g}" if isinstance(value, float) else value)
            for kind in ("rates", "speeds", "units")
            for pattern, value in getattr(self, kind).items()
        ]
        told = [(name, pattern, str(value)) for pattern, given in self.labels.items() for name, value in given.items()]
        return plain + told

    def touch(self, channel: ChannelRead) -> bool:
        """Whether any correction holds for `channel`."""
        return any(applies_to(pattern, channel) for _, pattern, _ in self.rows())

    def remove(self, kind: str, pattern: str) -> None:
        """Take a correction back."""
        if kind in ("rates", "speeds", "units"):
            getattr(self, kind).pop(pattern, None)
            return
        self.labels.get(pattern, {}).pop(kind, None)
        self.labels = {name: given for name, given in self.labels.items() if given}


class Corrections(Viewer):
    """The controls for `Answers`; ``changed()`` is called when the source has to be inspected again."""

    def __init__(self, answers: Answers, changed: Callable[[], Any]) -> None:
        super().__init__()
        self.answers, self.changed = answers, changed
        self.new: dict[str, str] = {"kind": "rates", "pattern": "*", "value": ""}
        self.asked: dict[str, str] = {}
        self.body = Live(margin=0, stylesheets=[FIELD_STYLE])
        self.body.on = {
            "preset": self.confirm_preset,
            "labels": self.read_labels,
            "kind": self._taker(self.new, "kind"),
            "pattern": self._taker(self.new, "pattern"),
            "value": self._taker(self.new, "value"),
            "add": lambda _: self.add(),
            "remove": self.remove,
            "answer": lambda _: self.answer(),
            "rate.rest": self._taker(self.asked, "*"),
        }

    def __panel__(self) -> Live:
        return self.body

    @staticmethod
    def _taker(place: dict[str, str], name: str) -> Callable[[str], None]:
        def take(value: str) -> None:
            place[name] = value

        return take

    # ---- what the controls do --------------------------------------------------------------------------------------

    def confirm_preset(self, name: str, on: bool) -> None:
        """Take a declared layout for the source, or not."""
        self.answers.preset = name if on else None
        self.changed()

    def read_labels(self, _: str, on: bool) -> None:
        """Read labels from folder names, or not."""
        self.answers.labels_from_path = on
        self.changed()

    def add(self) -> None:
        """Take the correction that was written."""
        try:
            self.answers.add(self.new["kind"], self.new["pattern"], self.new["value"])
        except RequestError as wrong:
            self.draw(self.found, wrong=f"{wrong}. {wrong.hint}")
            return
        self.new["value"] = ""
        self.changed()

    def remove(self, which: str) -> None:
        """Take a correction back."""
        kind, pattern = which.split("\x1f", 1)
        self.answers.remove(kind, pattern)
        self.changed()

    def answer(self) -> None:
        """Take the rates that were given for recordings without one."""
        try:
            for name in self._missing():
                value = self.asked.get(name) or self.asked.get("*") or ""
                if value.strip():
                    self.answers.add("rates", glob.escape(name), value)
        except RequestError as wrong:
            self.draw(self.found, missing_wrong=f"{wrong}. {wrong.hint}")
            return
        self.asked.clear()
        self.changed()

    def _missing(self) -> list[str]:
        return list(dict.fromkeys(one.recording for one in self.found.channels if one.rate_hz is None))

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def draw(self, found: Inspection, *, wrong: str = "", missing_wrong: str = "") -> None:
        """Show the controls that fit what was found."""
        self.found = found
        parts = [self._choices(), self._questions(missing_wrong), self._list(), self._new(wrong)]
        self.body.html = str(Markup("").join(part for part in parts if part))

    def _choices(self) -> Markup:
        boxes = [
            tick("preset", name, f"This is the layout “{name}”: use its rates, units and labels",
                 on=self.answers.preset == name)
            for name in dict.fromkeys([*self.found.presets_offered, *filter(None, [self.answers.preset])])
        ]  # fmt: skip
        boxes.append(
            tick("labels", "", "Read labels from folder names (fault, size, position, load)",
                 on=self.answers.labels_from_path)
        )  # fmt: skip
        return Markup('<div class="ticks" style="flex-direction:column">{}</div>').format(Markup("").join(boxes))

    def _questions(self, wrong: str) -> Markup:
        missing = self._missing()
        if not missing:
            return Markup("")
        count, inputs = len(missing), []
        for name in missing[:ASKED_AT_ONCE]:
            # by name: an answer may arrive after the questions were drawn anew
            send = f"rate of {name}"
            self.body.on[send] = self._taker(self.asked, name)
            inputs.append(labelled(name, text_input(send, self.asked.get(name), unit="Hz", number=True), wrong=wrong))
        each = Markup('<div class="fields" style="margin:8px 0">{}</div>').format(Markup("").join(inputs))
        if count > 1:
            every = text_input("rate.rest", self.asked.get("*"), unit="Hz", number=True)
            each = Markup(
                '<div class="fields" style="margin:8px 0">{}</div>'
                '<details class="more"{}><summary>One by one</summary>{}</details>'
            ).format(
                labelled(
                    f"All {numbers.integer(count)} without a rate", every, wrong=wrong if "*" in self.asked else ""
                ),
                Markup(" open") if any(name in self.asked for name in missing) else "",
                each,
            )
        return Markup(
            '<div class="warn" style="margin-top:12px">{}<span><b>Sampling rate of {} stated nowhere.</b> A rate '
            "is never guessed: give it, or confirm the layout above.</span></div>"
            "{}{}"
        ).format(
            chip("watch", "Rate missing"),
            "1 recording is" if count == 1 else f"{numbers.integer(count)} recordings is",
            each,
            button("Use these rates", icon_name="check", send="answer"),
        )

    def _list(self) -> Markup:
        titles = dict(KINDS)
        rows = Markup("").join(
            Markup(
                "<div><span>{}</span><span class='grow'><span class=mono>{}</span> <span class=note>{}</span></span>"
                "<span class=num>{}</span>{}</div>"
            ).format(
                titles[kind], pattern, self._reach(pattern), value,
                Markup('<button type="button" class="tool" data-send="remove" data-value="{}\x1f{}" '
                       'aria-label="Take back {} of {}"><span class="icon">close</span></button>').format(
                           kind, pattern, titles[kind], pattern),
            )
            for kind, pattern, value in self.answers.rows()
        )  # fmt: skip
        return Markup('<div class="lines" style="margin-top:12px">{}</div>').format(rows) if rows else Markup("")

    def _reach(self, pattern: str) -> str:
        count = sum(applies_to(pattern, one) for one in self.found.channels)
        return "1 channel" if count == 1 else f"{numbers.integer(count)} channels"

    def _new(self, wrong: str) -> Markup:
        return Markup('<div class="fields" style="margin-top:14px">{}{}{}</div>{}').format(
            labelled("Correct", select("kind", KINDS, self.new["kind"])),
            labelled(
                "For recordings",
                text_input("pattern", self.new["pattern"]),
                note="name or pattern, as Normal/* or *:DE",
            ),
            labelled("Value", text_input("value", self.new["value"]), wrong=wrong),
            Markup('<div class="row" style="margin-top:8px">{}</div>').format(
                button("Add this correction", icon_name="add", send="add")
            ),
        )


def as_params(answers: Answers) -> Mapping[str, Any]:
    """The fields of the import's parameters."""
    return dict(vars(answers))
