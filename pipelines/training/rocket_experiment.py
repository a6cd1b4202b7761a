"""An honest test of MiniRocket and ridge on windows of signals."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.learn import FeatureTable, TrainConfig
from pipelines.learn.calibration import Calibration, fit_calibration
from pipelines.learn.minirocket import fit_and_leave_out, fit_minirocket
from pipelines.learn.minirocket.transform import MiniRocket
from pipelines.learn.plain import calibration_from, plain_calibration
from pipelines.learn.pooling import recording_weights
from pipelines.training.declaring import ROCKET, RocketParams
from pipelines.training.rocket_model import RocketModel
from pipelines.training.settings import input_of
from pipelines.training.version import TRAINING_VERSION
from pipelines.training.watching import Watcher
from pipelines.training.waveform_experiment import History, Tested, WaveformExperiment
from pipelines.training.window_model import WindowModel
from pipelines.training.window_rocket import WindowRocket, spread
from pipelines.training.windows import Scaling, Source

AT_ONCE = 32
"""Windows between two questions whether to stop: less than a second's work."""


class RocketExperiment(WaveformExperiment):
    """One set of kernels and one judge a fold, and one of each that is kept.

    Unlike a network it needs no units held back: the score that every training window would get from a judge without
    its unit follows exactly from the fit, and the calibration is fitted to these.
    """

    def __init__(
        self,
        table: FeatureTable,
        sources: Sequence[Source],
        read: Callable[[int], NDArray[np.floating]],
        config: TrainConfig,
        *,
        folder: Path | None,
        data: str,
        watcher: Watcher,
        baseline: str,
    ) -> None:
        chosen = ROCKET.validate(config.params)
        assert isinstance(chosen, RocketParams)
        self.chosen = chosen
        super().__init__(table, sources, read, config, shown=chosen, watcher=watcher, baseline=baseline)
        self.folder, self.data = folder, data
        watcher.log("info", f"learns on one core; signals at {self.windows.rate_hz:g} Hz")

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the model, defaults included, as plain values."""
        return self.chosen.model_dump(mode="json")

    def test(
        self, number: int, train: NDArray[np.bool_], rows: NDArray[np.int64], seed: np.random.SeedSequence
    ) -> Tested:
        """Learn from one side of a fold; one that was tested before an interruption is not learned again."""
        from pipelines.training.checkpoint import Checkpoint, Identity, digest

        checkpoint = None if self.folder is None else Checkpoint(self.folder / f"tested-{number}.pt")
        identity = Identity(
            f"training {TRAINING_VERSION}, minirocket",
            digest([self.params, self.config.model_dump(mode="json")]),
            digest([self.data, self.split.hash, self.windows.rate_hz]),
        )
        state = None if checkpoint is None else checkpoint.read(identity)
        if state is None:
            share = _Share(self.watcher, number, len(self.split.folds) + 1)
            rocket = self._fit(train, seed, share, f"fold {number + 1} of {len(self.split.folds)}")
            scores = rocket.scores(self._features(rocket.transform, rows, rocket.scaling, share.part(0.8, 1.0)))
            state = {"scores": scores.tolist(), "calibration": plain_calibration(rocket.calibration)}
            if checkpoint is not None:
                checkpoint.write(identity, state)
        scores = np.array(state["scores"], dtype=np.float64).reshape(-1, len(self.split.classes))
        return Tested((scores, {}), calibration_from(state["calibration"]), [])

    def keep(self, signals: NDArray[np.bool_], seed: np.random.SeedSequence) -> tuple[WindowModel, History]:
        """Learn from all signals."""
        folds = len(self.split.folds)
        return self._fit(signals, seed, _Share(self.watcher, folds, folds + 1), "the model that is kept"), []

    def model_of(self, kept: WindowModel, trained_on: dict[str, Any], **judging: Any) -> RocketModel:
        """The kernels and the judge that are kept."""
        assert isinstance(kept, WindowRocket)
        more = {"penalty": kept.ridge.penalty, "weights": int(kept.ridge.weights.size)}
        return RocketModel(kept, trained_on=trained_on | more, **judging)

    def _fit(
        self, signals: NDArray[np.bool_], seed: np.random.SeedSequence, share: "_Share", name: str
    ) -> WindowRocket:
        kernel_seed, draw_seed = (int(one.generate_state(1)[0]) for one in seed.spawn(2))
        rng = np.random.default_rng(draw_seed)
        rows = self._drawn(np.flatnonzero(signals[self.windows.signal]), rng)
        scaling = self.windows.fit(rows, rng)
        self.watcher.log("info", f"{name}: learns from {len(rows)} windows")
        examples = self.windows.read(rows, scaling)
        transform = fit_minirocket(
            examples, features=self.chosen.features, standardise=False, seed=kernel_seed, poll=self.watcher.poll
        )
        features = self._features(transform, rows, scaling, share.part(0.1, 0.7))
        signal = self.windows.signal[rows]
        label, unit = self.codes.label[signal], self.codes.unit[signal]
        owner = np.unique(self.codes.recording[signal], return_inverse=True)[1]
        known, which = np.unique(label, return_inverse=True)
        weight = recording_weights(owner, which, len(known))
        self.watcher.poll()
        ridge, left_out = fit_and_leave_out(features, which, weight, unit)
        share(0.8, f"{name}, penalty {ridge.penalty:.3g}")
        return WindowRocket(
            classes=len(self.split.classes),
            input=input_of(self.chosen),
            rate_hz=self.windows.rate_hz,
            scaling=scaling,
            calibration=self._calibration(spread(left_out, known, len(self.split.classes)), owner, label, unit),
            transform=transform,
            ridge=ridge,
            known=known,
        )

    def _calibration(
        self, scores: NDArray[np.float64], owner: NDArray[np.int64], label: NDArray[np.int64], unit: NDArray[np.int64]
    ) -> Calibration:
        """From scores without the own unit, for classes that keep a unit when one is left out."""
        units_of = {c: len(np.unique(unit[label == c])) for c in np.unique(label).tolist()}
        fair = np.array([units_of[c] > 1 for c in label.tolist()])
        if not fair.any():
            return Calibration()
        owners, place = np.unique(owner[fair], return_inverse=True)
        of_recording = np.zeros(len(owners), dtype=np.int64)
        of_recording[place] = label[fair]
        return fit_calibration(scores[fair], place, of_recording, self.config.calibrate)

    def _drawn(self, rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """At most so many windows as were asked for, as evenly over the recordings as they have them."""
        if len(rows) <= self.chosen.most_windows:
            return rows
        owner = self.codes.recording[self.windows.signal[rows]]
        shuffled = rng.permutation(len(rows))
        # the place of each window among those of its recording: all first ones come before any second one
        order = shuffled[np.argsort(owner[shuffled], kind="stable")]
        turn = np.empty(len(rows), dtype=np.int64)
        counts = np.unique(owner, return_counts=True)[1]
        turn[order] = np.concatenate([np.arange(count) for count in counts])
        chosen = shuffled[np.argsort(turn[shuffled], kind="stable")][: self.chosen.most_windows]
        return rows[np.sort(chosen)]

    def _features(
        self, transform: MiniRocket, rows: NDArray[np.int64], scaling: Scaling, share: "_Share"
    ) -> NDArray[np.float32]:
        """Features (R, F) of windows by rows, some at a time."""
        found = np.empty((len(rows), len(transform.biases)), dtype=np.float32)
        for begin in range(0, len(rows), AT_ONCE):
            self.watcher.poll()
            some = slice(begin, begin + AT_ONCE)
            found[some] = transform.transform(self.windows.read(rows[some], scaling))
            share(begin / len(rows), f"windows {begin + 1} to {min(begin + AT_ONCE, len(rows))} of {len(rows)}")
        return found


class _Share:
    """Tells how much is done: part `low` to `high` of training `number` of so many."""

    def __init__(self, watcher: Watcher, number: int, trainings: int, low: float = 0.0, high: float = 1.0) -> None:
        self.watcher, self.number, self.trainings, self.low, self.high = watcher, number, trainings, low, high

    def __call__(self, done: float, what: str) -> None:
        done = self.low + (self.high - self.low) * done
        self.watcher.progress((self.number + done) / self.trainings, what)

    def part(self, low: float, high: float) -> "_Share":
        return _Share(self.watcher, self.number, self.trainings, low, high)
