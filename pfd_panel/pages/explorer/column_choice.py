"""Which columns the table shows: check boxes that open above it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pfd_panel.components.fields import FIELD_STYLE, ticks
from pfd_panel.components.live import Live
from pfd_panel.components.table import Column
from pfd_panel.pages.explorer.table import SHOWN
from pipelines.features import FEATURES

STYLE = """
.choice { display: flex; flex-direction: column; gap: 12px; padding: 4px 0 14px; margin-bottom: 12px;
  border-bottom: 1px solid var(--p-line); }
.choice .row { justify-content: space-between; }
"""


class ColumnChoice:
    """A panel that opens and closes.

    Parameters
    ----------
    known : mapping of str to Column
        Columns that are no features.
    computed : callable
        Names of the features that the dataset has.
    chosen : callable
        ``chosen(names)`` when other columns are wanted.
    """

    def __init__(
        self, known: Mapping[str, Column], computed: Callable[[], Sequence[str]], chosen: Callable[[list[str]], Any]
    ) -> None:
        self.known, self._computed, self._chosen = known, computed, chosen
        self.names: list[str] = []
        self.open = False
        self.view = Live(
            on={
                "column": self._on_box,
                "columns-reset": lambda _: self._chosen(list(SHOWN)),
                "columns-close": lambda _: self.toggle(),
            },
            stylesheets=[FIELD_STYLE, STYLE],
            margin=0,
        )

    def show(self, names: Sequence[str]) -> None:
        """Follow the columns."""
        self.names = list(names)
        self._draw()

    def toggle(self) -> None:
        """Open, or close again."""
        self.open = not self.open
        self._draw()

    def _on_box(self, name: str, wanted: bool) -> None:
        marked = {one for one in self.names if one != name} | ({name} if wanted else set())
        # as they are offered, so that a link and a click give the same table
        order = dict.fromkeys([*self.known, *self._computed()])
        self._chosen([one for one in order if one in marked])

    def _draw(self) -> None:
        if not self.open:
            self.view.html = ""
            return
        computed = [name for name in self._computed() if name not in self.known]
        features = [(name, FEATURES[name].title) for name in computed]
        note = "" if features else "Extract the features of the dataset to see them here."
        self.view.html = str(
            Markup('<div class="choice">{}{}<div class="row">{}{}</div></div>').format(
                ticks(
                    "Known of the signal", "column", [(one.name, one.title) for one in self.known.values()], self.names
                ),
                ticks("Features", "column", features, self.names, note=note),
                Markup('<button type="button" class="link" data-send="columns-reset">As at first</button>'),
                Markup('<button type="button" class="link" data-send="columns-close">Close the columns</button>'),
            )
        )
