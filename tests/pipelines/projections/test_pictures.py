"""Points of a picture: within a lasso, under the pointer, and as an image."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.projections import class_raster, grown, inside, levels_for, nearest

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(-1, 1, size=(4000, 2)).astype(np.float32)


def test_a_round_lasso_holds_what_lies_within_its_radius() -> None:
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    radius = np.hypot(POINTS[:, 0] - 0.2, POINTS[:, 1])
    found = inside(POINTS, 0.2 + 0.5 * np.cos(turn), 0.5 * np.sin(turn))
    sure = np.abs(radius - 0.5) > 1e-3
    assert np.array_equal(found[sure], (radius < 0.5)[sure])
    assert 0 < found.sum() < len(POINTS)


def test_a_lasso_may_be_hollow_and_cross_itself() -> None:
    # the letter C: the middle right is open
    xs, ys = [-0.5, 0.5, 0.5, -0.2, -0.2, 0.5, 0.5, -0.5], [-0.5, -0.5, -0.3, -0.3, 0.3, 0.3, 0.5, 0.5]
    x, y = POINTS.T
    letter = (np.abs(x) < 0.5) & (np.abs(y) < 0.5) & ~((x > -0.2) & (np.abs(y) < 0.3))
    assert np.array_equal(inside(POINTS, xs, ys), letter)
    # a bow tie: the even-odd rule leaves its two wings
    tie = inside(POINTS, [-0.5, 0.5, -0.5, 0.5], [-0.5, 0.5, 0.5, -0.5])
    assert np.array_equal(tie, (np.abs(y) < 0.5) & (np.abs(x) < np.abs(y)))


@pytest.mark.parametrize("corners", [([0, 1], [0, 1]), ([0, 1, 1], [0, 1]), ([0, 1, np.nan], [0, 1, 0])])
def test_a_lasso_that_is_none_is_refused(corners: tuple[list[float], list[float]]) -> None:
    with pytest.raises(InputError, match="a lasso of"):
        inside(POINTS, *corners)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_the_nearest_point_is_the_nearest_within_reach(x: float, y: float, across: float, up: float) -> None:
    distance = ((POINTS[:, 0] - x) / across) ** 2 + ((POINTS[:, 1] - y) / up) ** 2
    found = nearest(POINTS, x, y, reach=(across, up))
    if found is None:
        assert distance.min() > 1 - 1e-6
    else:
        assert distance[found] == pytest.approx(distance.min(), rel=1e-6)


def test_an_image_shows_where_points_are_and_which_class_is_most_frequent() -> None:
    x = np.array([0.15, 0.15, 0.15, 0.95, 0.95], np.float32)
    y = np.array([0.15, 0.15, 0.15, 0.95, 0.15], np.float32)
    codes = pd.Categorical.from_codes([0, 1, 1, 0, 2], categories=[0, 1, 2])
    table = pd.DataFrame({"x": x, "y": y, "code": codes})
    levels = levels_for(3)
    found = class_raster(table, (0, 1), (0, 1), 10, 10)
    assert found.shape == (10, 10)
    assert set(zip(*(axis.tolist() for axis in np.nonzero(found)), strict=True)) == {(1, 1), (9, 9), (1, 9)}
    winners = {place: (int(found[place]) - 1) // levels for place in ((1, 1), (9, 9), (1, 9))}
    assert winners == {(1, 1): 1, (9, 9): 0, (1, 9): 2}
    # three points are stronger than one
    assert (found[1, 1] - 1) % levels > (found[9, 9] - 1) % levels
    behind = table.assign(code=pd.Categorical.from_codes([0, 1, 1, 1, 1], categories=[0, 1]))
    grey = class_raster(behind, (0, 1), (0, 1), 10, 10, background=True)
    assert (int(grey[1, 1]) - 1) // levels_for(2) == 0
    assert (int(grey[9, 9]) - 1) // levels_for(2) == 1


def test_a_point_alone_reaches_into_what_is_empty_beside_it_and_nowhere_else() -> None:
    cells = np.zeros((5, 6), np.uint8)
    cells[0, 0], cells[2, 3], cells[2, 4] = 7, 20, 3
    found = grown(cells)
    assert found[:2, :2].tolist() == [[7, 7], [7, 7]]
    assert found[1].tolist() == [7, 7, 20, 20, 20, 3]
    assert found[2].tolist() == [0, 0, 20, 20, 3, 3]
    assert not found[4].any()


def test_every_class_has_a_byte_of_its_own() -> None:
    for classes in (1, 5, 14, 60, 255):
        assert 1 + classes * levels_for(classes) <= 256
