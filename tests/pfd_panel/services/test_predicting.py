"""A model is asked about one signal at once, and about datasets; what is kept of it opens nothing to strangers."""

import base64
import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from dask_cluster.jobs import wait
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.store import ArtifactStore
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, predicting, registering, training, viewing
from pfd_panel.services.context import Context, User
from pfd_panel.services.loaded_models import LoadedModels
from tests.pfd_panel.conftest import MODEL, SIMULATED, running_coordinator


def test_one_signal_and_its_dataset_are_answered_alike(filled_copy: Context) -> None:
    job = predicting.dataset(filled_copy, MODEL, SIMULATED)
    assert job.params == {"model": f"{MODEL}:1", "dataset": SIMULATED, "version": 1}
    with running_coordinator(filled_copy.catalog):
        ended = wait(filled_copy.catalog, job.id, 60)
    assert ended.state == "done", ended.error
    told = {one["recording"]: one for one in ended.result["predictions"]}
    assert len(told) == 30
    right = sum(one["nearest"] == one["truth"] for one in told.values())
    assert right > 25  # it has learned from them
    for row in collections.choose(filled_copy, SIMULATED, ["*"])[::7]:
        about = {"speed_rpm": row.speed_rpm, "bearing": row.bearing}
        said = predicting.signal(filled_copy, MODEL, viewing.samples(filled_copy, row), row.rate_hz, **about)
        expected = told[row.recording]
        assert said.probabilities == pytest.approx(expected["probabilities"])
        assert (said.label, said.nearest, said.windows) == (
            expected["label"], expected["nearest"], expected["windows"],
        )  # fmt: skip
        assert said.novelty == pytest.approx(expected["novelty"])
    stored = [one for one in _stored(filled_copy, ended.id) if one.signal_id]
    assert len(stored) == 30


def _stored(context: Context, job_id: str) -> list:
    from data_catalog import models

    with context.read() as session:
        return models.predictions(session, training.get(context, MODEL).id, job_id=job_id).rows


def test_what_is_unlike_the_training_gets_no_label(filled: Context) -> None:
    noise = np.random.default_rng(0).standard_normal(24_000) * 1e3
    said = predicting.signal(filled, MODEL, noise, 12_000.0)
    assert said.label is None
    assert said.nearest
    assert "unlike the training data" in said.reason or "could not be computed" in said.reason


def test_a_model_in_production_is_asked_by_its_name(filled_copy: Context) -> None:
    with pytest.raises(NotFoundError, match="in production"):
        predicting.signal(filled_copy, f"{MODEL}@production", np.zeros(24_000), 12_000.0)
    registering.promote(filled_copy, MODEL, "production", "x")
    samples = np.random.default_rng(1).standard_normal(24_000)
    assert predicting.signal(filled_copy, f"{MODEL}@production", samples, 12_000.0).model == f"{MODEL}:1"
    assert predicting.dataset(filled_copy, f"{MODEL}@production", SIMULATED).params["model"] == f"{MODEL}:1"


def test_a_model_that_is_kept_in_memory_is_still_hidden_from_others(filled_copy: Context) -> None:
    samples = np.random.default_rng(1).standard_normal(24_000)
    eve = filled_copy.acting_as(User("eve"))
    model = training.get(filled_copy, MODEL)
    for reference in (MODEL, model.id):
        assert predicting.signal(eve, reference, samples, 12_000.0).model_id == model.id
    training.share(filled_copy, MODEL, "private")
    for reference in (MODEL, model.id, f"{MODEL}:1"):
        with pytest.raises(NotFoundError):
            predicting.signal(eve, reference, samples, 12_000.0)
    assert predicting.signal(filled_copy, MODEL, samples, 12_000.0).model_id == model.id
    with pytest.raises((NotFoundError, ConflictError)):
        predicting.dataset(eve.acting_as(User("eve", "operator")), MODEL, SIMULATED)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        ([[1.0, 2.0]], "shape"),
        (["a"], "one list of numbers"),
        ([[1.0], [1.0, 2.0]], "numbers"),
        ([], "0 samples"),
        (np.zeros(4, complex), "complex"),
    ],
)
def test_samples_that_are_no_signal_are_refused(filled: Context, samples: object, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        predicting.signal(filled, MODEL, samples, 12_000.0)  # type: ignore[arg-type]


def test_an_array_travels_as_npy_and_nothing_else_is_read() -> None:
    given = np.arange(5, dtype=np.float32)
    assert np.array_equal(predicting.from_npy(predicting.as_npy(given)), given)
    objects = base64.b64encode(pickle.dumps({"a": 1})).decode()
    for text in ("no base64!", base64.b64encode(b"\x93NUMPY").decode(), objects):
        with pytest.raises(RequestError, match=r"no \.npy file"):
            predicting.from_npy(text)


class Counting(ArtifactStore):
    """Counts what is read of it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.reads: list[str] = []

    def read(self, artifact_id: str) -> bytes:
        self.reads.append(artifact_id)
        return super().read(artifact_id)


def test_the_models_used_last_are_kept_up_to_a_size(filled: Context) -> None:
    model = training.get(filled, MODEL)
    store = Counting(filled.catalog.artifacts.root)
    size = store.path(model.artifact_id).stat().st_size
    loaded = LoadedModels(most_bytes=2 * size)
    first = loaded.get(store, model.artifact_id)
    assert loaded.get(store, model.artifact_id) is first
    assert store.reads == [model.artifact_id]
    data = store.path(model.artifact_id).read_bytes()
    # the same model under other names: its first line may have spaces at its end
    others = [store.put(data.replace(b"\n", b" " * (number + 1) + b"\n", 1)).id for number in range(2)]
    for one in others:
        loaded.get(store, one)
    assert loaded.get(store, model.artifact_id) is not first
    assert store.reads == [model.artifact_id, *others, model.artifact_id]
    small: Mapping[str, object] = {"kept": LoadedModels(most_bytes=1).get(store, model.artifact_id)}
    assert small["kept"] is not first
