"""An honest test of a network, as `pipelines.learn.run_experiment` does of a baseline."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.learn import ExperimentResult, FeatureTable, TrainConfig
from pipelines.learn.plain import calibration_from, plain_calibration
from pipelines.training.callbacks import Callback
from pipelines.training.checkpoint import Checkpoint, Identity, digest
from pipelines.training.declaring import TRAINABLE, NetworkModelDeclaration
from pipelines.training.devices import best_device
from pipelines.training.fitting import FittedNetwork, NetworkRecipe, fit_network, told_of
from pipelines.training.history import numbers
from pipelines.training.network_model import NetworkModel
from pipelines.training.rocket_experiment import RocketExperiment
from pipelines.training.starting import Start, foreseen, rate_of, refuse_unlike, words_of
from pipelines.training.trainer import Trainer
from pipelines.training.version import TRAINING_VERSION
from pipelines.training.watching import Watcher
from pipelines.training.waveform_experiment import (
    KEPT,
    History,
    Tested,
    WaveformExperiment,
    WaveformResult,
    with_leak,
)
from pipelines.training.window_model import WindowModel
from pipelines.training.window_network import WindowNetwork
from pipelines.training.windows import Source

BASELINE = "random_forest"
"""What stands beside every network: quick to train and rarely far from the best on features."""


def run_waveform_experiment(
    table: FeatureTable,
    sources: Sequence[Source],
    read: Callable[[int], NDArray[np.floating]],
    config: TrainConfig,
    *,
    folder: Path | None = None,
    data: str = "",
    watcher: Watcher | None = None,
    baseline: str = BASELINE,
    start: Start | None = None,
) -> WaveformResult:
    """Test a model on samples honestly, fit the one that is kept, and test a baseline on features with the same split.

    Parameters
    ----------
    table : FeatureTable
        Features of the same signals: for the baseline, the leak check, and for knowing what is unlike the training.
    sources, read
        What is known of each signal (row of ``table.records``), and ``read(i)`` for its samples (L,).
    config : TrainConfig
        `model` is the name of one that learns from samples, `params` are those of its declaration.
    folder : Path, optional
        Where states are kept; a run that was stopped or killed goes on from there.
    data : str
        Names the data in these states.
    watcher : Watcher, optional
    baseline : str
        The model on features that is tested beside it.
    start : Start, optional
        The model that a network begins with.

    Raises
    ------
    As `pipelines.learn.run_experiment`, `Trainer.fit` and `refuse_unlike`.
    """
    watcher = watcher or Watcher()
    declaration = TRAINABLE.network(config.model)
    if declaration is None:
        return RocketExperiment(
            table, sources, read, config, folder=folder, data=data, watcher=watcher, baseline=baseline
        ).run()
    return NetworkExperiment(
        table,
        sources,
        read,
        config,
        declaration,
        folder=folder,
        data=data,
        watcher=watcher,
        baseline=baseline,
        start=start,
    ).run()


class _Telling(Callback):
    """Tells of every epoch, and of batches now and then."""

    def __init__(
        self, watcher: Watcher, name: str, part: str, classes: Sequence[str], share: Callable[[float], float]
    ) -> None:
        self._watcher, self._name, self._part, self._classes, self._share = watcher, name, part, classes, share
        self._begun = False

    def on_batch_end(self, trainer: Trainer) -> None:
        if not self._begun:
            self._begun = True
            self._watcher.log("info", f"{self._name}: learns, {trainer.batch_size} of {trainer.items} items at once")
        done = (trainer.epoch + trainer.position / trainer.items) / trainer.settings.epochs
        epochs = f"epoch {trainer.epoch + 1} of {trainer.settings.epochs}"
        self._watcher.progress(self._share(done), f"{self._name}, {epochs}")

    def on_epoch_end(self, trainer: Trainer, row: dict[str, Any]) -> None:
        self._watcher.measure(self._part, row["epoch"], numbers(row, self._classes))
        valid = ""
        if row["valid_loss"] is not None:
            valid = f", validation {row['valid_loss']:.4g}, {row['valid_record_accuracy']:.1%} of recordings right"
        self._watcher.log(
            "info",
            f"{self._name}, epoch {row['epoch']}: loss {row['train_loss']:.4g}{valid}; "
            f"rate {row['learning_rate']:.2g}, {row['samples_per_s']:.0f} windows/s, "
            f"waited for data {row['stall_share']:.1%}{', best so far' if row['best'] else ''}",
        )


class NetworkExperiment(WaveformExperiment):
    """Networks, one a fold and one that is kept, each continued where it was stopped."""

    def __init__(
        self,
        table: FeatureTable,
        sources: Sequence[Source],
        read: Callable[[int], NDArray[np.floating]],
        config: TrainConfig,
        declaration: NetworkModelDeclaration,
        *,
        folder: Path | None,
        data: str,
        watcher: Watcher,
        baseline: str,
        start: Start | None,
    ) -> None:
        params = declaration.validate(config.params)
        settings = declaration.training(params)
        if start is not None:
            theirs = start.model
            refuse_unlike(
                declaration,
                params,
                start.line.reference,
                theirs.model,
                theirs.trained_on["params"],
                theirs.network.rate_hz,
            )
        super().__init__(
            table,
            sources,
            read,
            config,
            shown=settings,
            watcher=watcher,
            baseline=baseline,
            rate_hz=rate_of(settings, start),
            tasks=[task for task in declaration.network.tasks if task != "fault"],
        )
        self._params = params.model_dump(mode="json")
        self.folder, self.start = folder, start
        self.best_epoch: int | None = None
        device = best_device()
        watcher.log("info", f"learns {device.words}; signals at {self.windows.rate_hz:g} Hz")
        if start is not None:
            watcher.log("info", words_of(start, self.split.classes))
        weights = "" if start is None else digest_of(start.model.network.weights)
        self.recipe = NetworkRecipe(
            declaration,
            declaration.architecture(params),
            settings,
            len(self.split.classes),
            config.calibrate,
            device,
            watcher.poll,
            watcher.log,
            digest([data, self.split.hash, self.windows.rate_hz, weights]),
            start,
            self.split.classes,
            self.beyond,
        )

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the model, defaults included, as plain values."""
        return self._params

    def test(
        self, number: int, train: NDArray[np.bool_], rows: NDArray[np.int64], seed: np.random.SeedSequence
    ) -> Tested:
        """Learn from one side of a fold; one that was tested before an interruption is not trained again."""
        done = self._done(number)
        state = None if done is None else done[0].read(done[1])
        if state is None:
            fitted = self._fit(number, f"fold {number + 1} of {len(self.split.folds)}", train, seed)
            logits, estimates = told_of(self.windows, rows, fitted.network, self.watcher.poll)
            state = {
                "logits": torch.from_numpy(logits),
                "estimates": {task: torch.from_numpy(of) for task, of in estimates.items()},
                "calibration": plain_calibration(fitted.network.calibration),
                "history": fitted.history.to_json(),
            }
            if done is not None:
                done[0].write(done[1], state)
        estimates = {task: of.numpy() for task, of in state["estimates"].items()}
        return Tested((state["logits"].numpy(), estimates), calibration_from(state["calibration"]), state["history"])

    def keep(self, signals: NDArray[np.bool_], seed: np.random.SeedSequence) -> tuple[WindowModel, History]:
        """Learn from all signals."""
        fitted = self._fit(len(self.split.folds), "the model that is kept", signals, seed)
        self.best_epoch = (fitted.history.best or {}).get("epoch")
        return fitted.network, fitted.history.to_json()

    def model_of(self, kept: WindowModel, trained_on: dict[str, Any], **judging: Any) -> NetworkModel:
        """The network that is kept."""
        assert isinstance(kept, WindowNetwork)
        more = {
            "device": self.recipe.device.words,
            "weights": sum(t.numel() for t in kept.weights.values()),
            "best_epoch": self.best_epoch,
        }
        if self.start is not None:
            more["began_with"] = self.start.line.reference
        return NetworkModel(kept, trained_on=trained_on | more, **judging)

    def also(self, result: ExperimentResult) -> ExperimentResult:
        """What the model begun with had seen of the test."""
        if self.start is None:
            return result
        found = foreseen(self.start.line, self.table.records, self.split)
        return with_leak(result, found, words_of(self.start, self.split.classes))

    def _fit(self, number: int, name: str, signals: NDArray[np.bool_], seed: np.random.SeedSequence) -> FittedNetwork:
        trainings = len(self.split.folds) + 1
        part = [*(fold.name for fold in self.split.folds), KEPT][number]
        telling = _Telling(self.watcher, name, part, self.split.classes, lambda done: (number + done) / trainings)
        checkpoint = None if self.folder is None else Checkpoint(self.folder / f"training-{number}.pt")
        fitted = fit_network(self.windows, self.codes, signals, self.recipe, seed, checkpoint, (telling,))
        if fitted.why_ended:
            self.watcher.log("info", f"{name}: {fitted.why_ended}; the best epoch is kept")
        if not fitted.validated:
            self.notes.append(f"In {name} no class could spare recordings to choose the best epoch by.")
        return fitted

    def _done(self, number: int) -> tuple[Checkpoint, Identity] | None:
        if self.folder is None:
            return None
        configuration = digest([self.params, self.config.model_dump(mode="json")])
        identity = Identity(f"training {TRAINING_VERSION}, torch {torch.__version__}", configuration, self.recipe.data)
        return Checkpoint(self.folder / f"tested-{number}.pt"), identity


def digest_of(weights: dict[str, torch.Tensor]) -> str:
    """A short hash of weights."""
    return digest([(name, tensor.double().sum().item(), list(tensor.shape)) for name, tensor in weights.items()])
