"""Results of models: scores, curves, classes, conditions, mistakes, confidence, noise, epochs and files."""

from typing import Annotated

from pydantic import Field

from dask_cluster.kinds.sweep_noise import LEVELS_DB
from data_catalog.errors import NotFoundError
from data_catalog.schema import Job
from pfd_panel.api.areas.features import table_of
from pfd_panel.api.areas.models import OfModel
from pfd_panel.api.operation import operation
from pfd_panel.api.wire import Table
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


class AtLevel(OfModel):
    """Which model, and what is counted."""

    level: Level = Field("recording", description="`recording`, or `signal`: each channel by itself.")


class SomeMistakes(OfModel):
    """Which model, and how many recordings."""

    most: int = Field(judging.MOST_LISTED, ge=1, le=1000, description="Most recordings of either list.")


class Sets(OfModel):
    """Which model, and what its sets promise."""

    coverage: float = Field(0.9, gt=0.5, lt=1.0, description="Share of sets that shall hold the true class.")
    per_class: bool = Field(False, description="Promise it to each class by itself.")
    calibration: CalibrationName = Field("none", description="Calibration that comes before.")


class Noise(OfModel):
    """Which model, and how much noise."""

    snr_db: tuple[Annotated[float, Field(ge=-60, le=120)], ...] = Field(
        LEVELS_DB, min_length=1, max_length=20, description="Ratios of signal to added noise, in dB."
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Seed of the noise.")


@operation("GET", "/models/{model}/scores", right="read", offers=judging.scores)
def get_scores(context: Context, asked: OfModel) -> Scores:
    """Every measure at the levels of recordings and windows with its interval, and the baseline beside it."""
    return judging.scores(context, asked.model)


@operation("GET", "/models/{model}/operating-curves", right="read", offers=judging.operating_curves)
def get_operating_curves(context: Context, asked: AtLevel) -> OperatingCurves:
    """ROC and precision-recall curves of each class against the rest, with areas and 95 % intervals."""
    return judging.operating_curves(context, asked.model, asked.level)


@operation("GET", "/models/{model}/class-table", right="read", offers=judging.class_table)
def get_class_table(context: Context, asked: AtLevel) -> list[ClassScores]:
    """Precision, recall, false alarms and F1 of each class with 95 % intervals."""
    return judging.class_table(context, asked.model, asked.level)


@operation("GET", "/models/{model}/conditions", right="read", offers=judging.by_condition)
def get_conditions(context: Context, asked: OfModel) -> list[ConditionScores]:
    """The score at each load, speed, severity and whatever else differs among the tested signals."""
    return judging.by_condition(context, asked.model)


@operation("GET", "/models/{model}/mistakes", right="read", offers=judging.mistakes)
def get_mistakes(context: Context, asked: SomeMistakes) -> Mistakes:
    """The most confident mistakes and the hardest recordings."""
    return judging.mistakes(context, asked.model, asked.most)


@operation("GET", "/models/{model}/calibrations", right="read", offers=judging.calibrations)
def get_calibrations(context: Context, asked: OfModel) -> list[Calibration]:
    """What a temperature and isotonic curves would make of the confidence, judged where they were not fitted."""
    return judging.calibrations(context, asked.model)


@operation("GET", "/models/{model}/reliability", right="read", offers=judging.reliability)
def get_reliability(context: Context, asked: OfModel) -> Reliability:
    """Does the confidence come true? Reliability at both levels, under each calibration, and which one to prefer."""
    return judging.reliability(context, asked.model)


@operation("GET", "/models/{model}/conformal-sets", right="read", offers=judging.conformal_sets)
def get_conformal_sets(context: Context, asked: Sets) -> ConformalAnswer:
    """Sets of classes that cannot be ruled out: how often they hold the truth, and how small they are."""
    return judging.conformal_sets(
        context, asked.model, coverage=asked.coverage, per_class=asked.per_class, calibration=asked.calibration
    )


@operation("GET", "/models/{model}/unfamiliar", right="read", offers=retesting.unfamiliar)
def get_unfamiliar(context: Context, asked: OfModel) -> Unfamiliar:
    """How often the model would say "I don't know" of held-out recordings, and whether that would spare mistakes."""
    return retesting.unfamiliar(context, asked.model)


@operation("GET", "/models/{model}/noise-sweep", right="read", offers=retesting.noise_sweep)
def get_noise_sweep(context: Context, asked: OfModel) -> NoiseSweep:
    """The last test of a model with added noise: under way, or with its scores."""
    found = retesting.noise_sweep(context, asked.model)
    if found is None:
        raise NotFoundError(f"{asked.model!r} was never tested with noise", hint="Start it: start_noise_sweep.")
    return found


@operation(
    "POST",
    "/models/{model}/noise-sweep",
    right="work",
    offers=retesting.start_noise_sweep,
    example={"snr_db": [20.0, 10.0, 0.0]},
)
def start_noise_sweep(context: Context, asked: Noise) -> Job:
    """Queue a test of the held-out recordings with added noise, by the models of the folds, which are fitted again."""
    return retesting.start_noise_sweep(context, asked.model, snr_db=asked.snr_db, seed=asked.seed)


@operation("GET", "/models/{model}/epochs", right="read", offers=documenting.epochs)
def get_epochs(context: Context, asked: OfModel) -> Table:
    """What happened in each epoch of a network's training; nothing for a model without epochs."""
    frame = documenting.epochs(context, asked.model)
    return table_of(frame.set_index("part") if len(frame) else frame)


@operation("GET", "/models/{model}/written-files", right="read", offers=documenting.written_files)
def list_written_files(context: Context, asked: OfModel) -> list[WrittenFile]:
    """The files behind a model version: itself, and the features it learned from; ids, bytes and hashes."""
    return documenting.written_files(context, asked.model)
