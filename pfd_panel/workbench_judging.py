"""Results of models in the local workbench."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from dask_cluster.kinds.sweep_noise import LEVELS_DB
from data_catalog.schema import Job
from pfd_panel.services import documenting, judging, retesting
from pfd_panel.services.context import Context
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
from pfd_panel.services.judging import CalibrationName


class LocalJudging:
    """The part of `Workbench` that judges models by what they said of held-out recordings."""

    context: Context

    if TYPE_CHECKING:

        def _maybe_wait(self, job: Job, wait: bool) -> Job: ...

    def scores(self, model: str) -> Scores:
        """Every measure at the levels of recordings and windows with its interval, and the baseline beside it."""
        return judging.scores(self.context, model)

    def operating_curves(self, model: str, level: Level = "recording") -> OperatingCurves:
        """ROC and precision-recall curves of each class against the rest; `level` is ``recording`` or ``signal``."""
        return judging.operating_curves(self.context, model, level)

    def class_table(self, model: str, level: Level = "recording") -> list[ClassScores]:
        """Precision, recall, false alarms and F1 of each class; `level` is ``recording`` or ``signal``."""
        return judging.class_table(self.context, model, level)

    def by_condition(self, model: str) -> list[ConditionScores]:
        """The score at each load, speed, severity and whatever else differs among the tested signals."""
        return judging.by_condition(self.context, model)

    def calibrations(self, model: str) -> list[Calibration]:
        """What a temperature and isotonic curves would make of the confidence, judged where they were not fitted."""
        return judging.calibrations(self.context, model)

    def reliability(self, model: str) -> Reliability:
        """Does the confidence come true? At both levels, under each calibration, and which one to prefer."""
        return judging.reliability(self.context, model)

    def unfamiliar(self, model: str) -> Unfamiliar:
        """How often the model would say "I don't know" of held-out recordings, and whether that spares mistakes."""
        return retesting.unfamiliar(self.context, model)

    def written_files(self, model: str) -> list[WrittenFile]:
        """The files behind a model version: ids, bytes and hashes."""
        return documenting.written_files(self.context, model)

    def mistakes(self, model: str, most: int = judging.MOST_LISTED) -> Mistakes:
        """The most confident mistakes and the hardest recordings."""
        return judging.mistakes(self.context, model, most)

    def conformal_sets(
        self, model: str, *, coverage: float = 0.9, per_class: bool = False, calibration: CalibrationName = "none"
    ) -> ConformalAnswer:
        """Sets of classes that cannot be ruled out: how often they hold the truth, and how small they are."""
        return judging.conformal_sets(
            self.context, model, coverage=coverage, per_class=per_class, calibration=calibration
        )

    def sweep_noise(self, model: str, snr_db: Sequence[float] = LEVELS_DB, *, seed: int = 0, wait: bool = True) -> Job:
        """Test the held-out recordings with added noise, by the models of the folds, which are fitted again."""
        job = retesting.start_noise_sweep(self.context, model, snr_db=snr_db, seed=seed)
        return self._maybe_wait(job, wait)

    def noise_sweep(self, model: str) -> NoiseSweep | None:
        """The last test of a model with added noise; None where there was none."""
        return retesting.noise_sweep(self.context, model)

    def epochs(self, model: str) -> pd.DataFrame:
        """What happened in each epoch of a network's training, one row an epoch of each fold and the kept model."""
        return documenting.epochs(self.context, model)
