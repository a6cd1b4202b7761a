"""Which columns the list shows: check boxes, and a measured number with what is shown of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pfd_panel.components.fields import FIELD_STYLE, select, ticks
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button
from pfd_panel.components.table import Column
from pfd_panel.pages.experiments.columns import SHOWN, STATISTICS, measured_title
from pfd_panel.pages.explorer.column_choice import STYLE

DEFAULT = "record_accuracy"


class ColumnChoice:
    """A panel that opens and closes.

    Parameters
    ----------
    known : mapping of str to Column
        Columns that are no measured numbers.
    measured : callable
        Names of the numbers that experiments have measured.
    chosen : callable
        ``chosen(names)`` when other columns are wanted.
    """

    def __init__(
        self, known: Mapping[str, Column], measured: Callable[[], Sequence[str]], chosen: Callable[[list[str]], Any]
    ) -> None:
        self.known, self._measured, self._chosen = known, measured, chosen
        self.names: list[str] = []
        self.open = False
        self._number, self._statistic = DEFAULT, "best"
        self.view = Live(
            on={
                "column": self._on_box,
                "number": lambda value: setattr(self, "_number", value),
                "statistic": lambda value: setattr(self, "_statistic", value),
                "column-add": lambda _: self._on_box(f"{self._number}.{self._statistic}", True),
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
        rest = [one for one in self.names if one != name]
        marked = [*rest, name] if wanted else rest
        # as they are offered, measured numbers behind in the order in which they were added
        order = [one for one in self.known if one in marked]
        self._chosen([*order, *(one for one in marked if one not in self.known)])

    def _draw(self) -> None:
        if not self.open:
            self.view.html = ""
            return
        extra = [(name, measured_title(name)) for name in self.names if name not in self.known]
        options = [(name, measured_title(f"{name}.").removesuffix(", ")) for name in self._measured()]
        adding = Markup('<div class="row" style="justify-content:flex-start">{}{}{}</div>').format(
            select("number", options, self._number, label="Measured number", bare=True),
            select("statistic", list(STATISTICS.items()), self._statistic, label="What is shown of it", bare=True),
            button("Add column", icon_name="add", send="column-add"),
        )
        self.view.html = str(
            Markup('<div class="choice">{}{}{}<div class="row">{}{}</div></div>').format(
                ticks("Known", "column", [(one.name, one.title) for one in self.known.values()], self.names),
                ticks("Measured", "column", extra, self.names, note="best: at the epoch whose weights were kept")
                if extra
                else "",
                adding,
                Markup('<button type="button" class="link" data-send="columns-reset">As at first</button>'),
                Markup('<button type="button" class="link" data-send="columns-close">Close the columns</button>'),
            )
        )
