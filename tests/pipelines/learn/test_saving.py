import hashlib
import json
import pickle
import zlib

import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.learn import MODELS, SplitConfig, TrainConfig, load_model, run_experiment, save_model
from pipelines.learn.saving import MAGIC

SMALL = {
    "random_forest": {"n_estimators": 10},
    "svm_rbf": {"gamma": 0.1},
    "hist_gradient_boosting": {"max_iter": 5},
    "extra_trees": {"n_estimators": 10},
    "soft_voting": {"n_estimators": 10, "max_iter": 5},
    "stacking": {"n_estimators": 10, "inner_folds": 2},
    "mixture_of_experts": {"experts": 2, "steps": 30},
}


@pytest.fixture(scope="module")
def saved(make_table) -> bytes:
    config = TrainConfig(model="svm_rbf", split=SplitConfig(folds=2), calibrate=False)
    return save_model(run_experiment(make_table(["a", "b"] * 4), config))


def pickled(thing: object) -> bytes:
    return zlib.compress(pickle.dumps(thing))


def packed(payload: bytes, **header: object) -> bytes:
    whole = {"magic": MAGIC, "environment": {}, "sha256": hashlib.sha256(payload).hexdigest()} | header
    return json.dumps(whole).encode() + b"\n" + payload


@pytest.mark.parametrize("name", MODELS.names)
@pytest.mark.parametrize("classes", [2, 3])
def test_a_model_predicts_the_same_after_saving(make_table, name: str, classes: int):
    table = make_table(["a", "b", "c"][:classes] * 4)
    result = run_experiment(table, TrainConfig(model=name, params=SMALL.get(name, {}), split=SplitConfig(folds=2)))
    back = load_model(save_model(result))
    before, after = (m.predict(table.values, table.names, table.record) for m in (result.model, back))
    np.testing.assert_array_equal(before.probabilities, after.probabilities)
    np.testing.assert_array_equal(before.novelty, after.novelty)
    assert back.trained_on == result.model.trained_on
    assert back.notes == ()


def test_a_changed_byte_is_noticed(saved: bytes):
    with pytest.raises(InputError, match="checksum"):
        load_model(saved[:-10] + bytes([saved[-10] ^ 1]) + saved[-9:])


@pytest.mark.parametrize("data", [b"", b"hello", b"{}\n", b"[1]\nabc", b"\x80\x05\n"])
def test_what_is_no_model_is_refused(data: bytes):
    with pytest.raises(InputError, match="not a saved model"):
        load_model(data)


class Malicious:
    def __init__(self, target: object) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[object]]:
        return (pytest.fail, (self.target,))


def test_a_file_that_names_a_function_to_call_is_refused_unrun(saved: bytes):
    environment = json.loads(saved.partition(b"\n")[0])["environment"]
    with pytest.raises(InputError, match="no part of a model"):
        load_model(packed(pickled(Malicious("code of a model file was run")), environment=environment))


def test_a_file_that_unpacks_to_more_than_any_model_is_refused(saved: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipelines.learn.saving.MOST_BYTES", 2**20)
    environment = json.loads(saved.partition(b"\n")[0])["environment"]
    with pytest.raises(InputError, match="unpacks to more than"):
        load_model(packed(zlib.compress(bytes(2**21)), environment=environment))


def test_what_is_not_compressed_is_refused(saved: bytes):
    environment = json.loads(saved.partition(b"\n")[0])["environment"]
    with pytest.raises(InputError, match="cannot be read"):
        load_model(packed(b"plain bytes", environment=environment))


def test_another_object_than_a_model_is_refused(saved: bytes):
    environment = json.loads(saved.partition(b"\n")[0])["environment"]
    with pytest.raises(InputError, match="expected a trained model"):
        load_model(packed(pickled({"a": 1}), environment=environment))


@pytest.mark.parametrize("library", ["scikit-learn", "numpy", "learn"])
def test_another_major_version_is_refused_in_words_before_anything_is_read(saved: bytes, library: str):
    line, _, payload = saved.partition(b"\n")
    environment = json.loads(line)["environment"] | {library: "99.1"}
    with pytest.raises(InputError, match=f"saved with {library} 99.1"):
        load_model(packed(payload, environment=environment))


def test_another_minor_version_is_told(saved: bytes):
    line, _, payload = saved.partition(b"\n")
    environment = json.loads(line)["environment"]
    before = environment["numpy"].split(".")[0] + ".0.0"
    model = load_model(packed(payload, environment=environment | {"numpy": before}))
    assert any(f"numpy {before}" in note for note in model.notes)


def test_saving_twice_gives_the_same_bytes(make_table):
    table = make_table(["a", "b"] * 4)
    config = TrainConfig(model="svm_rbf", split=SplitConfig(folds=2))
    one, two = (save_model(run_experiment(table, config)) for _ in range(2))
    assert one == two
