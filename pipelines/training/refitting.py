"""The models of the folds once more, for tests that come after the experiment: only the kept one was stored."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn import FeatureTable, TrainConfig
from pipelines.learn.split import Fold, Split
from pipelines.training.declaring import TRAINABLE
from pipelines.training.experiment import BASELINE, NetworkExperiment
from pipelines.training.rocket_experiment import RocketExperiment
from pipelines.training.starting import Start
from pipelines.training.watching import Watcher
from pipelines.training.waveform_experiment import WaveformExperiment, marked
from pipelines.training.window_model import WindowModel
from pipelines.training.windows import Source


@dataclass(frozen=True)
class RefittedWindows:
    """A fold with the model that was fitted to its training side, as in the experiment."""

    fold: Fold
    model: WindowModel


def refit_waveform_folds(
    table: FeatureTable,
    sources: Sequence[Source],
    read: Callable[[int], NDArray[np.floating]],
    config: TrainConfig,
    split: Split,
    *,
    only: Collection[int] | None = None,
    poll: Callable[[], None] = lambda: None,
    start: Start | None = None,
) -> Iterator[RefittedWindows]:
    """Train the model of every fold again, with the seeds of `run_waveform_experiment`.

    On a processor with as many threads it has the same weights; on a GPU it may differ in the last digits.

    Parameters
    ----------
    table : FeatureTable
        The signals of the split in its order.
    sources, read
        What is known of each signal, and ``read(i)`` for its samples (L,).
    only : collection of int, optional
        Numbers of the folds that are wanted, from 0; all of them.
    poll : callable
        Called often; may raise to stop.
    start : Start, optional
        The model that the experiment began with.

    Raises
    ------
    InputError
        The signals give another split than the one of the experiment.
    """
    declaration, watcher = TRAINABLE.network(config.model), Watcher(poll=poll)
    experiment: WaveformExperiment
    if declaration is None:
        experiment = RocketExperiment(
            table, sources, read, config, folder=None, data="", watcher=watcher, baseline=BASELINE
        )
    else:
        experiment = NetworkExperiment(
            table,
            sources,
            read,
            config,
            declaration,
            folder=None,
            data="",
            watcher=watcher,
            baseline=BASELINE,
            start=start,
        )
    if experiment.split.hash != split.hash:
        raise InputError("these signals are split in another way than in the experiment", hint="train the model again")
    fold_seeds = np.random.SeedSequence(config.seed).spawn(3)[0].spawn(len(split.folds))
    for number, (fold, seed) in enumerate(zip(split.folds, fold_seeds, strict=True)):
        if only is None or number in only:
            yield RefittedWindows(fold, experiment.keep(marked(fold.train, len(table.records)), seed)[0])
