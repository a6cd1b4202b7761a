"""Points by class at any number: few are markers, many an image that is drawn anew for what is seen."""

from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import panel as pn
import param
from bokeh.events import SelectionGeometry
from bokeh.models import ColumnDataSource, Label, LassoSelectTool, LinearColorMapper, Range1d
from numpy.typing import NDArray
from panel.viewable import Viewer

from pfd_panel.components.plots.figure import GLYPHS, base_figure, follow_theme, pane
from pfd_panel.components.plots.point_set import MARKERS, PointSet, Range
from pfd_panel.components.told import Told
from pfd_panel.server.session import page_session, under_lock
from pfd_panel.theme.tokens import FONT, REFERENCE

REACH_PX = 8
FIRST_SIZE = (800, 260)
LARGEST_SIZE = (2000, 1200)
_COLUMNS = ("x", "y", "marker", "color", "fill", "line", "width")
_names = count(1)


class CloudWatch(Told):
    """Tells of what is seen, pointed at and clicked in a figure."""

    target = param.String(doc="Name of the figure.")

    _esm = (Path(__file__).parent / "cloud.mjs").read_text(encoding="utf-8")

    def __init__(self, heard: Callable[[dict[str, Any]], None], **params: Any) -> None:
        super().__init__(width=0, height=0, margin=0, visible=True, **params)
        self._heard = heard
        self._bare = page_session().bare

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        # what is shown to others leads nowhere, whatever their browsers send
        if not (self._bare and msg.get("kind") == "click"):
            under_lock(partial(self._answer, msg))

    def _answer(self, msg: dict[str, Any]) -> None:
        try:
            self._heard(msg)
        finally:
            self._send_msg({"done": str(msg.get("kind"))})


