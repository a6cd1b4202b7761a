"""Many signals in one picture: each as a curve on a common axis, all together as density, median and quantile bands.

`time_columns`, `spectrum_columns` and `envelope_columns` bring one signal onto the axis; `density` counts the curves
that pass each cell, `bands` says where half and four fifths of them run, `shaded_png` makes a picture of counts.
"""

from pipelines.overlays.axis import Axis, envelope_columns, onto, spectrum_columns, time_columns
from pipelines.overlays.bands import QUANTILES, bands
from pipelines.overlays.density import density, shaded
from pipelines.overlays.picture import shaded_png, sheet_png

__all__ = [
    "QUANTILES",
    "Axis",
    "bands",
    "density",
    "envelope_columns",
    "onto",
    "shaded",
    "shaded_png",
    "sheet_png",
    "spectrum_columns",
    "time_columns",
]
