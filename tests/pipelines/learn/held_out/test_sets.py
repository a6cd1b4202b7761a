"""Sets hold the truth as often as promised, and no set is judged by thresholds that knew its recording."""

import numpy as np
import pytest

from pipelines.learn.conformal import fit_conformal
from pipelines.learn.held_out import check_sets
from pipelines.learn.held_out.calibrations import METHODS, cross_calibrated
from pipelines.learn.held_out.crossing import parts_of
from tests.pipelines.learn.held_out.test_calibrations import answers

NAMES = ("a", "b", "c")


@pytest.mark.parametrize("coverage", [0.8, 0.95])
@pytest.mark.parametrize("per_class", [False, True])
def test_the_promise_is_kept(coverage: float, per_class: bool) -> None:
    p, label, unit = answers(900, sharpness=2.0)
    found = check_sets(p, label, NAMES, unit, coverage=coverage, per_class=per_class)
    assert found.covered.value == pytest.approx(coverage, abs=0.03)
    holds = found.inside[np.arange(900), label]
    assert found.covered.value == pytest.approx(holds.mean())
    assert {name: one.value for name, one in found.of_class.items()} == {
        name: pytest.approx(holds[label == c].mean()) for c, name in enumerate(NAMES)
    }
    if per_class:
        assert min(one.value for one in found.of_class.values()) > coverage - 0.06


def test_shares_of_sizes_add_up_and_grow_with_the_promise() -> None:
    p, label, unit = answers(400, seed=2)
    loose, strict = (check_sets(p, label, NAMES, unit, coverage=share) for share in (0.7, 0.99))
    for found in (loose, strict):
        assert found.one + found.several + found.none + found.all == pytest.approx(1.0)
        assert found.mean_size == pytest.approx(found.inside.sum(axis=1).mean())
    assert strict.mean_size > loose.mean_size + 0.5
    assert strict.unknown > loose.unknown
    assert loose.one_right is not None
    single = loose.inside.sum(axis=1) == 1
    assert loose.one_right.value == pytest.approx((p[single].argmax(axis=1) == label[single]).mean())


def test_the_sets_of_a_part_come_from_the_other_parts_alone() -> None:
    p, label, unit = answers(150, sharpness=3.0, seed=7)
    found = check_sets(p, label, NAMES, unit, calibration="temperature")
    held = parts_of(label, unit) == 2
    rest = p[~held], label[~held]
    among, _ = cross_calibrated("temperature", *rest, unit[~held])
    apply, _ = METHODS["temperature"](*rest)
    fitted = fit_conformal(among, label[~held], NAMES)
    np.testing.assert_array_equal(found.inside[held], fitted.sets(apply(p[held])))


def test_too_few_recordings_leave_every_class_in_every_set() -> None:
    p, label, unit = answers(8)
    found = check_sets(p, label, NAMES, unit, coverage=0.95)
    assert found.all == 1.0
    assert found.unknown == 1.0
    assert found.one_right is None
    assert "19 recordings" in found.statement
