import numpy as np
import pytest
from sklearn.linear_model import Ridge as Reference

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.minirocket import fit_and_leave_out, fit_ridge
from pipelines.learn.minirocket.ridge import PENALTIES


def rows(rng: np.random.Generator, units: int, features: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    unit = np.repeat(np.arange(units), 4)
    label = unit % 3
    centre = rng.normal(0.0, 1.0, (units, features)) + np.eye(3, features)[np.arange(units) % 3] * 2.0
    return centre[unit] + rng.normal(0.0, 0.5, (len(unit), features)), label, unit


@pytest.mark.parametrize("features", [6, 80])
def test_leaving_out_a_unit_is_fitting_without_it(features: int):
    values, label, unit = rows(np.random.default_rng(0), 12, features)
    weight = np.random.default_rng(1).uniform(0.5, 2.0, len(label))
    weight /= weight.mean()
    found = fit_ridge(values, label, weight, unit)
    design = np.hstack([(values - found.mean) / found.scale, np.ones((len(values), 1))])
    target = np.where(label[:, None] == np.arange(3), 1.0, -1.0)
    for chosen in (0, 6, 12):
        total = 0.0
        for one in range(12):
            out = unit == one
            fit = Reference(PENALTIES[chosen], fit_intercept=False).fit(design[~out], target[~out], weight[~out])
            total += (weight[out, None] * (target[out] - fit.predict(design[out])) ** 2).sum()
        assert found.left_out_error[chosen] == pytest.approx(total / len(values), rel=1e-4)
    reference = Reference(found.penalty, fit_intercept=False).fit(design, target, weight)
    np.testing.assert_allclose(found.margins(values), reference.predict(design), atol=1e-6)


def test_windows_of_one_recording_on_both_sides_flatter_every_penalty():
    values, label, unit = rows(np.random.default_rng(2), 12, 60)
    weight = np.ones(len(label))
    whole, torn = (fit_ridge(values, label, weight, of).left_out_error for of in (unit, np.arange(len(label))))
    assert (whole > torn).all()
    assert whole.min() > 1.3 * torn.min()


def test_a_single_unit_takes_the_middle_and_a_single_class_is_refused():
    values, label, _ = rows(np.random.default_rng(3), 6, 5)
    assert fit_ridge(values, label, np.ones(24), np.zeros(24, dtype=int)).penalty == 1.0
    with pytest.raises(NotEnoughDataError, match="two classes"):
        fit_ridge(values, np.zeros(24, dtype=int), np.ones(24), np.arange(24))


def test_a_table_too_large_to_decompose_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipelines.learn.minirocket.ridge.MOST_ROWS", 10)
    values, label, unit = rows(np.random.default_rng(4), 6, 12)
    with pytest.raises(InputError, match="24 windows by 12 features"):
        fit_ridge(values, label, np.ones(24), unit)


def test_scores_without_the_own_unit_are_those_of_a_fit_without_it():
    values, label, unit = rows(np.random.default_rng(5), 9, 40)
    weight = np.random.default_rng(6).uniform(0.5, 2.0, len(label))
    found, left_out = fit_and_leave_out(values, label, weight, unit)
    design = np.hstack([(values - found.mean) / found.scale, np.ones((len(values), 1))])
    target = np.where(label[:, None] == np.arange(3), 1.0, -1.0)
    scaled = weight / weight.mean()
    for one in range(9):
        out = unit == one
        fit = Reference(found.penalty, fit_intercept=False).fit(design[~out], target[~out], scaled[~out])
        np.testing.assert_allclose(left_out[out], fit.predict(design[out]), atol=1e-5)
    alone, same = fit_and_leave_out(values, label, weight, np.zeros(len(label), dtype=int))
    np.testing.assert_array_equal(same, alone.margins(values))
