"""The models of the folds once more: an experiment keeps the one that saw everything, which cannot be tested again."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipelines.learn.classifier import Recipe, WindowClassifier, fit_classifier
from pipelines.learn.config import TrainConfig
from pipelines.learn.experiment import codes_of
from pipelines.learn.models import MODELS
from pipelines.learn.out_of_fold import windows_of
from pipelines.learn.split import Fold, Split
from pipelines.learn.table import FeatureTable


@dataclass(frozen=True)
class RefittedFold:
    """A fold with the model that was fitted to its training side, as in the experiment."""

    fold: Fold
    classifier: WindowClassifier


def refit_folds(
    table: FeatureTable,
    config: TrainConfig,
    split: Split,
    *,
    only: Collection[int] | None = None,
    between_fits: Callable[[], None] = lambda: None,
) -> Iterator[RefittedFold]:
    """Fit the model of every fold again, with the seeds of `pipelines.learn.run_experiment`: it answers as it did.

    Parameters
    ----------
    table : FeatureTable
        The signals of the split in its order, with the features that the experiment learned from.
    only : collection of int, optional
        Numbers of the folds that are wanted, from 0; all of them.
    between_fits : callable
        Called before every fit; may raise to stop.
    """
    declaration = MODELS[config.model]
    codes = codes_of(table.records, split)
    recipe = Recipe(
        declaration, declaration.validate(config.params), len(split.classes), config.calibrate, config.n_jobs
    )
    fold_seeds = np.random.SeedSequence(config.seed).spawn(3)[0].spawn(len(split.folds))
    for number, (fold, seed) in enumerate(zip(split.folds, fold_seeds, strict=True)):
        if only is not None and number not in only:
            continue
        with threadpool_limits(limits=config.n_jobs if config.n_jobs > 0 else None):
            classifier = fit_classifier(
                windows_of(table, codes, _marked(fold.train, len(table.records))), recipe, seed, between_fits
            )
        yield RefittedFold(fold, classifier)


def _marked(rows: tuple[int, ...], size: int) -> NDArray[np.bool_]:
    marked = np.zeros(size, dtype=bool)
    marked[list(rows)] = True
    return marked
