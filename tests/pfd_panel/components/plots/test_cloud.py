"""Points by class at any number: drawn, zoomed, pointed at, clicked and lassoed."""

from typing import Any

import numpy as np
import pytest
from bokeh.events import SelectionGeometry

from pfd_panel.components.plots.cloud import PointCloud
from pfd_panel.components.plots.point_set import MARKERS, PointSet
from pfd_panel.theme.classes import looks

MANY = 200_000
LOOKS = list(looks(["ball", "healthy", "inner"]).values())


def points(count: int) -> PointSet:
    """Three round classes beside each other."""
    rng = np.random.default_rng(0)
    codes = np.arange(count) % 3
    places = rng.normal(size=(count, 2))
    places[:, 0] += 6 * codes
    return PointSet(places.astype(np.float32), codes, LOOKS)


class Told:
    """What a cloud said, and a cloud that says it."""

    def __init__(self, count: int) -> None:
        self.picked: list[int] = []
        self.lassoed: list[np.ndarray] = []
        self.cloud = PointCloud(lambda index: f"point {index}", self.picked.append, self.lassoed.append)
        self.points = points(count)
        self.cloud.show(self.points, x_label="x", y_label="y")

    def send(self, kind: str, x: tuple[float, float], y: tuple[float, float], **more: Any) -> None:
        told = {"kind": kind, "x": list(x), "y": list(y), "width": 300, "height": 100, **more}
        self.cloud.watch._handle_msg(told)


def test_few_points_are_markers_in_the_shape_and_colour_of_their_class() -> None:
    told = Told(90)
    data = told.cloud.source.data
    assert len(data["x"]) == 90
    assert len(set(zip(data["marker"], data["color"], strict=True))) == 3
    assert len(told.cloud.image.data["image"]) == 0
    assert not told.cloud.drawn_as_image


def test_many_points_are_an_image_of_what_is_seen_and_few_of_them_are_markers_again() -> None:
    told = Told(MANY)
    assert told.cloud.drawn_as_image
    assert len(told.cloud.source.data["x"]) == 0
    (first,) = told.cloud.image.data["image"]
    told.send("view", (-1.0, 1.0), (-1.0, 1.0))
    (closer,) = told.cloud.image.data["image"]
    assert closer.shape == (100, 300)
    assert not np.array_equal(first, closer)
    assert (told.cloud.image.data["x"], told.cloud.image.data["dw"]) == ([-1.0], [2.0])
    # only the class that lies there
    palette = np.array(told.cloud.mapper.palette)
    assert {one[:7] for one in palette[np.unique(closer[closer > 0])]} == {LOOKS[0].color}
    told.send("view", (0.0, 0.1), (0.0, 0.1))
    x, y = told.points.points.T
    inside = (x >= 0) & (x <= 0.1) & (y >= 0) & (y <= 0.1)
    assert 0 < inside.sum() <= MARKERS
    assert sorted(told.cloud.source.data["x"].tolist()) == sorted(x[inside].tolist())
    assert len(told.cloud.image.data["image"]) == 0


@pytest.mark.parametrize("count", [90, MANY])
def test_the_point_under_the_pointer_is_named_and_a_click_picks_it(count: int) -> None:
    told = Told(count)
    index = 31
    x, y = told.points.points[index].tolist()
    near = ((x - 0.02, x + 0.02), (y - 0.02, y + 0.02))
    told.send("hover", *near, at=[x, y])
    assert (told.cloud.label.visible, told.cloud.label.text) == (True, "point 31")
    assert told.picked == []
    told.send("hover", *near, at=None)
    assert not told.cloud.label.visible
    told.send("click", *near, at=[x + 0.001, y])
    told.send("click", *near, at=[x + 50, y])
    assert told.picked == [index]


@pytest.mark.parametrize("count", [90, MANY])
def test_a_lasso_picks_what_it_holds_and_that_stands_out(count: int) -> None:
    told = Told(count)
    geometry = {"type": "poly", "x": [3.0, 9.0, 9.0, 3.0], "y": [-9.0, -9.0, 9.0, 9.0]}
    told.cloud._on_lasso(SelectionGeometry(told.cloud.figure, geometry, True))
    x = told.points.points[:, 0]
    (mask,) = told.lassoed
    assert np.array_equal(mask, (x > 3) & (x < 9))
    before = told.cloud.figure.x_range.start
    told.cloud.show(told.points.choosing(mask), x_label="x", y_label="y", same_place=True)
    assert told.cloud.figure.x_range.start == before
    if count == 90:
        bright = np.asarray(told.cloud.source.data["fill"]) > 0.5
        assert bright.sum() == mask.sum()
        assert bright[-1]
    else:
        (image,) = told.cloud.image.data["image"]
        colours = [one[:7] for one in np.array(told.cloud.mapper.palette)[np.unique(image[image > 0])]]
        assert len(set(colours)) > 1
        assert colours.count(colours[-1]) > 0
    told.cloud._on_lasso(SelectionGeometry(told.cloud.figure, {"type": "rect"}, True))
    assert len(told.lassoed) == 1
