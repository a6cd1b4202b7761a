"""An honest test of a model on samples: split, levels, intervals and leaks as for a baseline, and one beside it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.learn import ExperimentResult, FeatureTable, TrainConfig, make_split, run_experiment
from pipelines.learn.calibration import Calibration
from pipelines.learn.experiment import codes_of, recordings_a_class, usable_signals
from pipelines.learn.judging import judge
from pipelines.learn.leaks import Foreseen
from pipelines.learn.novelty import NoveltyGate, fit_gate
from pipelines.learn.out_of_fold import FoldRun
from pipelines.learn.split import Fold
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.temperature import soften
from pipelines.training.settings import InputSettings
from pipelines.training.task_scores import score_tasks
from pipelines.training.tasks import task_values
from pipelines.training.watching import Watcher
from pipelines.training.waveform_model import WaveformModel
from pipelines.training.window_model import Told, WindowModel
from pipelines.training.windows import SignalWindows, Source

History = list[dict[str, Any]]

KEPT = "kept"
"""The part of the histories that tells of the model that is kept; the others are called as their folds."""


@dataclass(frozen=True)
class WaveformResult:
    """What an experiment with a model on samples found.

    `histories` has the rows of each fold's training by the fold's name, and of the model that is kept under "kept";
    none for a model without epochs. `tasks` has the scores of each task beyond the class.
    """

    result: ExperimentResult
    model: WaveformModel
    baseline: ExperimentResult
    histories: dict[str, History]
    tasks: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The result with `baseline`, `history` and `tasks` as plain JSON values."""
        beside = self.baseline.to_json()
        told = {name: beside[name] for name in ("recording", "window", "intervals", "exact_accuracy", "statement")}
        return self.result.to_json() | {
            "baseline": told | {"model": self.baseline.config.model},
            "history": self.histories,
            "tasks": self.tasks,
        }


@dataclass(frozen=True)
class Tested:
    """What the training of one fold says of the windows it did not learn from."""

    told: Told
    calibration: Calibration
    history: History


