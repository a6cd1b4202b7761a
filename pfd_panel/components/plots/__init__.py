"""Plots in the one look of the product, live in both themes."""

from pfd_panel.components.plots.figure import base_figure, pane
from pfd_panel.components.plots.image import image_plot
from pfd_panel.components.plots.lines import LinePlot, MarkerLines, array_overview, spectrum_plot
from pfd_panel.components.plots.statistics import box_plot, confusion_matrix, reliability_plot, scatter

__all__ = [
    "LinePlot",
    "MarkerLines",
    "array_overview",
    "base_figure",
    "box_plot",
    "confusion_matrix",
    "image_plot",
    "pane",
    "reliability_plot",
    "scatter",
    "spectrum_plot",
]
