"""Ask a model: about one signal at once, about a stored dataset by a job. About files: `training.predict`."""

import base64
import binascii
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_catalog import datasets, models
from data_catalog.schema import Job
from pfd_panel.errors import RequestError
from pfd_panel.services import training, work
from pfd_panel.services.context import Context
from pfd_panel.services.loaded_models import LOADED
from pipelines.features import FeatureConfig

MOST_SAMPLES = 20_000_000
"""Of one signal: beyond it the answer takes longer than anybody waits; import it and predict the dataset."""


@dataclass(frozen=True)
class SignalAnswer:
    """What a model says of one signal.

    `label` is None where the model does not know; `nearest` is then what it would say and `reason` why it should not be
    believed. `novelty` is the distance to the training data over the largest familiar one. `set` lists the classes that
    cannot be ruled out and `estimates` what is told beyond the class, by task, for models that tell these.
    """

    model: str
    model_id: str
    label: str | None
    nearest: str
    probability: float | None
    probabilities: dict[str, float | None]
    window_agreement: float | None
    windows: int
    novelty: float | None
    reason: str
    set: list[str] | None = None
    estimates: dict[str, float] | None = None


def signal(
    context: Context,
    model: str,
    samples: NDArray[np.floating] | Sequence[float],
    rate_hz: float,
    *,
    speed_rpm: float | None = None,
    bearing: str | None = None,
) -> SignalAnswer:
    """What a model says of one signal; nothing is stored.

    Parameters
    ----------
    model : str
        Id, ``name:number``, ``name@production``, or name for its newest version.
    samples : (L,)
        In the unit of the signals that the model learned from.
    rate_hz : float
        Sampling rate, Hz.
    speed_rpm : float, optional
        Shaft speed, rpm.
    bearing : str, optional
        Designation, for the fault frequencies among the features.

    Raises
    ------
    RequestError
        No one-dimensional array of numbers, or too many.
    InputError
        The signal cannot be judged: too short, no speed where one is needed.
    """
    context.require("read")
    with context.read() as session:
        found = models.brief(session, model)
    given = _checked(samples)
    from pipelines.exchange.listener import Listener

    # whoever could not see the model has been told so above
    listener = Listener(
        LOADED.get(context.catalog.artifacts, found.artifact_id), FeatureConfig.model_validate(found.config["features"])
    )
    listener.add("signal", given, rate_hz, speed_rpm, bearing)
    (answer,) = listener.answers().values()
    told: dict[str, Any] = {name: answer[name] for name in SignalAnswer.__dataclass_fields__ if name in answer}
    return SignalAnswer(model=f"{found.name}:{found.number}", model_id=found.id, **told)


def dataset(context: Context, model: str, dataset: str, *, version: int | None = None) -> Job:
    """Queue a model's prediction for every recording of a dataset; answers are in the job's result.

    Both are pinned now: a newer version of either that comes while the job waits is not meant.
    """
    chosen = training.get(context, model)
    with context.read() as session:
        found = datasets.get(session, dataset)
        if not found.current_version:
            raise RequestError(f"{found.name} holds no signals yet", hint="Import or generate some first.")
        number = datasets.version(session, found.id, version).number
    params = {"model": f"{chosen.name}:{chosen.number}", "dataset": found.name, "version": number}
    return work.start(context, "predict_dataset", params)


def from_npy(text: str) -> NDArray[np.floating]:
    """The array in a base64 text of an ``.npy`` file; nothing in it is run.

    Raises
    ------
    RequestError
        No base64, or no ``.npy`` file of numbers.
    """
    try:
        return np.asarray(np.load(io.BytesIO(base64.b64decode(text, validate=True)), allow_pickle=False))
    except (binascii.Error, ValueError, EOFError, OSError) as error:
        raise RequestError(f"this is no .npy file of numbers: {error}", hint="Write it with numpy.save.") from error


def as_npy(samples: NDArray[np.floating] | Sequence[float]) -> str:
    """An array as the base64 text of an ``.npy`` file; `from_npy` reads it."""
    file = io.BytesIO()
    np.save(file, _checked(samples), allow_pickle=False)
    return base64.b64encode(file.getvalue()).decode("ascii")


def _checked(samples: NDArray[np.floating] | Sequence[float]) -> NDArray[np.floating]:
    try:
        given = np.asarray(samples)
    except ValueError as error:
        raise RequestError(f"samples that are no list of numbers: {error}", hint="Give one list of numbers.") from error
    if given.ndim != 1 or given.dtype.kind not in "fiu":
        raise RequestError(
            f"samples of shape {given.shape} and type {given.dtype}, expected one list of numbers",
            hint="One channel at a time.",
        )
    if not 0 < len(given) <= MOST_SAMPLES:
        raise RequestError(
            f"{len(given)} samples, expected 1 to {MOST_SAMPLES}",
            hint="Import a longer record and predict the dataset.",
        )
    return given if given.dtype in (np.float32, np.float64) else given.astype(np.float64)
