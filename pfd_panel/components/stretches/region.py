"""Measure the stretch that is looked at, and keep it as a signal of its own."""

from collections.abc import Callable
from urllib.parse import urlencode

from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, text_input
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, for_those_who, skeleton
from pfd_panel.components.stretches.shown import ShownNow
from pfd_panel.components.table import Column, simple_table
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.services import cutting, stretches
from pfd_panel.services.context import Context
from pfd_panel.services.stretches import StretchFeature
from pfd_panel.theme import numbers

_COLUMNS = (
    Column("title", "Feature", lambda one: one.title),
    Column("value", "Value", lambda one: numbers.number(one.value), numeric=True, strong=True),
    Column("unit", "Unit", lambda one: one.unit),
)


STYLE = f"""{FIELD_STYLE}
.region {{ max-height: 340px; overflow-y: auto; margin: 8px 0 16px; }}
.region th {{ position: sticky; top: 0; background: var(--p-surface); }}
.made {{ overflow-wrap: anywhere; min-width: 0; }}
"""


class RegionTools:
    """Features of the stretch in view, and a new signal of it, which can be undone.

    Parameters
    ----------
    context : Context
        Who measures and keeps.
    shown : callable
        What is looked at when that is asked for.
    changed : callable, optional
        Called with the id of the dataset after a signal was made or left out again.

    Attributes
    ----------
    view : Live
        To be placed on a card or in a slot.
    """

    def __init__(self, context: Context, shown: ShownNow, changed: Callable[[str], object] | None = None) -> None:
        self.context, self._shown, self._changed = context, shown, changed
        self.name = ""
        self.made: SignalRow | None = None
        self._asked = 0
        self._said = Markup("")
        self._features = Markup("")
        self.view = Live(
            on={"region-features": lambda _: self.measure(), "region-name": self._typed,
                "region-cut": lambda _: self.cut(), "region-undo": lambda _: self.undo()},
            stylesheets=[STYLE],
            margin=0,
        )  # fmt: skip
        self._draw()

    def measure(self) -> None:
        """Compute the features of the stretch."""
        shown = self._shown()
        if shown is None:
            return
        self._asked += 1
        asked = self._asked
        self._features = skeleton(160)
        self._draw()

        def done(found: list[StretchFeature]) -> None:
            if asked == self._asked:
                known = [one for one in found if one.value is not None]
                left = len(found) - len(known)
                note = f"{shown.words} of {shown.row.channel}"
                note += f"; {left} more need a speed or a bearing that is not known" if left else ""
                self._features = Markup('<div class="note" role="status">{}</div><div class="region">{}</div>').format(
                    note, simple_table(_COLUMNS, known)
                )
                self._draw()

        def failed(failure: Exception) -> None:
            if asked == self._asked:
                self._features = error_words("Not computed", failure)
                self._draw()

        in_background(lambda: stretches.features(self.context, shown.row, shown.start_s, shown.stop_s), done, failed)

    def cut(self) -> None:
        """Keep the stretch as a signal of its own."""
        shown = self._shown()
        if shown is None:
            return
        self._said = Markup('<div role="status" class="note">Copying the samples …</div>') + skeleton(20)
        self._draw()
        name, self.name = self.name, ""

        def failed(failure: Exception) -> None:
            self.name = name
            self._said = error_words("Not made", failure)
            self._draw()

        in_background(
            lambda: cutting.cut(self.context, shown.row, shown.start_s, shown.stop_s, name=name), self._cut, failed
        )

    def _cut(self, made: SignalRow) -> None:
        self.made = made
        address = f"/signal?{urlencode({'dataset': made.dataset_id, 'id': made.signal_id})}"
        self._said = Markup(
            '<div class="row" role="status"><span class="made">{} is in {} now.</span>{}{}</div>'
        ).format(
            made.recording.rpartition("/")[2],
            made.dataset,
            button("Open it", icon_name="show_chart", href=address),
            button("Undo", send="region-undo", needs="work"),
        )
        self._draw(used=True)
        self._tell(made.dataset_id)

    def undo(self) -> None:
        """Leave the signal that was made out again."""
        made = self.made
        if made is None:
            return
        try:
            cutting.undo(self.context, made.dataset_id, made.signal_id)
        except EXPECTED_ERRORS as failure:
            self._said = error_words("Not undone", failure)
        else:
            self.made = None
            self._said = Markup('<div class="note made" role="status">{} was left out again.</div>').format(
                made.recording.rpartition("/")[2]
            )
            self._tell(made.dataset_id)
        self._draw()

    def _tell(self, dataset_id: str) -> None:
        if self._changed is not None:
            self._changed(dataset_id)

    def _typed(self, name: str) -> None:
        self.name = name.strip()

    def _draw(self, *, used: bool = False) -> None:
        name = field(
            "Keep the stretch in view as", text_input("region-name", self.name, placeholder="recording [from–to s]")
        )
        keep = Markup('{}<div class="row" style="margin:12px 0">{}</div>').format(
            name, button("New signal", icon_name="content_cut", send="region-cut", needs="work")
        )
        measure = Markup('<div class="row" style="margin-bottom:12px">{}</div>').format(
            button("Features of the stretch in view", icon_name="functions", send="region-features")
        )
        html = measure + self._features + for_those_who("work", keep) + self._said
        if used:
            self.view.draw_unused(html)
        else:
            self.view.html = str(html)
