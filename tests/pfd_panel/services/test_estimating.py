"""What a training will take: counted from sizes, known from earlier ones, or timed; never made up."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from dask_cluster.train_params import TrainParams
from data_catalog import experiments as kept
from data_catalog import run_metrics
from data_catalog.schema import Experiment, Run, utc_now
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, estimating, experiments, training, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.estimating import learning_seconds
from pipelines.errors import InputError
from pipelines.training.settings import TrainingSettings
from tests.pfd_panel.conftest import SIMULATED


def asked(model: str = "cnn_1d", **more: Any) -> Mapping[str, Any]:
    return training.settings(**({"model": model, "folds": 2} | more))


def test_windows_and_memory_grow_with_what_is_asked(filled: Context) -> None:
    rows = viewing.page(filled, SignalQuery(dataset_id=collections.get(filled, SIMULATED).id, limit=100)).rows
    found = estimating.estimate(filled, SIMULATED, asked(), (0, 1), probe=False)
    rate = min(row.rate_hz for row in rows)
    assert found.windows == sum(int(row.length * rate / row.rate_hz) // 2048 for row in rows)
    assert (found.trainings, found.seeds) == (3, 2)
    half = estimating.estimate(filled, SIMULATED, asked(params={"length": 1024}), probe=False)
    assert half.windows == pytest.approx(2 * found.windows, rel=0.05)
    forest = estimating.estimate(filled, SIMULATED, asked("random_forest"), probe=False)
    assert forest.windows == sum(int(row.length / row.rate_hz) for row in rows)
    assert forest.memory_bytes < found.memory_bytes
    fine = estimating.estimate(
        filled, SIMULATED, {**asked("random_forest"), "features": {"window_s": 0.1}}, probe=False
    )
    assert fine.memory_bytes > forest.memory_bytes


def test_nothing_is_made_up_where_nothing_is_known(filled: Context) -> None:
    found = estimating.estimate(filled, SIMULATED, asked(), probe=False)
    assert (found.seconds_a_seed, found.windows_per_s, found.parameters) == (None, None, None)
    assert "nothing was timed" in found.how


def test_earlier_networks_with_these_settings_tell_the_time(filled_copy: Context) -> None:
    context = filled_copy
    for speed, params in ((400.0, {"epochs": 9}), (600.0, {"learning_rate": 0.01}), (9.0, {"length": 1024})):
        row = experiments.start(context, SIMULATED, asked(params=params))
        with context.catalog.write() as session:
            session.execute(update(Experiment).where(Experiment.id == row.id).values(state="done"))
            run_metrics.measure(session, kept.run_of(session, row.id, 1), "kept", {1: {"samples_per_s": speed}})
    found = estimating.estimate(context, SIMULATED, asked(params={"epochs": 4}), probe=False)
    assert found.windows_per_s == 500.0
    assert "2 earlier experiments" in found.how
    params = TrainParams.model_validate({"dataset": SIMULATED, **asked(params={"epochs": 4})})
    settings = TrainingSettings(epochs=4)
    assert found.seconds_a_seed == learning_seconds(settings, params, found.windows, 30, 500.0)
    twice = estimating.estimate(context, SIMULATED, asked(params={"epochs": 8}), probe=False)
    assert twice.seconds_a_seed == pytest.approx(2 * found.seconds_a_seed, rel=0.05)


def test_earlier_models_on_features_tell_the_time_only_for_the_same_settings(filled_copy: Context) -> None:
    row = experiments.page(filled_copy, model=("random_forest",)).rows[0]
    then = utc_now() - timedelta(hours=1)
    with filled_copy.catalog.write() as session:
        ended = then + timedelta(seconds=12.5)
        session.execute(update(Run).where(Run.experiment_id == row.id).values(started_at=then, finished_at=ended))
    same = estimating.estimate(filled_copy, SIMULATED, training.settings(folds=3), probe=False)
    assert same.seconds_a_seed == 12.5
    other = estimating.estimate(filled_copy, SIMULATED, training.settings(folds=4), probe=False)
    assert other.seconds_a_seed is None


def test_the_time_follows_from_what_is_learned() -> None:
    params = TrainParams.model_validate({"dataset": "x", **asked(folds=4)})
    settings = TrainingSettings(epochs=10, validation_share=0.25)
    # four times everything less a quarter, ten times, and a third of a pass over the quarter and at the end
    expected = (10 * 4 * (750 + 250 / 3) + 1000 / 3) / 50
    assert learning_seconds(settings, params, 1000, 100, 50.0) == pytest.approx(expected)
    bags = TrainingSettings(epochs=10, validation_share=0.25, pooling="mean", bag=4)
    assert learning_seconds(bags, params, 1000, 100, 50.0) == pytest.approx((10 * 4 * (300 + 250 / 3) + 1000 / 3) / 50)


def test_what_cannot_be_trained_is_refused_in_words(filled: Context) -> None:
    with pytest.raises(RequestError, match="no model is called"):
        estimating.estimate(filled, SIMULATED, asked("perceptron"), probe=False)
    with pytest.raises(InputError, match="epochs"):
        estimating.estimate(filled, SIMULATED, asked(params={"epochs": 0}), probe=False)
    with pytest.raises(RequestError, match="no column"):
        estimating.estimate(filled, SIMULATED, asked(target="colour"), probe=False)


@pytest.mark.slow
def test_what_nobody_trained_yet_is_timed_here(filled: Context) -> None:
    network = estimating.estimate(filled, SIMULATED, asked(params={"width": 8, "epochs": 2}))
    assert network.windows_per_s > 1
    assert network.parameters > 1000
    assert network.multiply_adds > network.parameters
    assert "timed here" in network.how
    longer = estimating.estimate(filled, SIMULATED, asked(params={"width": 8, "epochs": 20}))
    assert longer.seconds_a_seed == pytest.approx(10 * network.seconds_a_seed, rel=0.1)
    forest = estimating.estimate(filled, SIMULATED, asked("extra_trees"))
    assert 0.01 < forest.seconds_a_seed < 600
