"""Figures of reports show the numbers they are given."""

import math

from pipelines.figures import Drawing
from pipelines.figures.drawing import Area, Line, Words
from pipelines.reports.plots import Whisker, confusion_figure, learning_figure, reliability_figure, whisker_figure
from tests.pipelines.reports.conftest import history


def said(drawing: Drawing) -> list[str]:
    return [item.text for item in drawing.items if isinstance(item, Words)]


def test_a_confusion_matrix_writes_each_count_and_none_that_is_zero() -> None:
    drawn = confusion_figure(["a", "b"], [[1234, 5], [0, 7]], "recordings")
    assert {"1,234", "5", "7", "1,239"} <= set(said(drawn))
    assert "0" not in said(drawn)
    strong = {item.opacity for item in drawn.items if isinstance(item, Area)}
    assert max(strong) <= 0.6


def test_the_bars_of_a_reliability_diagram_are_as_high_as_what_came_true() -> None:
    bins = [
        {"low": 0.5, "high": 0.6, "count": 4, "confidence": 0.55, "accuracy": 0.25},
        {"low": 0.9, "high": 1.0, "count": 6, "confidence": 0.95, "accuracy": 1.0},
    ]
    drawn = reliability_figure({"Recordings": {"bins": bins, "ece": 0.15}})
    low, high = (item.height for item in drawn.items if isinstance(item, Area) and item.opacity < 1)
    assert low / high == 0.25
    assert "Recordings: ECE 15.0 %, 10 answers" in said(drawn)


def test_a_whisker_reaches_from_low_to_high_and_is_left_out_where_there_is_none() -> None:
    def bars(low: float, high: float) -> list[float]:
        drawn = whisker_figure("Share (%)", [Whisker("a", 0.5, low, high)])
        lines = [item.points for item in drawn.items if isinstance(item, Line) and item.width == 1.6]
        return sorted({float(x) for points in lines for x in points[:, 0]})

    left, right = bars(0.25, 0.75)[0], bars(0.25, 0.75)[-1]
    narrow = bars(0.4, 0.6)
    assert right - left > narrow[-1] - narrow[0]
    assert bars(math.nan, math.nan) == []


def test_curves_of_training_need_epochs() -> None:
    assert learning_figure({}) is None
    assert learning_figure({"kept": []}) is None
    drawn = learning_figure(history())
    assert drawn is not None
    assert {"learning", "validation", "folds"} <= set(said(drawn))
    falling = next(item.points for item in drawn.items if isinstance(item, Line) and len(item.points) == 6)
    assert (falling[1:, 0] > falling[:-1, 0]).all()
