"""Take along what is looked at: samples as CSV, NPY, Parquet or WAV, and the plots as PNG or SVG."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from markupsafe import Markup

from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select, text_input
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, skeleton
from pfd_panel.components.stretches.shown import Offered, Shown, ShownNow
from pfd_panel.services import drawing, stretches
from pfd_panel.services.context import Context
from pfd_panel.services.passing_files import MadeFile
from pfd_panel.theme import numbers
from pipelines.sound import Bits

CHOICES = (
    ("png", "Figure as PNG, for a report"),
    ("svg", "Figure as SVG, to be scaled"),
    ("csv", "Samples as CSV"),
    ("npy", "Samples as NPY"),
    ("parquet", "Samples as Parquet"),
    ("wav-16", "Samples as WAV, 16 bits"),
    ("wav-24", "Samples as WAV, 24 bits"),
    ("wav-32", "Samples as WAV, 32-bit float"),
)


class ExportMenu:
    """A form that makes a file of what is looked at, and the link to it.

    Parameters
    ----------
    context : Context
        Who asks.
    shown : callable
        What is looked at when the file is asked for.

    Attributes
    ----------
    view : Live
        To be placed on a card or in a slot.
    """

    def __init__(self, context: Context, shown: ShownNow) -> None:
        self.context, self._shown = context, shown
        self.kind, self.title, self.whole = "png", "", False
        self._offered = Offered()
        self._asked = 0
        self._said = Markup("")
        self.view = Live(
            on={"export-kind": self._choose, "export-title": self._name, "export-part": self._part,
                "export": lambda _: self.make()},
            stylesheets=[FIELD_STYLE],
            margin=0,
        )  # fmt: skip
        self._draw()

    def make(self) -> None:
        """Make the file that is chosen, then offer it."""
        shown = self._shown()
        if shown is None:
            return
        self._asked += 1
        asked, make = self._asked, partial(self._make, shown)
        self._offered.withdraw()
        self._said = Markup('<div role="status" class="note">Making the file …</div>') + skeleton(20)
        self._draw()

        def done(made: MadeFile) -> None:
            if asked == self._asked:
                self._said = self._link(made, make)
                self._draw()

        def failed(failure: Exception) -> None:
            if asked == self._asked:
                self._said = error_words("Not made", failure)
                self._draw()

        in_background(make, done, failed)

    def _make(self, shown: Shown) -> MadeFile:
        start_s, stop_s = (0.0, None) if self.whole else (shown.start_s, shown.stop_s)
        form, _, bits = self.kind.partition("-")
        if form in drawing.FORMS:
            return drawing.figure(
                self.context,
                shown.row,
                form,
                plots=shown.plots,
                settings=shown.settings,
                start_s=start_s,
                stop_s=stop_s,
                band=shown.band,
                axis=shown.axis,
                limits=shown.limits,
                palette=shown.palette,
                marks=[mark for mark in shown.marks if mark.plot in shown.plots],
                markers=shown.markers,
                title=self.title,
            )
        width = cast("Bits", int(bits or 16))
        return stretches.export(self.context, shown.row, cast("stretches.Form", form), start_s, stop_s, bits=width)

    def _link(self, made: MadeFile, make: Callable[[], MadeFile]) -> Markup:
        address = self._offered.offer(made, make)
        size = numbers.size(made.path.stat().st_size)
        link = button(f"Download {made.path.name}", icon_name="download", href=address) if address else Markup("")
        note = "" if made.path.suffix in (".png", ".svg") else f" · {made.note}"
        return Markup('<div role="status">{}<div class="note" style="overflow-wrap:anywhere">{}{}</div></div>').format(
            link, size, note
        )

    def _choose(self, kind: str) -> None:
        if kind in dict(CHOICES):
            self.kind = kind
            self._fresh()

    def _name(self, title: str) -> None:
        self.title = title.strip()[:200]
        self._fresh()

    def _part(self, part: str) -> None:
        self.whole = part == "whole"
        self._fresh()

    def _fresh(self) -> None:
        """What was made is not what is chosen now."""
        self._asked += 1
        self._offered.withdraw()
        self._said = Markup("")
        self._draw()

    def _draw(self) -> None:
        parts: list[Any] = [
            field("File", select("export-kind", CHOICES, self.kind)),
            field(
                "Of",
                select(
                    "export-part",
                    [("stretch", "The stretch in view"), ("whole", "The whole record")],
                    "whole" if self.whole else "stretch",
                ),
            ),
        ]
        if self.kind in drawing.FORMS:
            parts.append(field("Title", text_input("export-title", self.title, placeholder="recording and channel")))
        action = button("Make the file", icon_name="save_alt", send="export")
        self.view.html = str(
            Markup('{}<div class="row" style="margin:12px 0">{}</div>{}').format(fields(*parts), action, self._said)
        )
