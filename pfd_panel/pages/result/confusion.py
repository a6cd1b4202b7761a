"""The confusion matrix at two levels, and the signals behind a cell."""

import logging
from collections.abc import Sequence
from typing import Any

import panel as pn
import param
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import ModelVersion, Prediction
from pfd_panel.components import Live, card, stack
from pfd_panel.components import markup as m
from pfd_panel.components.background import in_background
from pfd_panel.components.plots import confusion_matrix
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.pages.result.scores import per_class_card
from pfd_panel.pages.result.words import TOGETHER, link, plural, signal_href, together_link
from pfd_panel.services import judging
from pfd_panel.services.context import Context
from pfd_panel.services.judged import ClassScores
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look, looks

log = logging.getLogger(__name__)

MATRIX_HEIGHT = 340
LEVELS = (("recording", "Recordings"), ("window", "Windows"))


def signal_columns(model: ModelVersion) -> list[Column]:
    """Columns of a list of held-out signals: which, what it was, what was said and how surely."""
    dataset = model.dataset_id

    def name(row: Prediction) -> Markup:
        words = f"{row.recording} / {row.channel}" if row.channel else row.recording
        return link(signal_href(dataset, row.signal_id), words) if row.signal_id else Markup("{}").format(words)

    return [
        Column("recording", "Signal", name, sortable=False),
        Column("truth", "Actual", lambda r: m.class_name(look(r.truth)), sortable=False),
        Column("label", "Said", lambda r: m.class_name(look(r.label)), sortable=False),
        Column(
            "probability",
            "Probability (%)",
            lambda r: percent(r.probability),
            numeric=True,
            strong=True,
            sortable=False,
        ),
        Column(
            "true_p",
            "Of the actual class (%)",
            lambda r: percent(r.detail.get(f"p_{r.truth}")),
            numeric=True,
            sortable=False,
        ),
        Column("agreement", "Windows that agree", agreement, numeric=True, sortable=False),
        Column("fold", "Fold", lambda r: str(int(r.detail.get("fold", 0)) + 1), numeric=True, sortable=False),
    ]


def percent(share: float | None) -> str:
    """A share in percent without the sign, for columns that name it."""
    return numbers.DASH if share is None else numbers.fixed(100 * share)


def agreement(row: Prediction) -> str:
    """``3 of 4``."""
    windows = int(row.detail.get("windows", 0))
    return f"{round(windows * float(row.detail.get('window_agreement', 0)))} of {windows}"


def signal_table(model: ModelVersion, rows: Sequence[Prediction], nothing: tuple[str, str], size: int = 8) -> DataTable:
    """A paged list of held-out signals."""

    def fetch(_sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        return Rows(rows[offset : offset + limit], len(rows))

    return DataTable(signal_columns(model), fetch, page_size=size, nothing=nothing)


class Confusion(Viewer):
    """Matrix, per-class scores below, and the signals of the cell that was clicked."""

    level = param.Selector(default="recording", objects=["recording", "window"], doc="What is counted.")
    cell = param.List(default=[], doc="Actual and predicted class of the cell that was clicked.")

    def __init__(
        self, model: ModelVersion, predictions: Sequence[Prediction], context: Context | None = None, **params: Any
    ) -> None:
        super().__init__(**params)
        self.model, self.predictions = model, predictions
        self.spread: dict[str, ClassScores] = {}
        recordings = model.metrics["recordings"]
        self.said = {str(one["recording"]): one["predicted"] for one in recordings}
        self.switch = Live(on={"level": lambda value: setattr(self, "level", value)}, stylesheets=[TAB_STYLE], margin=0)
        self.matrix, self.signals, self.scores = Slot(), Slot(), Slot()
        self._draw()
        self._list()
        if context is not None:
            in_background(
                lambda: judging.class_table(context, model.id),
                self._intervals,
                lambda failure: log.info("no intervals of classes: %s", failure),
            )

    def _intervals(self, found: Sequence[ClassScores]) -> None:
        self.spread = {one.name: one for one in found}
        self.scores.put(per_class_card(self.model, self.level, self.pick, self.spread))

    @param.depends("level", watch=True)
    def _draw(self) -> None:
        self.switch.html = str(switch("level", LEVELS, self.level, "What is counted"))
        classes = self.model.metrics["classes"]
        named = looks(classes)
        of = {named[name].label: name for name in classes}
        counts = self.model.metrics[self.level]["confusion"]
        self.matrix.put(
            confusion_matrix(
                counts,
                list(of),
                height=max(MATRIX_HEIGHT, 120 + 30 * len(of)),
                on_pick=lambda actual, said: self.pick(of[actual], of[said]),
            )
        )
        self.scores.put(per_class_card(self.model, self.level, self.pick, self.spread))
        self._list()

    def pick(self, actual: str, predicted: str) -> None:
        """List the signals of a cell."""
        self.cell = [actual, predicted]

    def of_cell(self) -> list[Prediction]:
        """The signals behind the picked cell, least sure of the actual class first."""
        if len(self.cell) != 2:
            return []
        actual, predicted = self.cell
        found = [row for row in self.predictions if row.truth == actual and self._belongs(row, actual, predicted)]
        return sorted(found, key=lambda row: float(row.detail.get(f"p_{actual}", 0.0)))

    def _belongs(self, row: Prediction, actual: str, predicted: str) -> bool:
        if self.level == "recording":
            return self.said.get(row.recording) == predicted
        # answers of single windows are not kept: those that did not all agree may have some in this cell
        return row.label == predicted or (predicted != actual and float(row.detail.get("window_agreement", 1)) < 1)

    @param.depends("cell", watch=True)
    def _list(self) -> None:
        if len(self.cell) != 2:
            self.signals.put()
            return
        rows = self.of_cell()
        actual, predicted = (look(name).label for name in self.cell)
        note = (
            "signals that are called so, and those whose windows do not all agree"
            if self.level == "window"
            else "all channels of the recordings in this cell"
        )
        self.signals.put(
            card(
                f"{actual}, called {predicted}" if actual != predicted else f"{actual}, recognised",
                signal_table(self.model, rows, ("No such signal", "This cell of the matrix is empty.")),
                qualifier=f"{plural(len(rows), 'signal')} · {note}",
                right=Markup('<span class="row">{}{}</span>').format(
                    self._together(rows), m.button("Close", icon_name="close", send="close")
                ),
                on={"close": lambda _: setattr(self, "cell", [])},
            )
        )

    def _together(self, rows: Sequence[Prediction]) -> Markup:
        """Opens the signals of the cell: one in the viewer, several over one another."""
        ids = list(dict.fromkeys(row.signal_id for row in rows if row.signal_id))[:TOGETHER]
        if not ids:
            return Markup("")
        if len(ids) == 1:
            return m.button("Open the signal", icon_name="timeline", href=signal_href(self.model.dataset_id, ids[0]))
        return together_link(self.model.dataset_id, ids)

    def card(self) -> pn.Column:
        """The card with the matrix."""
        return card(
            "Confusion matrix",
            self.switch,
            self.matrix,
            qualifier="shade is the share of the row; click a cell for its signals",
            help_text="Rows are what the signals were, columns what the model said while they were held out. "
            "A recording is judged by the mean over its windows and channels.",
        )

    def below(self) -> pn.Column:
        """The picked cell's signals, then the scores by class."""
        return stack(self.signals, self.scores)