class WaveformExperiment(ABC):
    """Splits, tests fold by fold, fits the model that is kept, and puts a baseline beside it.

    Parameters
    ----------
    table : FeatureTable
        Features of the same signals: for the baseline, the leak check, and for knowing what is unlike the training.
    sources, read
        What is known of each signal (row of ``table.records``), and ``read(i)`` for its samples (L,).
    config : TrainConfig
    shown : InputSettings
        What windows are.
    watcher : Watcher
    baseline : str
        The model on features that is tested beside it.
    rate_hz : float, optional
        The rate that signals are brought to, where not that of `shown`.
    tasks : sequence of str
        What is to be told beyond the class.
    """

    def __init__(
        self,
        table: FeatureTable,
        sources: Sequence[Source],
        read: Callable[[int], NDArray[np.floating]],
        config: TrainConfig,
        *,
        shown: InputSettings,
        watcher: Watcher,
        baseline: str,
        rate_hz: float | None = None,
        tasks: Sequence[str] = (),
    ) -> None:
        self.baseline, self.config, self.watcher = baseline, config, watcher
        self.table, self.notes, used = usable_signals(table.select(config.features))
        place = np.flatnonzero(used).tolist()
        self.split = make_split(self.table.records, config.target, config.split)
        self.codes = codes_of(self.table.records, self.split)
        self.windows = SignalWindows([sources[i] for i in place], lambda i: read(place[i]), shown, rate_hz=rate_hz)
        self.beyond = task_values(self.table.records, tasks)
        self.tasks = tuple(tasks)

    @abstractmethod
    def test(
        self, number: int, train: NDArray[np.bool_], rows: NDArray[np.int64], seed: np.random.SeedSequence
    ) -> Tested:
        """Learn from the marked signals (S,) and tell of windows by `rows`; `number` counts folds from 0."""

    @abstractmethod
    def keep(self, signals: NDArray[np.bool_], seed: np.random.SeedSequence) -> tuple[WindowModel, History]:
        """Learn from the marked signals (S,) the model that is kept."""

    @abstractmethod
    def model_of(self, kept: WindowModel, trained_on: dict[str, Any], **judging: Any) -> WaveformModel:
        """Put together the model that is kept; `judging` has what all of them share."""

    @property
    @abstractmethod
    def params(self) -> dict[str, Any]:
        """The parameters of the model, defaults included, as plain values."""

    def run(self) -> WaveformResult:
        """Test, keep, and judge."""
        folds = self.split.folds
        fold_seeds, final_seed, draw_seed = np.random.SeedSequence(self.config.seed).spawn(3)
        runs, estimates, histories = [], [], {}
        for number, (fold, seed) in enumerate(zip(folds, fold_seeds.spawn(len(folds)), strict=True)):
            run, tested = self._fold(number, fold, seed)
            runs.append(run)
            estimates.append(tested.told[1])
            histories[fold.name] = tested.history
        fit_seed, gate_seed = final_seed.spawn(2)
        listener, histories[KEPT] = self.keep(self.codes.unit >= 0, fit_seed)
        model = self._model(listener, np.random.default_rng(gate_seed))
        # last: an interruption does not ask for it again
        beside = self.config.model_copy(update={"model": self.baseline, "params": {}})
        baseline = run_experiment(self.table, beside, should_stop=self._polled)
        columns = np.zeros((len(self.windows), 0))
        cut = FeatureTable(columns, (), self.windows.signal, self.windows.start, self.table.records)
        rng = np.random.default_rng(draw_seed)
        result = judge(cut, self.config, self.split, self.codes, runs, model, self.notes, rng, checked=self.table)
        result, tasks = score_tasks(
            result, self.beyond, estimates, runs, self.windows.signal, self.codes, self.config.bootstrap, rng
        )
        result = self.also(result)
        kept = result.model
        assert isinstance(kept, WaveformModel)
        return WaveformResult(result, kept, baseline, {n: h for n, h in histories.items() if h}, tasks)

    def also(self, result: ExperimentResult) -> ExperimentResult:
        """What a kind of model adds to the result; nothing unless overridden."""
        return result

    def _fold(self, number: int, fold: Fold, seed: np.random.SeedSequence) -> tuple[FoldRun, Tested]:
        train, test = (marked(side, len(self.table.records)) for side in (fold.train, fold.test))
        rows = np.flatnonzero(test[self.windows.signal])
        tested = self.test(number, train, rows, seed)
        _, first = np.unique(self.codes.recording[train], return_index=True)
        trained = np.bincount(self.codes.label[train][first], minlength=len(self.split.classes))
        run = FoldRun(
            fold=fold,
            rows=rows,
            probabilities=soften(tested.told[0], tested.calibration.temperature),
            class_shares=trained / trained.sum(),
            temperature=tested.calibration.temperature,
            calibrated=tested.calibration.fitted,
            dropped=(),
            isotonic=tested.calibration.isotonic,
        )
        return run, tested

    def _model(self, listener: WindowModel, rng: np.random.Generator) -> WaveformModel:
        prepare, gate = self._gate(rng)
        split, used = self.split, self.codes.unit >= 0
        trained_on = {
            "recordings": split.recordings,
            "signals": int(used.sum()),
            "windows": int(used[self.windows.signal].sum()),
            "classes": {name: int(n) for name, n in zip(split.classes, recordings_a_class(self.codes), strict=True)},
            "left_out": split.left_out,
            "split": split.hash,
            "seed": self.config.seed,
            "params": self.params,
            "calibrated": listener.calibrated,
            "calibration": listener.calibration.way,
            "rate_hz": listener.rate_hz,
        }
        return self.model_of(
            listener,
            trained_on,
            standardiser=prepare,
            gate=gate,
            model=self.config.model,
            target=self.config.target,
            classes=split.classes,
            features=self.table.names,
        )

    def _gate(self, rng: np.random.Generator) -> tuple[Standardiser, NoveltyGate]:
        rows = np.flatnonzero((self.codes.unit >= 0)[self.table.record] & self.table.usable_windows())
        values = self.table.values[rows]
        prepare = Standardiser.fit(values)
        owner = np.unique(self.codes.recording[self.table.record[rows]], return_inverse=True)[1]
        return prepare, fit_gate(prepare.transform(values), prepare.missing(values), owner, rng)

    def _polled(self) -> bool:
        self.watcher.poll()
        return False


def marked(rows: tuple[int, ...], size: int) -> NDArray[np.bool_]:
    """Mark rows among `size`."""
    found = np.zeros(size, dtype=bool)
    found[list(rows)] = True
    return found


def with_leak(result: ExperimentResult, found: Foreseen, note: str) -> ExperimentResult:
    """The result with what the model begun with had seen of the test, and a note on it."""
    checked = (*result.leaks.checked, "recordings that the model begun with, or one before it, had learned from")
    leaks = replace(result.leaks, foreseen=found, checked=checked)
    return replace(result, leaks=leaks, notes=(note, *result.notes))
