"""MiniRocket as bytes, and back: a line of JSON (magic, versions, checksum), then numbers in numpy's .npz format.

Arrays of numbers only; what would need unpickling is refused by the reader.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.environment import environment
from pipelines.learn.minirocket import MiniRocket, Ridge
from pipelines.learn.novelty import NoveltyGate
from pipelines.learn.plain import calibration_from, plain_calibration, plain_sets, sets_from
from pipelines.learn.standardiser import Standardiser
from pipelines.training.reading import ROCKET_MAGIC, header_of
from pipelines.training.rocket_model import RocketModel
from pipelines.training.settings import InputSettings
from pipelines.training.version import TRAINING_VERSION
from pipelines.training.window_rocket import WindowRocket
from pipelines.training.windows import Scaling

MOST_BYTES = 2**30
"""Unpacked, no honest model is larger: 50,000 features and a hundred classes take 40 MB."""
KERNEL_ARRAYS = ("dilations", "features", "channel_begin", "channel_list", "biases")
JUDGE_ARRAYS = ("mean", "scale", "weights", "constant", "left_out_error")
PREPARE_ARRAYS = ("kept", "median", "mean", "scale")


def save_rocket(model: RocketModel) -> bytes:
    """Return the model as bytes that `load_rocket` reads."""
    rocket, gate = model.rocket, model.gate
    parts = (
        ("kernels", rocket.transform, KERNEL_ARRAYS),
        ("judge", rocket.ridge, JUDGE_ARRAYS),
        ("prepare", model.standardiser, PREPARE_ARRAYS),
    )
    arrays = {f"{part}.{name}": getattr(of, name) for part, of, names in parts for name in names}
    arrays |= {"known": rocket.known, "reference": gate.reference}
    about = {
        "model": model.model,
        "target": model.target,
        "classes": model.classes,
        "features": model.features,
        "trained_on": model.trained_on,
        "conformal": plain_sets(model.conformal),
        "channels": rocket.transform.channels,
        "standardise": rocket.transform.standardise,
        "penalty": rocket.ridge.penalty,
        "input": rocket.input.model_dump(mode="json"),
        "rate_hz": rocket.rate_hz,
        "scaling": asdict(rocket.scaling),
        "calibration": plain_calibration(rocket.calibration),
        "threshold": gate.threshold,
        "most_missing": gate.most_missing,
    }
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    payload = packed.getvalue()
    header = {
        "magic": ROCKET_MAGIC,
        "environment": environment() | model.made_with,
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return json.dumps(header, sort_keys=True).encode() + b"\n" + payload


def load_rocket(data: bytes) -> RocketModel:
    """Read a model written by `save_rocket`.

    Raises
    ------
    InputError
        The bytes are no such model, were changed, hold more than numbers, or were written by another version.
    """
    header, payload = header_of(data)
    if header.get("magic") != ROCKET_MAGIC:
        raise InputError("these bytes are not a saved MiniRocket", hint="save such models with save_rocket")
    if hashlib.sha256(payload).hexdigest() != header.get("sha256"):
        raise InputError("the saved model is damaged: its checksum does not match", hint="train it again")
    saved = dict(header.get("environment", {}))
    if saved.get("training") != TRAINING_VERSION:
        raise InputError(
            f"the model was saved by training {saved.get('training')}, this is {TRAINING_VERSION}",
            hint="train the model again",
        )
    try:
        arrays = _unpacked(payload)
        model = _model(arrays, json.loads(arrays["about"].tobytes()))
    except (KeyError, TypeError, ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"the saved model cannot be read: {error}", hint="train it again") from error
    present = environment()["numpy"]
    if saved.get("numpy") != present:
        note = f"Saved with numpy {saved.get('numpy')}, read with {present}: predictions may differ slightly."
        model = replace(model, notes=(note,))
    return model


def _unpacked(payload: bytes) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        size = sum(one.file_size for one in archive.infolist())
    if size > MOST_BYTES:
        raise InputError(f"the saved model unpacks to more than {MOST_BYTES / 2**30:.0f} GiB", hint="train it again")
    with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _model(arrays: dict[str, NDArray[Any]], about: dict[str, Any]) -> RocketModel:
    def of(part: str, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
        return {name: arrays[f"{part}.{name}"] for name in names}

    rocket = WindowRocket(
        classes=len(about["classes"]),
        input=InputSettings.model_validate(about["input"]),
        rate_hz=float(about["rate_hz"]),
        scaling=Scaling(**about["scaling"]),
        calibration=calibration_from(about["calibration"]),
        transform=MiniRocket(
            channels=int(about["channels"]), standardise=bool(about["standardise"]), **of("kernels", KERNEL_ARRAYS)
        ),
        ridge=Ridge(penalty=float(about["penalty"]), **of("judge", JUDGE_ARRAYS)),
        known=arrays["known"],
    )
    return RocketModel(
        listener=rocket,
        standardiser=Standardiser(**of("prepare", PREPARE_ARRAYS)),
        gate=NoveltyGate(arrays["reference"], float(about["threshold"]), float(about["most_missing"])),
        model=about["model"],
        target=about["target"],
        classes=tuple(about["classes"]),
        features=tuple(about["features"]),
        trained_on=about["trained_on"],
        conformal=sets_from(about["conformal"]),
    )
