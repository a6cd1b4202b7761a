"""The whole record in small, with a window over it that is dragged and resized to choose what the plots below show."""

import numpy as np
import panel as pn
from bokeh.models import RangeTool
from panel.viewable import Viewer

from pfd_panel.components.plots.figure import base_figure, follow_theme, pane
from pfd_panel.components.plots.several import SeveralLines

HEIGHT = 84


class Minimap(Viewer):
    """A strip above a plot of several lines; it draws what that plot holds of the whole, so that nothing is sent twice.

    Parameters
    ----------
    plot : SeveralLines
        Whose x range the window is.
    name : str
        By which scripts find the figure.
    """

    def __init__(self, plot: SeveralLines, *, name: str) -> None:
        super().__init__()
        self.figure = base_figure(
            "", "", height=HEIGHT, tools="", drag=None, x_range=plot.extent, name=name, y_range=self._reach(plot)
        )
        self.figure.toolbar.visible = False
        self.figure.yaxis.visible = False
        self.figure.grid.visible = False
        self.figure.multi_line(
            "xs", "ys", source=plot.coarse, color="color", line_dash="dash", line_width=1, line_alpha=0.7
        )
        # what is dragged over an empty place draws a new window, so that one of few pixels is not lost
        self.tool = RangeTool(x_range=plot.x_range, start_gesture="pan")
        box = self.tool.overlay
        box.update(fill_alpha=0.16, line_alpha=0.9, line_dash="solid", line_width=1.5)
        follow_theme(lambda ink: box.update(fill_color=ink["accent"], line_color=ink["accent"]))
        self.figure.add_tools(self.tool)

    @staticmethod
    def _reach(plot: SeveralLines) -> tuple[float, float]:
        if plot.stacked:
            return float(plot.y_range.start), float(plot.y_range.end)
        known = [one[np.isfinite(one)] for one in plot.coarse.data["ys"]]
        low = min((float(one.min()) for one in known if one.size), default=0.0)
        high = max((float(one.max()) for one in known if one.size), default=1.0)
        room = 0.05 * (high - low) or 1.0
        return low - room, high + room

    def __panel__(self) -> pn.Column:
        return pn.Column(pane(self.figure), margin=0, sizing_mode="stretch_width")
