"""Figures for reports, drawn without a browser: waveforms and spectra with their axes, units and marks, as SVG and PNG.

What lives here: what a figure shows (`Panel`, `Raster`, `Plane`, each with `Mark`), `panel_of` for what an analysis
found, how that becomes lines and words on a page (`compose`), and the two ways to write those down (`as_svg`,
`as_png`). Nothing is computed of signals here.
"""

from pipelines.figures.axes import Axis, axis_over
from pipelines.figures.drawing import Drawing
from pipelines.figures.palettes import PALETTES
from pipelines.figures.panels import Framed, Mark, Panel, Trace, compose, curve
from pipelines.figures.pictures import panel_of
from pipelines.figures.planes import Plane, Raster
from pipelines.figures.png import as_png
from pipelines.figures.svg import as_svg

__all__ = [
    "PALETTES",
    "Axis",
    "Drawing",
    "Framed",
    "Mark",
    "Panel",
    "Plane",
    "Raster",
    "Trace",
    "as_png",
    "as_svg",
    "axis_over",
    "compose",
    "curve",
    "panel_of",
]
