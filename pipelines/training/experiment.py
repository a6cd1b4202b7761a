"""An honest test of a network: the splits, levels, intervals and leak check of the baselines, and one beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.learn import ExperimentResult, FeatureTable, TrainConfig, make_split, run_experiment
from pipelines.learn.experiment import codes_of, recordings_a_class, usable_signals
from pipelines.learn.judging import judge
from pipelines.learn.novelty import fit_gate
from pipelines.learn.out_of_fold import FoldRun
from pipelines.learn.split import Fold
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.temperature import soften
from pipelines.training.callbacks import Callback
from pipelines.training.checkpoint import Checkpoint, Identity, digest
from pipelines.training.declaring import TRAINABLE
from pipelines.training.devices import best_device
from pipelines.training.fitting import FittedNetwork, NetworkRecipe, fit_network, logits_of
from pipelines.training.history import numbers
from pipelines.training.network_model import NetworkModel
from pipelines.training.trainer import Trainer
from pipelines.training.version import TRAINING_VERSION
from pipelines.training.windows import SignalWindows, Source

KEPT = "kept"
"""The part of the histories that tells of the model that is kept; the others are called as their folds."""

BASELINE = "random_forest"
"""What stands beside every network: quick to train and rarely far from the best on features."""


@dataclass(frozen=True)
class Watcher:
    """Whoever asked for an experiment: hears of it, and may stop it.

    `progress` takes the share done and what is being done, `log` a level and a sentence, `measure` a part (``fold 1``
    …, ``kept``), the number of an epoch and what was measured in it, `poll` raises to stop.
    """

    progress: Callable[[float, str], None] = lambda share, what: None
    log: Callable[[str, str], None] = lambda level, text: None
    measure: Callable[[str, int, dict[str, float | None]], None] = lambda part, epoch, numbers: None
    poll: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class NetworkResult:
    """What an experiment with a network found.

    `histories` has the rows of each fold's training by the fold's name, and of the model that is kept under "kept".
    """

    result: ExperimentResult
    model: NetworkModel
    baseline: ExperimentResult
    histories: dict[str, list[dict[str, Any]]]

    def to_json(self) -> dict[str, Any]:
        """The result with `baseline` and `history` as plain JSON values."""
        beside = self.baseline.to_json()
        told = {name: beside[name] for name in ("recording", "window", "intervals", "exact_accuracy", "statement")}
        return self.result.to_json() | {
            "baseline": told | {"model": self.baseline.config.model},
            "history": self.histories,
        }


def run_network_experiment(
    table: FeatureTable,
    sources: Sequence[Source],
    read: Callable[[int], NDArray[np.floating]],
    config: TrainConfig,
    *,
    folder: Path | None = None,
    data: str = "",
    watcher: Watcher | None = None,
    baseline: str = BASELINE,
) -> NetworkResult:
    """Test a network honestly, fit the one that is kept, and test a baseline on features with the same split.

    Parameters
    ----------
    table : FeatureTable
        Features of the same signals: for the baseline, the leak check, and for knowing what is unlike the training.
    sources, read
        What is known of each signal (row of ``table.records``), and ``read(i)`` for its samples (L,).
    config : TrainConfig
        `model` is a network's name, `params` are those of its declaration.
    folder : Path, optional
        Where states are kept; a run that was stopped or killed goes on from there.
    data : str
        Names the data in these states.
    watcher : Watcher, optional
    baseline : str
        The model on features that is tested beside it.

    Raises
    ------
    As `pipelines.learn.run_experiment` and `Trainer.fit`.
    """
    return _Experiment(table, sources, read, config, folder, data, watcher or Watcher(), baseline).run()


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


class _Experiment:
    def __init__(
        self,
        table: FeatureTable,
        sources: Sequence[Source],
        read: Callable[[int], NDArray[np.floating]],
        config: TrainConfig,
        folder: Path | None,
        data: str,
        watcher: Watcher,
        baseline: str,
    ) -> None:
        self.baseline = baseline
        declaration = TRAINABLE.network(config.model)
        assert declaration is not None, config.model
        params = declaration.validate(config.params)
        self.params = params.model_dump(mode="json")
        settings = declaration.training(params)
        self.table, self.notes, used = usable_signals(table.select(config.features))
        place = np.flatnonzero(used).tolist()
        self.split = make_split(self.table.records, config.target, config.split)
        self.codes = codes_of(self.table.records, self.split)
        self.windows = SignalWindows([sources[i] for i in place], lambda i: read(place[i]), settings)
        self.config, self.folder, self.watcher = config, folder, watcher
        device = best_device()
        watcher.log("info", f"learns {device.words}; signals at {self.windows.rate_hz:g} Hz")
        self.recipe = NetworkRecipe(
            declaration,
            declaration.architecture(params),
            settings,
            len(self.split.classes),
            config.calibrate,
            device,
            watcher.poll,
            watcher.log,
            digest([data, self.split.hash, self.windows.rate_hz]),
        )

    def run(self) -> NetworkResult:
        folds = self.split.folds
        fold_seeds, final_seed, draw_seed = np.random.SeedSequence(self.config.seed).spawn(3)
        runs, histories = [], {}
        for number, (fold, seed) in enumerate(zip(folds, fold_seeds.spawn(len(folds)), strict=True)):
            run, histories[fold.name] = self._fold(number, fold, seed)
            runs.append(run)
        fit_seed, gate_seed = final_seed.spawn(2)
        kept = self._fit(len(folds), "the model that is kept", self.codes.unit >= 0, fit_seed)
        histories[KEPT] = kept.history.to_json()
        model = self._model(kept, np.random.default_rng(gate_seed))
        # last: an interruption does not ask for it again
        beside = self.config.model_copy(update={"model": self.baseline, "params": {}})
        baseline = run_experiment(self.table, beside, should_stop=self._polled)
        columns = np.zeros((len(self.windows), 0))
        cut = FeatureTable(columns, (), self.windows.signal, self.windows.start, self.table.records)
        rng = np.random.default_rng(draw_seed)
        result = judge(cut, self.config, self.split, self.codes, runs, model, self.notes, rng, checked=self.table)
        return NetworkResult(result, model, baseline, histories)

    def _fold(self, number: int, fold: Fold, seed: np.random.SeedSequence) -> tuple[FoldRun, list[dict[str, Any]]]:
        """Test on what one fold holds out; a fold that was tested before an interruption is not trained again."""
        train, test = (_marked(side, len(self.table.records)) for side in (fold.train, fold.test))
        rows = np.flatnonzero(test[self.windows.signal])
        done = self._done(number)
        state = None if done is None else done[0].read(done[1])
        if state is None:
            fitted = self._fit(number, f"fold {number + 1} of {len(self.split.folds)}", train, seed)
            state = {
                "logits": torch.from_numpy(logits_of(self.windows, rows, fitted.network, self.watcher.poll)),
                "temperature": fitted.network.temperature,
                "calibrated": fitted.network.calibrated,
                "history": fitted.history.to_json(),
            }
            if done is not None:
                done[0].write(done[1], state)
        _, first = np.unique(self.codes.recording[train], return_index=True)
        trained = np.bincount(self.codes.label[train][first], minlength=self.recipe.classes)
        run = FoldRun(
            fold=fold,
            rows=rows,
            probabilities=soften(state["logits"].numpy(), state["temperature"]),
            class_shares=trained / trained.sum(),
            temperature=state["temperature"],
            calibrated=state["calibrated"],
            dropped=(),
        )
        return run, state["history"]

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

    def _model(self, kept: FittedNetwork, rng: np.random.Generator) -> NetworkModel:
        rows = np.flatnonzero((self.codes.unit >= 0)[self.table.record] & self.table.usable_windows())
        values = self.table.values[rows]
        prepare = Standardiser.fit(values)
        owner = np.unique(self.codes.recording[self.table.record[rows]], return_inverse=True)[1]
        split = self.split
        return NetworkModel(
            network=kept.network,
            standardiser=prepare,
            gate=fit_gate(prepare.transform(values), prepare.missing(values), owner, rng),
            model=self.config.model,
            target=self.config.target,
            classes=split.classes,
            features=self.table.names,
            trained_on={
                "recordings": split.recordings,
                "signals": int((self.codes.unit >= 0).sum()),
                "windows": int((self.codes.unit >= 0)[self.windows.signal].sum()),
                "classes": {
                    name: int(n) for name, n in zip(split.classes, recordings_a_class(self.codes), strict=True)
                },
                "left_out": split.left_out,
                "split": split.hash,
                "seed": self.config.seed,
                "params": self.params,
                "calibrated": kept.network.calibrated,
                "rate_hz": kept.network.rate_hz,
                "device": self.recipe.device.words,
                "weights": sum(t.numel() for t in kept.network.weights.values()),
                "best_epoch": (kept.history.best or {}).get("epoch"),
            },
        )

    def _done(self, number: int) -> tuple[Checkpoint, Identity] | None:
        if self.folder is None:
            return None
        configuration = digest([self.params, self.config.model_dump(mode="json")])
        identity = Identity(f"training {TRAINING_VERSION}, torch {torch.__version__}", configuration, self.recipe.data)
        return Checkpoint(self.folder / f"tested-{number}.pt"), identity

    def _polled(self) -> bool:
        self.watcher.poll()
        return False


def _marked(rows: tuple[int, ...], size: int) -> NDArray[np.bool_]:
    marked = np.zeros(size, dtype=bool)
    marked[list(rows)] = True
    return marked
