"""One experiment: split, learn, predict what was not learned from, score, and fit the model that is kept."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipelines.errors import NotEnoughDataError, PipelineError
from pipelines.learn.classifier import Recipe, fit_classifier
from pipelines.learn.config import TrainConfig
from pipelines.learn.judging import judge
from pipelines.learn.models import MODELS
from pipelines.learn.novelty import fit_gate
from pipelines.learn.out_of_fold import Codes, FoldRun, run_fold, windows_of
from pipelines.learn.result import ExperimentResult
from pipelines.learn.split import Split
from pipelines.learn.splitting import make_split
from pipelines.learn.table import FeatureTable, metadata
from pipelines.learn.trained_model import TrainedModel

Progress = Callable[[float, str], None]


class ExperimentStoppedError(PipelineError):
    """The caller asked the experiment to stop; nothing was kept."""


def run_experiment(
    table: FeatureTable,
    config: TrainConfig,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> ExperimentResult:
    """Test a model honestly on a feature table, then fit it on all of it.

    Parameters
    ----------
    table : FeatureTable
    config : TrainConfig
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.
    should_stop : callable, optional
        Asked before every fit; true ends the experiment with `ExperimentStoppedError`.

    Returns
    -------
    ExperimentResult
        The same for the same table and configuration.

    Raises
    ------
    NotEnoughDataError, InputError, UnknownNameError
        When the table cannot be split honestly, or the configuration names what does not exist.
    ExperimentStoppedError
    """
    declaration = MODELS[config.model]
    params = declaration.validate(config.params)
    table, notes, _ = usable_signals(table.select(config.features))
    split = make_split(table.records, config.target, config.split)
    codes = codes_of(table.records, split)
    recipe = Recipe(declaration, params, len(split.classes), config.calibrate, config.n_jobs)
    report = progress or (lambda share, what: None)

    def between_fits() -> None:
        if should_stop is not None and should_stop():
            raise ExperimentStoppedError("the experiment was stopped", hint="start it again with the same settings")

    folds = len(split.folds)
    fold_seeds, final_seed, draw_seed = np.random.SeedSequence(config.seed).spawn(3)
    runs: list[FoldRun] = []
    # boosting takes every OpenMP thread it finds, also on a worker that was given one core
    with threadpool_limits(limits=config.n_jobs if config.n_jobs > 0 else None):
        for number, (fold, seed) in enumerate(zip(split.folds, fold_seeds.spawn(folds), strict=True)):
            report(number / (folds + 1), f"{fold.name} ({number + 1} of {folds})")
            runs.append(run_fold(table, codes, fold, recipe, seed, between_fits))
        report(folds / (folds + 1), "final model on all recordings")
        model = _fit_final(table, config, split, codes, recipe, final_seed, between_fits)
        result = judge(table, config, split, codes, runs, model, notes, np.random.default_rng(draw_seed))
    report(1.0, "done")
    return result


def _fit_final(
    table: FeatureTable,
    config: TrainConfig,
    split: Split,
    codes: Codes,
    recipe: Recipe,
    seed: np.random.SeedSequence,
    between_fits: Callable[[], None],
) -> TrainedModel:
    """Fit the model that is kept, on every recording of the split, and the gate for what is unlike them."""
    fit_seed, gate_seed = seed.spawn(2)
    windows = windows_of(table, codes, codes.unit >= 0)
    classifier = fit_classifier(windows, recipe, fit_seed, between_fits)
    between_fits()
    owner = np.unique(windows.recording, return_inverse=True)[1]
    prepare = classifier.standardiser
    gate = fit_gate(
        prepare.transform(windows.values), prepare.missing(windows.values), owner, np.random.default_rng(gate_seed)
    )
    recordings = recordings_a_class(codes)
    return TrainedModel(
        classifier=classifier,
        gate=gate,
        model=config.model,
        target=config.target,
        classes=split.classes,
        features=table.names,
        trained_on={
            "recordings": split.recordings,
            "signals": int((codes.unit >= 0).sum()),
            "windows": len(windows.label),
            "classes": {name: int(n) for name, n in zip(split.classes, recordings, strict=True)},
            "left_out": split.left_out,
            "split": split.hash,
            "seed": config.seed,
            "params": recipe.params.model_dump(),
            "calibrated": classifier.calibrated,
            "calibration": classifier.calibration.way,
        },
    )


def usable_signals(table: FeatureTable) -> tuple[FeatureTable, list[str], NDArray[np.bool_]]:
    """Leave out signals without a usable window: the table without them, what to say, and which stay (S,)."""
    usable = table.usable_windows()
    has_windows = np.zeros(len(table.records), dtype=bool)
    has_windows[table.record[usable]] = True
    if not has_windows.any():
        raise NotEnoughDataError(
            f"none of the {len(usable)} windows has a single feature that could be computed",
            hint="compute the features again, and look at the signals for gaps",
        )
    notes = []
    if not usable.all():
        notes.append(
            f"{int((~usable).sum())} of {len(usable)} windows have no feature that could be computed; not used."
        )
    if has_windows.all():
        return table, notes, has_windows
    notes.append(f"{int((~has_windows).sum())} of {len(has_windows)} signals have no usable window and were not used.")
    renumbered = np.cumsum(has_windows) - 1
    kept = has_windows[table.record]
    fingerprint = None if table.fingerprint is None else table.fingerprint[has_windows]
    return (
        FeatureTable(
            table.values[kept],
            table.names,
            renumbered[table.record[kept]],
            table.start[kept],
            table.records[has_windows],
            fingerprint,
        ),
        notes,
        has_windows,
    )


def codes_of(records: pd.DataFrame, split: Split) -> Codes:
    """Number the classes, recordings and units of the signals."""
    class_number = {name: i for i, name in enumerate(split.classes)}
    label = np.array([class_number.get(name, -1) for name in metadata(records, split.target)])
    return Codes(label, pd.factorize(metadata(records, "recording"))[0].astype(np.int64), np.array(split.unit))


def recordings_a_class(codes: Codes) -> NDArray[np.int64]:
    """Count the recordings of each class that are used, (C,)."""
    used = np.flatnonzero(codes.unit >= 0)
    _, first = np.unique(codes.recording[used], return_index=True)
    return np.bincount(codes.label[used[first]])
