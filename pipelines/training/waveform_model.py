"""A model that learns from samples, with the features that tell when it should not be believed."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.conformal import ConformalSets
from pipelines.learn.novelty import NoveltyGate
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.trained_model import Judged, Prediction, diagnosis, matched, recordings_of, strangeness
from pipelines.training.window_model import WindowModel


@dataclass(frozen=True)
class WaveformModel(ABC):
    """A model of windows fitted to the recordings of an experiment.

    It answers from the samples. Whether a recording is like the training data is judged by its features, as for a model
    on features: `standardiser` and `gate` belong to these.
    """

    listener: WindowModel
    standardiser: Standardiser
    gate: NoveltyGate
    model: str
    target: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    trained_on: dict[str, Any]
    notes: tuple[str, ...] = ()
    conformal: ConformalSets | None = None
    learns_from: ClassVar[str] = "samples"

    @property
    def dropped(self) -> tuple[str, ...]:
        """None: it needs no feature."""
        return ()

    @property
    @abstractmethod
    def made_with(self) -> dict[str, str]:
        """Versions of what only this kind of model needs."""

    @abstractmethod
    def to_bytes(self) -> bytes:
        """The model as bytes that `pipelines.training.reading.load_any` reads."""

    def with_sets(self, conformal: ConformalSets | None) -> Self:
        """The same model that also says which classes cannot be ruled out."""
        return replace(self, conformal=conformal)

    def hear(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """Class probabilities (W, C) of the windows of one signal (L,) with its rate in Hz and speed in rpm."""
        return self.listener.hear(samples, rate_hz, speed_rpm)

    def estimate(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> dict[str, float]:
        """What is told of one signal (L,) beyond the class, by task, in its unit; {} for most models."""
        return self.listener.estimate(samples, rate_hz, speed_rpm)

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
        judged = Judged(heard, place, self.listener.calibration.isotonic, self.conformal)
        return diagnosis(self.classes, records, judged, strange)
