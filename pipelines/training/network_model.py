"""A network ready to diagnose new recordings, with the features that tell when it should not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.novelty import NoveltyGate
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.trained_model import Prediction, diagnosis, matched, recordings_of, strangeness
from pipelines.training.version import TRAINING_VERSION
from pipelines.training.window_network import WindowNetwork


@dataclass(frozen=True)
class NetworkModel:
    """A network fitted to the recordings of an experiment.

    The network answers from the samples. Whether a recording is like the training data is judged by its features, as
    for a model on features: `standardiser` and `gate` belong to these.
    """

    network: WindowNetwork
    standardiser: Standardiser
    gate: NoveltyGate
    model: str
    target: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    trained_on: dict[str, Any]
    notes: tuple[str, ...] = ()
    learns_from: ClassVar[str] = "samples"

    @property
    def dropped(self) -> tuple[str, ...]:
        """None: a network needs no feature."""
        return ()

    @property
    def made_with(self) -> dict[str, str]:
        """Versions of torch and of the loop."""
        return {"torch": torch.__version__, "training": TRAINING_VERSION}

    def hear(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """Class probabilities (W, C) of the windows of one signal (L,) with its rate in Hz and speed in rpm."""
        return self.network.hear(samples, rate_hz, speed_rpm)

    def embed(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """The embedding (D,) of one signal (L,): what its classes are told from, mean over windows."""
        return self.network.embed(samples, rate_hz, speed_rpm)

    def predict(
        self,
        values: NDArray[np.float64],
        names: Sequence[str],
        record: NDArray[np.int64],
        heard: NDArray[np.float64],
        heard_record: NDArray[np.int64],
    ) -> Prediction:
        """Diagnose recordings.

        Parameters
        ----------
        values, names, record
            Features of windows, their names and the recording of each, as for `TrainedModel.predict`.
        heard : (W, C)
            What `hear` gave for the signals of the recordings, one below the other.
        heard_record : (W,) int
            Recording of each row of `heard`; the same recordings as in `record`.
        """
        values = matched(values, names, self.features)
        records, owner = recordings_of(record, len(values))
        place = np.searchsorted(records, heard_record)
        if len(heard) != len(heard_record) or not np.isin(heard_record, records).all():
            raise InputError(f"{len(heard)} windows were heard of other recordings than the features are of")
        usable = self.standardiser.missing(values) < 1.0
        strange = strangeness(self.gate, self.standardiser, values[usable], owner[usable], len(records))
        return diagnosis(self.classes, records, heard, place, strange)
