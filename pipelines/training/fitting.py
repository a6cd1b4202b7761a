"""Fitting a network to the training side of a split: an inner validation side, the loop, and a temperature."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.calibration import Calibration, fit_calibration
from pipelines.learn.config import Calibrate
from pipelines.learn.out_of_fold import Codes
from pipelines.learn.units import class_counts, draw_test_units
from pipelines.networks import build
from pipelines.training.callbacks import Callback
from pipelines.training.checkpoint import Checkpoint
from pipelines.training.declaring import NetworkModelDeclaration
from pipelines.training.devices import Device
from pipelines.training.evaluation import window_logits
from pipelines.training.history import History
from pipelines.training.learning_set import LearningSet
from pipelines.training.settings import TrainingSettings, input_of
from pipelines.training.starting import Start, begin_with
from pipelines.training.tasks import TaskScale, fit_scales
from pipelines.training.trainer import Trainer
from pipelines.training.window_model import Told, WindowModel
from pipelines.training.window_network import WindowNetwork
from pipelines.training.windows import Scaling, SignalWindows


@dataclass(frozen=True)
class NetworkRecipe:
    """What to fit: a declared network, its settings, and how to reach whoever asked for it.

    `start` is the model that it begins with, and `names` those of the classes; `beyond` has by task what is known of
    each signal beyond the class, (S,) in its unit, NaN where nothing is.
    """

    declaration: NetworkModelDeclaration
    architecture: dict[str, Any]
    settings: TrainingSettings
    classes: int
    calibrate: Calibrate
    device: Device
    poll: Callable[[], None] = lambda: None
    log: Callable[[str, str], None] = lambda level, text: None
    data: str = ""
    start: Start | None = None
    names: tuple[str, ...] = ()
    beyond: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True)
class FittedNetwork:
    """A fitted network, its history, and why it ended before the last epoch, if it did."""

    network: WindowNetwork
    history: History
    why_ended: str
    validated: bool = field(default=True)


def fit_network(
    windows: SignalWindows,
    codes: Codes,
    signals: NDArray[np.bool_],
    recipe: NetworkRecipe,
    seed: np.random.SeedSequence,
    checkpoint: Checkpoint | None,
    callbacks: tuple[Callback, ...] = (),
) -> FittedNetwork:
    """Learn from the windows of the marked signals (S,).

    Part of their recordings, whole units as in the outer split, is kept from learning: the best epoch is chosen, by the
    class alone, and the calibration fitted on it. Where no class can spare a unit there is no such part: then the epoch
    with the least training loss is kept and nothing is calibrated.
    """
    weight_seed, order_seed, draw_seed = (int(s.generate_state(1)[0]) for s in seed.spawn(3))
    rng = np.random.default_rng(draw_seed)
    held = held_back(codes, signals, recipe.settings.validation_share, rng)
    train, valid = (np.flatnonzero(side[windows.signal]) for side in (signals & ~held, held))
    scaling = windows.fit(train, rng)
    model = build(
        recipe.declaration.name,
        recipe.architecture,
        length=recipe.settings.length,
        classes=recipe.classes,
        seed=weight_seed,
    )
    if recipe.start is not None:
        begin_with(model, recipe.start, recipe.names)
    scales = fit_scales(recipe.beyond, signals & ~held)
    trainer = Trainer(
        model,
        recipe.settings,
        recipe.classes,
        seed=order_seed,
        device=recipe.device,
        callbacks=callbacks,
        checkpoint=checkpoint,
        poll=recipe.poll,
        data=recipe.data,
        log=recipe.log,
    )
    validation = _learning_set(windows, valid, codes, scaling) if len(valid) else None
    history = trainer.fit(_learning_set(windows, train, codes, scaling, recipe.beyond, scales), validation)
    calibration = Calibration()
    if validation is not None and recipe.calibrate != "none":
        logits = window_logits(trainer, validation.read, len(validation)).double().numpy()
        of_recording, owner = validation.recordings()
        calibration = fit_calibration(logits, owner, of_recording, recipe.calibrate)
    fitted = WindowNetwork(
        network=recipe.declaration.name,
        architecture=recipe.architecture,
        classes=recipe.classes,
        input=input_of(recipe.settings),
        rate_hz=windows.rate_hz,
        scaling=scaling,
        weights={name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()},
        calibration=calibration,
        scales=scales,
    )
    return FittedNetwork(fitted, history, trainer.why_ended, validation is not None)


def held_back(codes: Codes, signals: NDArray[np.bool_], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Mark signals (S,) of whole units, about the share of every class, that others of their class can spare."""
    rows = np.flatnonzero(signals)
    unit = np.unique(codes.unit[rows], return_inverse=True)[1]
    recording = np.unique(codes.recording[rows], return_inverse=True)[1]
    # every class must have a unit on the learning side
    drawn = draw_test_units(class_counts(unit, recording, codes.label[rows]), share, True, rng)
    held = np.zeros(len(signals), dtype=bool)
    held[rows] = drawn[unit]
    return held


def _learning_set(
    windows: SignalWindows,
    rows: NDArray[np.int64],
    codes: Codes,
    scaling: Scaling,
    beyond: Mapping[str, NDArray[np.float64]] | None = None,
    scales: Mapping[str, TaskScale] | None = None,
) -> LearningSet:
    signal = windows.signal[rows]
    targets = {task: scale.to_learn((beyond or {})[task][signal]) for task, scale in (scales or {}).items()}
    return LearningSet(
        lambda some: windows.read(rows[some], scaling), codes.label[signal], codes.recording[signal], targets
    )


def told_of(windows: SignalWindows, rows: NDArray[np.int64], fitted: WindowModel, poll: Callable[[], None]) -> Told:
    """Scores and estimates of windows by rows, a block at a time."""
    parts = []
    for begin in range(0, len(rows), 256):
        poll()
        parts.append(fitted.tell(windows.read(rows[begin : begin + 256], fitted.scaling)))
    if not parts:
        return np.zeros((0, fitted.classes)), {task: np.zeros(0) for task in fitted.tasks}
    return (
        np.concatenate([scores for scores, _ in parts]),
        {task: np.concatenate([estimates[task] for _, estimates in parts]) for task in fitted.tasks},
    )
