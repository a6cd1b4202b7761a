"""What can be done with several signals at once: put tags on and take them off, correct the label."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from pfd_panel.components.background import Background
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip
from pfd_panel.errors import EXPECTED_ERRORS, RequestError, in_words
from pfd_panel.pages.factory import toast
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.services import collections, diagnosing, exploring, viewing
from pfd_panel.services.context import Context

DIAGNOSED = 50
"""Signals that are diagnosed at once: a few seconds."""


class BulkActions:
    """A bar that appears once signals are marked.

    Parameters
    ----------
    context : Context
        Whose catalog.
    dataset : callable
        Name of the dataset that is shown.
    labels : callable
        The labels it knows, offered while typing.
    done : callable
        Called after something was changed; takes the marks away.
    background : Background
        Where signals are diagnosed.
    refreshed : callable
        Called when diagnoses are there; the marks stay.
    """

    def __init__(
        self,
        context: Context,
        dataset: Callable[[], str],
        labels: Callable[[], Sequence[str]],
        done: Callable[[], Any],
        background: Background,
        refreshed: Callable[[], Any],
    ) -> None:
        self.context, self._dataset, self._labels, self._done = context, dataset, labels, done
        self._background, self._refreshed = background, refreshed
        self.chosen: list[str] = []
        self._typed = {"tag": "", "label": ""}
        self.view = Live(
            on={
                "bulk-tag": lambda value: self._typed.__setitem__("tag", value),
                "bulk-label": lambda value: self._typed.__setitem__("label", value),
                "tag": lambda _: self.tag(),
                "untag": lambda _: self.untag(),
                "correct": lambda _: self.correct(),
                "diagnose": lambda _: self.diagnose(),
                "unmark": lambda _: self._done(),
            },
            stylesheets=[CONTROLS],
            margin=0,
        )

    def show(self, chosen: Sequence[str]) -> None:
        """Follow the marks."""
        self.chosen = list(chosen)
        self._draw()

    def tag(self) -> None:
        """Put the typed word on the marked signals; words they carry already stay."""

        def change() -> str:
            exploring.tag(self.context, self.chosen, self._typed["tag"])
            return f"Tagged {_signals(len(self.chosen))} with {self._typed['tag'].strip()}."

        self._act(change)

    def untag(self) -> None:
        """Take the typed word off the marked signals that carry it."""

        def change() -> str:
            having = exploring.untag(self.context, self.chosen, self._typed["tag"])
            return f"Took {self._typed['tag'].strip()} off {_signals(len(having))}."

        self._act(change)

    def correct(self) -> None:
        """Give the marked signals the typed label, in a new version of the dataset."""

        def change() -> str:
            label = self._typed["label"].strip()
            if not label:
                raise RequestError("no label was typed", hint="Type the right class, for example inner_race.")
            collections.correct(self.context, self._dataset(), self.chosen, {"fault": label})
            return f"Corrected the label of {_signals(len(self.chosen))}; the dataset has a new version."

        self._act(change)

    def diagnose(self) -> None:
        """Diagnose the marked signals from physics, in the thread of the page; the table shows what was found."""
        chosen, dataset = self.chosen[:DIAGNOSED], self._dataset()

        def work() -> tuple[int, int]:
            faulty = 0
            for signal_id in chosen:
                found = diagnosing.of_signal(self.context, viewing.get(self.context, dataset, signal_id))
                faulty += found.verdict == "fault"
            return len(chosen), faulty

        def show(found: tuple[int, int]) -> None:
            self._refreshed()
            self._draw(
                Markup("<span class=note>{}</span>").format(f"{_signals(found[0])} diagnosed: {found[1]} faulty.")
            )

        self._draw(Markup("<span class=note>{}</span>").format(f"Diagnosing {_signals(len(chosen))}…"))
        self._background.do(work, show, self._refused)

    def _act(self, change: Callable[[], str]) -> None:
        """Change something, say what was done and take the marks away; a refusal is told beside the controls."""
        try:
            said = change()
        except EXPECTED_ERRORS as failure:
            self._refused(failure)
            return
        self._typed = {"tag": "", "label": ""}
        toast(said)
        self._done()

    def _refused(self, failure: Exception) -> None:
        words = in_words(failure)
        self._draw(
            Markup("{}<span class=note>{}. {}</span>").format(
                chip("alarm", "Not done"), words["message"], words["hint"]
            )
        )

    def _draw(self, problem: Markup | str = "") -> None:
        if not self.chosen:
            self.view.html = ""
            return
        carried = exploring.tags_of(self.context, self.chosen).values()
        self.view.html = str(
            Markup(
                '<div class="controls plain marked" role="toolbar" aria-label="Marked signals"><b>{} marked</b>'
                '<span class="pair"><input type="text" class="word" list="tags" data-send="bulk-tag" value="{}" '
                'placeholder="tag" aria-label="Tag for the marked signals">'
                '<datalist id="tags">{}</datalist>{}{}</span>'
                '<span class="pair"><input type="text" class="word" list="labels" data-send="bulk-label" '
                'value="{}" placeholder="right label" aria-label="Right label of the marked signals">'
                '<datalist id="labels">{}</datalist>{}</span><span class="pair">{}{}{}</span>{}</div>'
            ).format(
                len(self.chosen),
                self._typed["tag"],
                _options(sorted({word for words in carried for word in words})),
                button("Tag", icon_name="label", send="tag"),
                button("Untag", icon_name="label_off", send="untag"),
                self._typed["label"],
                _options(self._labels()),
                button("Correct label", icon_name="edit", send="correct"),
                button(f"Compare {len(self.chosen)} marked", icon_name="ssid_chart", href=self._compare_href()),
                button("Diagnose", icon_name="query_stats", send="diagnose"),
                button("Take marks away", send="unmark"),
                problem,
            )
        )

    def _compare_href(self) -> str:
        return f"/compare?{urlencode({'dataset': self._dataset(), 'ids': ','.join(self.chosen)})}"


def _options(values: Iterable[str]) -> Markup:
    """What is offered while typing."""
    return Markup("").join(Markup('<option value="{}">').format(value) for value in values)


def _signals(count: int) -> str:
    """So many signals, in words."""
    return "1 signal" if count == 1 else f"{count} signals"
