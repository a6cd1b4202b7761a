"""Measures over seeds: means, spreads and intervals."""

import numpy as np
import pytest

from pipelines.learn.contest import MEASURES, measured
from tests.pipelines.learn.contest.conftest import Make

TRUTH = [0, 0, 1, 1, 2, 2]


def test_one_run_keeps_the_intervals_that_were_computed_with_it(make: Make) -> None:
    found = measured(make("a", TRUTH, [0, 1, 1, 1, 2, 2]))
    right = found["record_accuracy"]
    assert (right.value, right.low, right.high, right.how) == (pytest.approx(5 / 6), 0.2, 0.8, "exact binomial")
    assert right.deviation is None
    assert (found["macro_f1"].low, found["macro_f1"].high) == (0.1, 0.9)
    assert (found["calibration_error"].value, found["calibration_error"].low) == (0.05, None)
    assert set(found) == set(MEASURES)


def test_several_seeds_are_averaged_and_their_spread_is_told(make: Make) -> None:
    found = measured(make("a", TRUTH, [0, 1, 1, 1, 2, 2], TRUTH, [0, 1, 1, 0, 2, 0], seeds=(3, 4, 7)))
    right = found["record_accuracy"]
    assert right.seeds == ((3, pytest.approx(5 / 6)), (4, 1.0), (7, 0.5))
    assert right.value == pytest.approx((5 / 6 + 1 + 0.5) / 3)
    assert right.deviation == pytest.approx(np.std([5 / 6, 1, 0.5], ddof=1))
    assert right.low is not None
    assert right.high is not None
    assert right.low < right.value < right.high


def test_recordings_that_move_together_are_drawn_together(make: Make) -> None:
    truth = [0, 1] * 50
    said = [0, 1] * 25 + [1, 0] * 25
    alone = measured(make("a", truth, said, said))["record_accuracy"]
    # two units, one all right and one all wrong: a draw gives 0, 0.5 or 1
    two = {f"r{number}": int(number >= 50) for number in range(100)}
    joined = measured(make("a", truth, said, said, units=two))["record_accuracy"]
    assert (joined.low, joined.high) == (0.0, 1.0)
    # each by itself: the binomial's 0.4 to 0.6
    assert (alone.low, alone.high) == (pytest.approx(0.4, abs=0.03), pytest.approx(0.6, abs=0.03))


def test_without_a_finished_run_nothing_is_measured(make: Make) -> None:
    found = measured(make("a", TRUTH))
    assert {one.value for one in found.values()} == {None}