class PointCloud(Viewer):
    """Points by class; a click picks one, a lasso several.

    Parameters
    ----------
    title : callable
        ``title(index)`` is what a point is called under the pointer.
    picked : callable
        ``picked(index)`` when a point is clicked.
    lassoed : callable
        ``lassoed(mask)`` with a truth value a point, (N,), when a lasso was drawn.
    height : int
        In px.
    """

    def __init__(
        self,
        title: Callable[[int], str],
        picked: Callable[[int], Any],
        lassoed: Callable[[NDArray[np.bool_]], Any],
        *,
        height: int = 300,
    ) -> None:
        super().__init__()
        self._title, self._picked, self._lassoed = title, picked, lassoed
        self.points: PointSet | None = None
        self.drawn_as_image = False
        """Whether what is seen are too many points to be markers."""
        self._size = FIRST_SIZE
        self.figure = base_figure(
            "",
            "",
            height=height,
            tools="pan,wheel_zoom,box_zoom,reset,save",
            drag="box_zoom",
            x_range=Range1d(0, 1),
            y_range=Range1d(0, 1),
            name=f"cloud-{next(_names)}",
        )
        self.figure.add_tools(LassoSelectTool(renderers=[]))
        self.figure.on_event(SelectionGeometry, self._on_lasso)
        self.mapper = LinearColorMapper(palette=["#00000000"], low=0, high=1)
        self.image = ColumnDataSource({name: [] for name in ("image", "x", "y", "dw", "dh")})
        self.figure.image("image", x="x", y="y", dw="dw", dh="dh", source=self.image, color_mapper=self.mapper)
        self.source = ColumnDataSource({name: [] for name in _COLUMNS})
        self.figure.scatter(
            "x", "y", source=self.source, marker="marker", size=8, color="color", fill_alpha="fill", line_alpha="line",
            line_width="width",
        )  # fmt: skip
        self._ring = ColumnDataSource({"x": [], "y": []})
        self.figure.scatter("x", "y", source=self._ring, size=14, fill_alpha=0, line_color=REFERENCE, line_width=2)
        self.label = Label(
            x=0, y=0, text="", text_font=FONT, text_font_size="12px", y_offset=10, padding=4, border_radius=4,
            visible=False,
        )  # fmt: skip
        follow_theme(
            lambda ink: self.label.update(
                text_color=ink["text"], background_fill_color=ink["sunken"], border_line_color=ink["control"]
            )
        )
        self.figure.add_layout(self.label)
        self.watch = CloudWatch(self._on_message, target=self.figure.name)

    def show(self, points: PointSet, *, x_label: str, y_label: str, same_place: bool = False) -> None:
        """Show these points instead; `same_place` keeps what is seen (others stand out, nothing moved)."""
        self.points = points
        self.figure.xaxis.axis_label, self.figure.yaxis.axis_label = x_label, y_label
        self._point_at(None)
        if not same_place:
            x_range, y_range = points.extent
            for axis, (start, end) in ((self.figure.x_range, x_range), (self.figure.y_range, y_range)):
                # where resetting leads
                axis.update(start=start, end=end, reset_start=start, reset_end=end)
        self._draw(self._seen())

    def _seen(self) -> tuple[Range, Range]:
        x, y = self.figure.x_range, self.figure.y_range
        return (float(x.start), float(x.end)), (float(y.start), float(y.end))

    def _draw(self, seen: tuple[Range, Range]) -> None:
        if self.points is None:
            return
        few = self.points.few_within(*seen)
        self.drawn_as_image = few is None
        if few is not None:
            self.source.data = self._markers(self.points, few)
            self.image.data = {name: [] for name in self.image.data}
            return
        (left, right), (bottom, top) = seen
        palette = self.points.palette
        self.mapper.update(palette=palette, low=-0.5, high=len(palette) - 0.5)
        self.image.data = {
            "image": [self.points.raster(*seen, *self._size)],
            "x": [left],
            "y": [bottom],
            "dw": [right - left],
            "dh": [top - bottom],
        }
        if len(self.source.data["x"]):
            self.source.data = {name: [] for name in _COLUMNS}

    @staticmethod
    def _markers(points: PointSet, some: NDArray[np.intp]) -> dict[str, Any]:
        bright = np.ones(len(some), dtype=bool) if points.chosen is None else points.chosen[some]
        some, bright = some[np.argsort(bright, kind="stable")], np.sort(bright)  # what stands out lies on top
        looks = [points.looks[code] for code in points.codes[some]]
        hollow = np.array([look.marker in ("ring", "cross", "x") for look in looks], dtype=bool)
        return {
            "x": points.points[some, 0],
            "y": points.points[some, 1],
            "marker": [GLYPHS[look.marker] for look in looks],
            "color": [look.color if own else REFERENCE for look, own in zip(looks, bright, strict=True)],
            "fill": np.where(hollow, 0.0, np.where(bright, 0.85, 0.2)),
            "line": np.where(bright, np.where(hollow, 1.0, 0.85), 0.25),
            "width": np.where(hollow, 1.5, 0.5),
        }

    def _on_message(self, msg: dict[str, Any]) -> None:
        if self.points is None:
            return
        seen = _range(msg["x"]), _range(msg["y"])
        self._size = (
            int(np.clip(msg["width"], 50, LARGEST_SIZE[0])),
            int(np.clip(msg["height"], 50, LARGEST_SIZE[1])),
        )
        if msg["kind"] == "view":
            # few points that are all there already need no new drawing
            if len(self.points.points) > MARKERS:
                self._draw(seen)
            return
        at = msg.get("at")
        found = None
        if at is not None:
            reach = [REACH_PX * (end - start) / pixels for (start, end), pixels in zip(seen, self._size, strict=True)]
            found = self.points.nearest(float(at[0]), float(at[1]), (reach[0], reach[1]))
        if msg["kind"] == "hover":
            self._point_at(found, seen)
        elif found is not None:
            self._picked(found)

    def _point_at(self, index: int | None, seen: tuple[Range, Range] | None = None) -> None:
        if index is None or self.points is None:
            if self.label.visible:
                self.label.visible = False
                self._ring.data = {"x": [], "y": []}
            return
        x, y = self.points.points[index].tolist()
        start, end = seen[0] if seen else self.points.extent[0]
        bottom, top = seen[1] if seen else self.points.extent[1]
        self._ring.data = {"x": [x], "y": [y]}
        right, high = x > (start + end) / 2, y > bottom + 0.8 * (top - bottom)
        self.label.update(
            x=x, y=y, text=self._title(index), visible=True, text_align="right" if right else "left",
            x_offset=-8 if right else 8, y_offset=-26 if high else 10,
        )  # fmt: skip

    def _on_lasso(self, event: SelectionGeometry) -> None:
        drawn: dict[str, Any] = dict(event.geometry or {})
        if self.points is not None and drawn.get("type") == "poly" and event.final and len(drawn["x"]) > 2:
            self._lassoed(self.points.within(drawn["x"], drawn["y"]))

    def __panel__(self) -> pn.Column:
        return pn.Column(pane(self.figure), self.watch, margin=0, sizing_mode="stretch_width")


def _range(told: Any) -> Range:
    start, end = float(told[0]), float(told[1])
    return (start, end) if end > start else (end, start)
