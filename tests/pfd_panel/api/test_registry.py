"""Models over REST: one signal answered at once, stages, lineage, files."""

import hashlib
import io

import httpx
import numpy as np
import pytest

from pfd_panel.services import predicting, training
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL

NPY = {"content-type": "application/x-npy"}


@pytest.fixture(scope="module")
def signal() -> np.ndarray:
    return np.random.default_rng(2).standard_normal(24_000).astype(np.float32)


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_numbers_and_arrays_are_answered_alike(viewer: httpx.Client, filled: Context, signal: np.ndarray) -> None:
    place = f"/models/{training.get(filled, MODEL).id}/predict"
    expected = predicting.signal(filled, MODEL, signal, 12_000.0, speed_rpm=1797.0)
    about = {"rate_hz": 12_000.0, "speed_rpm": 1797.0}
    told = [
        viewer.post(place, json={"samples": signal.tolist(), **about}),
        viewer.post(place, json={"npy": predicting.as_npy(signal), **about}),
        viewer.post(place, content=npy(signal), headers=NPY, params=about),
        viewer.post(place, content=npy(signal), headers=NPY | {"idempotency-key": "k"}, params=about),
    ]
    for one in told:
        assert one.status_code == 200, one.text
        assert one.json()["probabilities"] == pytest.approx(expected.probabilities)
        assert one.json()["reason"] == expected.reason
    # a question is no deed: another one under the same key is answered, not refused
    other = viewer.post(place, content=npy(2 * signal), headers=NPY | {"idempotency-key": "k"}, params=about)
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"json": {"rate_hz": 1.0}}, 422, "body.samples"),
        ({"json": {"samples": [1.0], "npy": "x", "rate_hz": 1.0}}, 422, "body.samples"),
        ({"json": {"samples": [1.0]}}, 422, "body.rate_hz"),
        ({"json": {"samples": ["a"], "rate_hz": 1.0}}, 422, "body.samples.0"),
        ({"content": b"no array", "headers": NPY, "params": {"rate_hz": 1}}, 422, ""),
        ({"content": npy(np.zeros(9)), "headers": NPY}, 422, "query.rate_hz"),
        ({"content": npy(np.zeros(9)), "headers": NPY, "params": {"rate_hz": 1, "npy": "x"}}, 422, "query.npy"),
        ({"content": b"x", "headers": {"content-type": "text/csv"}, "params": {"rate_hz": 1}}, 415, ""),
    ],
)
def test_what_is_no_signal_is_refused_by_name(viewer: httpx.Client, given: dict, status: int, field: str) -> None:
    answer = viewer.post("/models/x/predict", **given)
    assert answer.status_code == status, answer.text
    assert field in answer.text


def test_an_array_is_no_body_for_other_operations(operator: httpx.Client) -> None:
    assert operator.put("/models/x/stage", content=npy(np.zeros(3)), headers=NPY).status_code == 415


def test_a_stage_is_moved_traced_and_listed(own: httpx.Client) -> None:
    model = own.get("/models").json()["items"][0]
    place = f"/models/{model['id']}"
    assert own.put(f"{place}/stage", json={"stage": "production", "reason": " "}).status_code in (409, 422)
    moved = own.put(f"{place}/stage", json={"stage": "production", "reason": "good"}).json()
    assert (moved["stage"], moved["retired"]) == ("production", "")
    assert own.get("/models", params={"stage": "production"}).json()["total"] == 1
    assert own.get(f"/models/{MODEL}@production").json()["id"] == model["id"]
    assert [one["reason"] for one in own.get(f"{place}/stages").json()] == ["good"]
    kinds = [one["kind"] for one in own.get(f"{place}/lineage").json()]
    assert kinds[0] == "files"
    assert kinds[-1] == "predictions"
    assert own.get(f"{place}/card").json()["latency_ms"] is None
    assert own.get(f"{place}/exports/onnx").status_code == 404
    stored = own.get(f"{place}/exports/saved")
    assert hashlib.sha256(stored.content).hexdigest() == model["artifact_id"]
    assert ".pfdmodel" in stored.headers["content-disposition"]
    queued = own.post(f"{place}/exports", json={})
    assert queued.status_code == 202
    assert queued.json()["kind"] == "export_model"
    assert own.post(f"{place}/exports", json={"formats": ["onnx"]}).status_code == 422
