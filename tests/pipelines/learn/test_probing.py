"""A fit is timed on few windows and carried on to many."""

import pytest

from pipelines.learn import SplitConfig
from pipelines.learn.models import MODELS
from pipelines.learn.probing import FitTime, experiment_seconds, probe_model


@pytest.mark.parametrize("name", ["k_nearest", "logistic_regression", "mixture_of_experts"])
def test_any_model_can_be_timed_on_a_few_windows(name: str) -> None:
    found = probe_model(MODELS[name], {}, 120, 8, 3)
    assert found.seconds > 0
    assert found.windows == 120
    assert found.of(240) == pytest.approx(2 * found.seconds)


def test_a_fit_that_grows_with_the_square_is_carried_on_so() -> None:
    assert FitTime(0.5, 900, 2.0).of(9000) == pytest.approx(50.0)


def test_an_experiment_fits_every_fold_the_kept_model_and_the_calibration_of_each() -> None:
    linear = FitTime(1.0, 100, 1.0)
    plain = experiment_seconds(linear, 100, SplitConfig(folds=4), calibrate=False)
    assert plain == pytest.approx(4 * 0.75 + 1)
    assert experiment_seconds(linear, 100, SplitConfig(folds=4), calibrate=True) == pytest.approx(3 * plain)
    one = experiment_seconds(linear, 100, SplitConfig(folds=None, test_share=0.3), calibrate=False)
    assert one == pytest.approx(1.7)
