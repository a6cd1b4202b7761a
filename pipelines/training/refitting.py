"""The networks of the folds once more, for tests that come after the experiment: only the kept one was stored."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.learn import FeatureTable, TrainConfig
from pipelines.learn.experiment import codes_of
from pipelines.learn.split import Fold, Split
from pipelines.training.declaring import TRAINABLE
from pipelines.training.devices import best_device
from pipelines.training.fitting import NetworkRecipe, fit_network
from pipelines.training.window_network import WindowNetwork
from pipelines.training.windows import SignalWindows, Source


@dataclass(frozen=True)
class RefittedNetwork:
    """A fold with the network that was fitted to its training side, as in the experiment."""

    fold: Fold
    network: WindowNetwork


def refit_network_folds(
    table: FeatureTable,
    sources: Sequence[Source],
    read: Callable[[int], NDArray[np.floating]],
    config: TrainConfig,
    split: Split,
    *,
    only: Collection[int] | None = None,
    poll: Callable[[], None] = lambda: None,
) -> Iterator[RefittedNetwork]:
    """Train the network of every fold again, with the seeds of `run_network_experiment`.

    It begins with drawn weights and learns the class alone, whatever the experiment began with and told beyond. On a
    processor with as many threads it has the same weights; on a GPU it may differ in the last digits.

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
    """
    declaration = TRAINABLE.network(config.model)
    assert declaration is not None, config.model
    params = declaration.validate(config.params)
    settings = declaration.training(params)
    codes = codes_of(table.records, split)
    windows = SignalWindows(sources, read, settings)
    recipe = NetworkRecipe(
        declaration,
        declaration.architecture(params),
        settings,
        len(split.classes),
        config.calibrate,
        best_device(),
        poll,
    )
    fold_seeds = np.random.SeedSequence(config.seed).spawn(3)[0].spawn(len(split.folds))
    for number, (fold, seed) in enumerate(zip(split.folds, fold_seeds, strict=True)):
        if only is not None and number not in only:
            continue
        train = np.zeros(len(table.records), dtype=bool)
        train[list(fold.train)] = True
        yield RefittedNetwork(fold, fit_network(windows, codes, train, recipe, seed, None).network)
