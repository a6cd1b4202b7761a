"""The job of a projection: what it reads names its result."""

from pathlib import Path

import numpy as np
import pytest

from dask_cluster.jobs import WorkerContext
from dask_cluster.jobs.worker import Cancelled
from dask_cluster.kinds.project_features import ProjectFeatures
from dask_cluster.projection_store import key_of, unpacked
from pipelines.projections import ProjectionConfig, project

NAMES = ["a", "b", "c", "d"]
CONFIG = {"method": "tsne", "perplexity": 4, "seed": 1}


def payload_of(worker: WorkerContext, values: np.ndarray, **config: object) -> dict:
    """What the plan would send for features that lie in two parts, in another order."""
    ids = [f"s{number:02d}" for number in range(len(values))]
    places: list[tuple[str, int]] = [("", 0)] * len(values)
    for rows in (range(0, len(values), 2), range(1, len(values), 2)):
        backwards = list(rows)[::-1]
        part = worker.feature_store.write_part(
            NAMES, values[backwards], [ids[row] for row in backwards], [-1] * len(backwards)
        )
        for at, row in enumerate(backwards):
            places[row] = (part.id, at)
    return {"signals": ids, "places": places, "names": NAMES, "projection": CONFIG | config}


def values_of(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(24, 4))


def test_a_job_answers_the_picture_of_what_it_read_under_the_name_of_that(tmp_path: Path) -> None:
    worker, values = WorkerContext(home=tmp_path), values_of(0)
    result = ProjectFeatures.run(payload_of(worker, values), worker)
    config = ProjectionConfig.model_validate(CONFIG)
    layout = unpacked(result["layout"])
    assert np.array_equal(layout.points, project(values, NAMES, config).points)
    assert layout.trustworthiness == result["layout"]["trustworthiness"] > 0.6
    assert result["key"] == key_of(config, [f"s{number:02d}" for number in range(24)], NAMES, values)


def test_other_features_or_another_seed_have_another_name_and_picture(tmp_path: Path) -> None:
    worker, values = WorkerContext(home=tmp_path), values_of(0)
    changed = values.copy()
    changed[3, 1] += 1e-3
    payloads = [
        payload_of(worker, values),
        payload_of(worker, changed),
        payload_of(worker, values_of(1)),
        payload_of(worker, values, seed=2),
        payload_of(worker, values, scaling="robust"),
    ]
    results = [ProjectFeatures.run(one, worker) for one in payloads]
    assert len({one["key"] for one in results}) == len(results)
    assert len({one["layout"]["points"] for one in results}) == len(results)
    # what does not matter to a method names nothing
    same = ProjectFeatures.run(payload_of(worker, values, neighbours=40), worker)
    assert same["key"] == results[0]["key"]


def test_a_job_that_is_cancelled_ends_in_the_middle_and_had_told_how_far_it_was(tmp_path: Path) -> None:
    told: list[float] = []
    worker = WorkerContext(
        home=tmp_path,
        ask=lambda: "cancel" if told else None,
        emit=lambda event: told.append(event["units_done"]),
    )
    with pytest.raises(Cancelled):
        ProjectFeatures.run(payload_of(worker, np.random.default_rng(0).normal(size=(400, 4))), worker)
    assert 0 < told[-1] < 100
