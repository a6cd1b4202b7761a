"""Calibrations are judged where they were not fitted, by measures that scikit-learn computes as well."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from pipelines.errors import NotEnoughDataError, UnknownNameError
from pipelines.learn.held_out import METHODS, check_calibration, loss_difference
from pipelines.learn.held_out.crossing import parts_of
from pipelines.learn.temperature import soften

CLASSES = 3


def answers(count: int, sharpness: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities that are true at sharpness 1 and too sure above, labels drawn by the true ones, units of one."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0.0, 1.5, (count, CLASSES))
    label = np.array([rng.choice(CLASSES, p=p) for p in soften(scores, 1.0)])
    return soften(scores, 1.0 / sharpness), label, np.arange(count)


def test_measures_are_those_of_scikit_learn() -> None:
    p, label, unit = answers(300)
    found = check_calibration("none", p, label, unit)
    assert found.log_loss.value == pytest.approx(log_loss(label, p))
    assert found.brier.value == pytest.approx(brier_score_loss(label, p, scale_by_half=False))
    sure, right = p.max(axis=1), p.argmax(axis=1) == label
    bins = np.clip(np.ceil(sure * 10).astype(int) - 1, 0, 9)
    gap = sum(abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    assert found.ece.value == pytest.approx(gap)
    assert found.log_loss.low < found.log_loss.value < found.log_loss.high


def test_a_temperature_mends_answers_that_are_too_sure_and_leaves_honest_ones() -> None:
    p, label, unit = answers(600, sharpness=3.0)
    plain, mended = (check_calibration(name, p, label, unit) for name in ("none", "temperature"))
    assert mended.temperatures == pytest.approx([3.0] * 5, rel=0.3)
    assert mended.ece.value < 0.4 * plain.ece.value
    assert loss_difference(plain, mended, label, unit).low > 0.1
    p, label, unit = answers(600)
    assert check_calibration("temperature", p, label, unit).temperatures == pytest.approx([1.0] * 5, rel=0.25)


@pytest.mark.parametrize("method", ["temperature", "isotonic"])
def test_what_a_recording_is_has_no_part_in_its_own_calibration(method: str) -> None:
    p, label, _ = answers(200, sharpness=2.0, seed=3)
    unit = np.arange(200) // 2
    before = check_calibration(method, p, label, unit).probabilities
    part = parts_of(label, unit)
    assert all(len(set(part[unit == one])) == 1 for one in unit)
    assert np.abs(before - p).max() > 0.05
    np.testing.assert_allclose(before.sum(axis=1), 1.0)
    inside = part == part[0]
    again = [METHODS[method](p[~inside], label[~inside])[0](p[inside]), before[inside]]
    np.testing.assert_array_equal(*again)


def test_intervals_grow_when_whole_groups_are_drawn() -> None:
    p, label, _ = answers(40, seed=5)
    p, label = np.repeat(p, 10, axis=0), np.repeat(label, 10)
    alone, together = (
        check_calibration("none", p, label, of).log_loss for of in (np.arange(400), np.repeat(np.arange(40), 10))
    )
    assert together.high - together.low > 2.5 * (alone.high - alone.low)


def test_what_cannot_be_fitted_is_said() -> None:
    p, label, unit = answers(30)
    with pytest.raises(UnknownNameError, match="platt"):
        check_calibration("platt", p, label, unit)
    with pytest.raises(NotEnoughDataError, match="held-out"):
        check_calibration("isotonic", p, np.where(label == 2, 0, label), unit)
    with pytest.raises(NotEnoughDataError, match="1 recording"):
        check_calibration("temperature", p, label, np.zeros(30, dtype=int))
