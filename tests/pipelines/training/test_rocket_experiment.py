"""MiniRocket is trained, judged, saved and read as networks are; its file holds numbers and nothing else."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.training.declaring import TRAINABLE
from pipelines.training.reading import load_any
from pipelines.training.rocket_model import RocketModel
from pipelines.training.waveform_experiment import WaveformResult
from tests.pipelines.training.waveform_site import LENGTH, NAMES, RATE, answered, run, tone

PARAMS = {"features": 84 * 4, "length": 256}


class Stopped(BaseException):
    """As a job's interruption is."""


@pytest.fixture(scope="module")
def found() -> WaveformResult:
    return run("minirocket", PARAMS, config={"calibrate": "isotonic"})


def test_it_is_judged_on_recordings_it_never_saw_beside_a_baseline(found: WaveformResult) -> None:
    told = found.to_json()
    assert found.result.recording.tested == 12
    assert found.result.window.tested == 12 * LENGTH // 256
    assert found.result.recording.accuracy == 1.0
    assert found.baseline.recording.accuracy < 0.9
    assert (told["history"], told["tasks"]) == ({}, [])
    assert told["trained_on"]["params"] == {**TRAINABLE["minirocket"].validate(PARAMS).model_dump(mode="json")}
    assert told["trained_on"]["calibration"] == "isotonic"
    assert told["sets"]["tested"] == 12


def test_saved_and_read_it_answers_the_same_at_any_rate(found: WaveformResult) -> None:
    model = load_any(found.model.to_bytes())
    assert isinstance(model, RocketModel)
    samples = [tone(100), tone(101)]
    for x in samples:
        np.testing.assert_array_equal(model.hear(x, RATE, None), found.model.hear(x, RATE, None))
    assert answered(model, samples) == NAMES[:2]
    fine = [np.interp(np.arange(2 * LENGTH) / 2, np.arange(LENGTH), x) for x in samples]
    assert answered(model, fine, 2 * RATE) == NAMES[:2]
    assert model.trained_on == found.model.trained_on
    assert model.conformal is not None
    assert model.listener.calibration.way == "isotonic"


def test_its_level_says_nothing_unless_asked_to(found: WaveformResult) -> None:
    quiet, loud = (found.model.hear(gain * tone(100), RATE, None) for gain in (1.0, 500.0))
    np.testing.assert_allclose(quiet, loud, atol=0.05)


def test_stopped_anywhere_it_goes_on_and_finds_the_same(tmp_path: Path, found: WaveformResult) -> None:
    shares: list[float] = []

    def stop_after(count: int):
        left = [count]

        def poll() -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Stopped

        return poll

    asked = {"calibrate": "isotonic"}
    for count in (6, 12, 5):
        with pytest.raises(Stopped):
            run("minirocket", PARAMS, folder=tmp_path, poll=stop_after(count), config=asked)
    said: list[str] = []
    resumed = run(
        "minirocket",
        PARAMS,
        folder=tmp_path,
        config=asked,
        log=lambda level, text: said.append(text),
        progress=lambda share, what: shares.append(share),
    )
    assert not any(text.startswith("fold 1") for text in said), "a fold that was tested is not learned again"
    assert shares == sorted(shares)
    assert 0 < shares[-1] <= 1
    assert resumed.result.recordings.equals(found.result.recordings)
    np.testing.assert_array_equal(resumed.model.hear(tone(9), RATE, None), found.model.hear(tone(9), RATE, None))


def test_windows_are_drawn_evenly_over_the_recordings() -> None:
    said: list[str] = []
    few = run("minirocket", PARAMS | {"overlap": 0.5, "most_windows": 24}, log=lambda level, text: said.append(text))
    assert [text for text in said if "the model that is kept" in text] == [
        "the model that is kept: learns from 24 windows"
    ]
    assert few.result.recording.accuracy == 1.0


def test_a_changed_hostile_or_foreign_file_is_refused_unread(found: WaveformResult) -> None:
    data = found.model.to_bytes()
    with pytest.raises(InputError, match="checksum"):
        load_any(data[:-10] + bytes([data[-10] ^ 1]) + data[-9:])
    line, _, _ = data.partition(b"\n")
    hostile = io.BytesIO()
    np.savez(hostile, about=np.array([{"code": print}], dtype=object))
    payload = hostile.getvalue()
    header = json.loads(line) | {"sha256": hashlib.sha256(payload).hexdigest()}
    with pytest.raises(InputError, match="cannot be read"):
        load_any(json.dumps(header).encode() + b"\n" + payload)
    header = json.loads(line)
    header["environment"]["training"] = "0"
    with pytest.raises(InputError, match="saved by training 0"):
        load_any(json.dumps(header).encode() + b"\n" + data.partition(b"\n")[2])


def test_it_stands_in_the_list_that_pages_show_with_its_settings() -> None:
    declared = TRAINABLE["minirocket"]
    assert TRAINABLE.on_samples("minirocket")
    assert not TRAINABLE.on_samples("svm_rbf")
    named = [name for names in declared.groups.values() for name in names]  # type: ignore[union-attr]
    assert set(named) == set(declared.params.model_fields)
    assert all(field.description for field in declared.params.model_fields.values())
    with pytest.raises(InputError, match="most_windows"):
        declared.validate({"most_windows": 3})
