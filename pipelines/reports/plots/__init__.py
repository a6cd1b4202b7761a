"""Figures of reports, drawn for a page 480 points wide: what was confused, how sure it was, what was learned when."""

from pipelines.reports.plots.confusion import MOST_CLASSES, confusion_figure
from pipelines.reports.plots.learning import learning_figure
from pipelines.reports.plots.reliability import reliability_figure
from pipelines.reports.plots.whiskers import Whisker, whisker_figure

__all__ = [
    "MOST_CLASSES",
    "Whisker",
    "confusion_figure",
    "learning_figure",
    "reliability_figure",
    "whisker_figure",
]
