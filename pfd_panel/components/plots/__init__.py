"""Plots in the one look of the product, live in both themes."""

from pfd_panel.components.plots.by_class import BoxPlot, ScatterPlot
from pfd_panel.components.plots.distribution import ShareCurves, ViolinPlot
from pfd_panel.components.plots.figure import base_figure, pane
from pfd_panel.components.plots.healthy import BESIDE, BesideHealthy
from pfd_panel.components.plots.image import image_plot
from pfd_panel.components.plots.judged import EpochLine, distance_plot, epochs_plot, noise_plot, operating_plot
from pfd_panel.components.plots.lines import LinePlot, MarkerBands, MarkerLines, array_overview, spectrum_plot
from pfd_panel.components.plots.matrix import correlation_matrix, pair_plots
from pfd_panel.components.plots.minimap import Minimap
from pfd_panel.components.plots.several import Series, SeveralLines, shared_range
from pfd_panel.components.plots.statistics import confusion_matrix, reliability_plot

__all__ = [
    "BESIDE",
    "BesideHealthy",
    "BoxPlot",
    "EpochLine",
    "LinePlot",
    "MarkerBands",
    "MarkerLines",
    "Minimap",
    "ScatterPlot",
    "Series",
    "SeveralLines",
    "ShareCurves",
    "ViolinPlot",
    "array_overview",
    "base_figure",
    "confusion_matrix",
    "correlation_matrix",
    "distance_plot",
    "epochs_plot",
    "image_plot",
    "noise_plot",
    "operating_plot",
    "pair_plots",
    "pane",
    "reliability_plot",
    "shared_range",
    "spectrum_plot",
]
