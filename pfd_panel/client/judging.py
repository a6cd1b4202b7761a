"""Results of models on a server, with the methods of the local workbench."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from dask_cluster.kinds.sweep_noise import LEVELS_DB
from data_catalog.errors import NotFoundError
from data_catalog.schema import Job
from pfd_panel.client.api import Api
from pfd_panel.services.judged import (
    Calibration,
    ClassScores,
    ConditionScores,
    ConformalAnswer,
    Level,
    Mistakes,
    NoiseSweep,
    OperatingCurves,
    Reliability,
    Scores,
    Unfamiliar,
    WrittenFile,
)
from pfd_panel.services.judging import MOST_LISTED, CalibrationName


class RemoteJudging:
    """The part of `RemoteWorkbench` that judges models by what they said of held-out recordings."""

    api: Api

    if TYPE_CHECKING:

        def _maybe_wait(self, job: Job, wait: bool) -> Job: ...

        def _model(self, reference: str) -> str: ...

    def scores(self, model: str) -> Scores:
        """Every measure at the levels of recordings and windows with its interval, and the baseline beside it."""
        found: Scores = self.api.get_scores(model=self._model(model))
        return found

    def operating_curves(self, model: str, level: Level = "recording") -> OperatingCurves:
        """ROC and precision-recall curves of each class against the rest; `level` is ``recording`` or ``signal``."""
        found: OperatingCurves = self.api.get_operating_curves(model=self._model(model), level=level)
        return found

    def class_table(self, model: str, level: Level = "recording") -> list[ClassScores]:
        """Precision, recall, false alarms and F1 of each class; `level` is ``recording`` or ``signal``."""
        found: list[ClassScores] = self.api.get_class_table(model=self._model(model), level=level)
        return found

    def by_condition(self, model: str) -> list[ConditionScores]:
        """The score at each load, speed, severity and whatever else differs among the tested signals."""
        found: list[ConditionScores] = self.api.get_conditions(model=self._model(model))
        return found

    def calibrations(self, model: str) -> list[Calibration]:
        """What a temperature and isotonic curves would make of the confidence, judged where they were not fitted."""
        found: list[Calibration] = self.api.get_calibrations(model=self._model(model))
        return found

    def reliability(self, model: str) -> Reliability:
        """Does the confidence come true? At both levels, under each calibration, and which one to prefer."""
        found: Reliability = self.api.get_reliability(model=self._model(model))
        return found

    def unfamiliar(self, model: str) -> Unfamiliar:
        """How often the model would say "I don't know" of held-out recordings, and whether that spares mistakes."""
        found: Unfamiliar = self.api.get_unfamiliar(model=self._model(model))
        return found

    def written_files(self, model: str) -> list[WrittenFile]:
        """The files behind a model version: ids, bytes and hashes."""
        found: list[WrittenFile] = self.api.list_written_files(model=self._model(model))
        return found

    def mistakes(self, model: str, most: int = MOST_LISTED) -> Mistakes:
        """The most confident mistakes and the hardest recordings."""
        found: Mistakes = self.api.get_mistakes(model=self._model(model), most=most)
        return found

    def conformal_sets(
        self, model: str, *, coverage: float = 0.9, per_class: bool = False, calibration: CalibrationName = "none"
    ) -> ConformalAnswer:
        """Sets of classes that cannot be ruled out: how often they hold the truth, and how small they are."""
        asked = {"coverage": coverage, "per_class": per_class, "calibration": calibration}
        found: ConformalAnswer = self.api.get_conformal_sets(model=self._model(model), **asked)
        return found

    def sweep_noise(self, model: str, snr_db: Sequence[float] = LEVELS_DB, *, seed: int = 0, wait: bool = True) -> Job:
        """Test the held-out recordings with added noise, by the models of the folds, which are fitted again."""
        job = self.api.start_noise_sweep(model=self._model(model), snr_db=list(snr_db), seed=seed)
        return self._maybe_wait(job, wait)

    def noise_sweep(self, model: str) -> NoiseSweep | None:
        """The last test of a model with added noise; None where there was none."""
        asked = self._model(model)
        try:
            found: NoiseSweep = self.api.get_noise_sweep(model=asked)
        except NotFoundError:
            self.api.get_model(model=asked)  # no such model is another matter
            return None
        return found

    def epochs(self, model: str) -> pd.DataFrame:
        """What happened in each epoch of a network's training, one row an epoch of each fold and the kept model."""
        return pd.DataFrame(self.api.get_epochs(model=self._model(model)).data)
