"""How long a training will take and how much memory it needs: from what earlier ones took, or from timing a little."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from dask_cluster import speed_probe, step_memory
from dask_cluster.kinds.train_model import EXCERPT
from dask_cluster.train_params import TrainParams
from data_catalog import datasets
from data_catalog.schema import Member
from pfd_panel.errors import RequestError
from pfd_panel.services import experiments, health, training
from pfd_panel.services.context import Context
from pipelines.features import feature_names
from pipelines.features.records import windows as feature_windows
from pipelines.learn import ModelDeclaration
from pipelines.learn.probing import FitTime, experiment_seconds
from pipelines.learn.table import NOT_GIVEN, as_keys
from pipelines.training.declaring import TRAINABLE, NetworkModelDeclaration, RocketDeclaration
from pipelines.training.settings import InputSettings, TrainingSettings, input_of
from pipelines.training.windows import SignalWindows, Source

LOOKED_AT = 12
"""Earlier experiments of the same model that are looked through for one like this."""

FORWARD = 1 / 3
"""Of what learning from a window costs: forward once, without the two passes of about the same size backward."""

NOT_OF_SPEED = frozenset(
    {"epochs", "patience", "learning_rate", "weight_decay", "momentum", "schedule", "warmup", "plateau_patience",
     "clip_norm", "class_weights", "label_smoothing", "validation_share", "start_from", "overlap", "rate_hz"}
)  # fmt: skip
"""Settings of a network that change how much is learned, but not how fast."""


@dataclass(frozen=True)
class Estimate:
    """What a training will take.

    Attributes
    ----------
    seconds_a_seed : float or None
        Of one worker; a network that stops early takes less. None where nothing is known.
    how : str
        Where that comes from, in words.
    memory_bytes : float
        Of a worker, while it trains one seed.
    worker_bytes : float or None
        What a worker has; None while none runs.
    windows : int
        Windows there are to learn from and test on.
    windows_per_s : float or None
        A network's: how fast it learns.
    parameters, multiply_adds : int or None
        A network's: numbers that are learned, and multiplications of one window forward. Known when it was timed.
    trainings, seeds : int
        Trainings of one seed, of every fold and of the model that is kept; and how many seeds.
    """

    seconds_a_seed: float | None
    how: str
    memory_bytes: float
    worker_bytes: float | None
    windows: int
    windows_per_s: float | None
    parameters: int | None
    multiply_adds: int | None
    trainings: int
    seeds: int


@dataclass(frozen=True)
class _Size:
    """What a training learns from: signals, recordings, classes, and windows of its own kind and of features."""

    signals: int
    recordings: int
    classes: int
    windows: int
    feature_windows: int
    features: int


def estimate(
    context: Context, dataset: str, asked: Mapping[str, Any], seeds: Sequence[int] = (0,), *, probe: bool = True
) -> Estimate:
    """What a training would take, for each seed.

    Time comes from earlier experiments with the same model and settings where there are any. Else, with `probe`, a few
    batches of noise, or a fit of a few windows, are timed on this machine in a process of their own, which takes
    seconds. Nothing is stored.

    Raises
    ------
    RequestError
        A setting does not fit, or no signal is left to learn from.
    InputError
        The dataset has no such column, or a signal cannot be shown as asked: one without a shaft speed by angle.
    ClusterError
        The timing took more than a minute.
    """
    context.require("work")
    with context.read() as session:
        dataset = datasets.get(session, dataset).name
    params = training.params_of(dataset, asked)
    config = params.config
    if config.model not in TRAINABLE.names:
        raise RequestError(f"no model is called {config.model!r}", hint=f"There are: {', '.join(TRAINABLE.names)}.")
    declared = TRAINABLE[config.model]
    declared.validate(config.params)
    size = _size(context, dataset, params)
    network = TRAINABLE.network(config.model)
    found = _network(context, params, network, size, probe) if network else _model(context, params, size, probe)
    return Estimate(
        **found,
        memory_bytes=_memory(params, size),
        worker_bytes=_worker_bytes(context),
        windows=size.windows,
        trainings=(config.split.folds or 1) + 1,
        seeds=len(seeds),
    )


def _memory(params: TrainParams, size: _Size) -> float:
    """As the plan of the job counts it."""
    sizes = size.feature_windows, size.features, size.signals, EXCERPT
    declared = TRAINABLE[params.config.model]
    if not TRAINABLE.on_samples(declared.name):
        return step_memory.training(*sizes)
    needed = step_memory.training_network(*sizes)
    if isinstance(declared, RocketDeclaration):
        kernels = declared.validate(params.config.params).model_dump()
        needed += step_memory.kernels(kernels["most_windows"], kernels["features"])
    return needed


def _size(context: Context, dataset: str, params: TrainParams) -> _Size:
    with context.read() as session:
        members = datasets.manifest(session, datasets.get(session, dataset).id)
    chosen = [one for one in members if not params.channels or one.channel in params.channels]
    records = training.records(context, dataset, params.channels)
    target = params.config.target
    if target not in records:
        raise RequestError(f"{dataset} has no column {target!r}", hint="Choose one that it has.")
    label = as_keys(records[target])
    used = [one for one, name in zip(chosen, label, strict=True) if name != NOT_GIVEN]
    if not used:
        raise RequestError(f"no signal of {dataset} has a {target}", hint="Label some, or predict another column.")
    on_features = [max(1, len(feature_windows(one.length, one.rate_hz, params.features))) for one in used]
    on_samples = TRAINABLE.on_samples(params.config.model)
    return _Size(
        signals=len(used),
        recordings=len({one.recording for one in used}),
        classes=len(set(label) - {NOT_GIVEN}),
        windows=_cut(used, params) if on_samples else sum(on_features),
        feature_windows=sum(on_features),
        features=len(params.config.features or feature_names(params.features.domains)),
    )


def _cut(members: Sequence[Member], params: TrainParams) -> int:
    """How many windows a model on samples will see; nothing is read for it."""
    network = TRAINABLE.network(params.config.model)
    given = TRAINABLE[params.config.model].validate(params.config.params)
    shown = network.training(given) if network else input_of(cast("InputSettings", given))
    sources = [Source(one.length, float(one.rate_hz), one.speed_rpm) for one in members]
    return len(SignalWindows(sources, _unread, shown))


def _unread(signal: int) -> Any:
    raise AssertionError(f"signal {signal} was read")


def _settings(network: NetworkModelDeclaration, params: TrainParams) -> TrainingSettings:
    return network.training(network.validate(params.config.params))


# ---- networks ------------------------------------------------------------------------------------------------------


def _network(
    context: Context, params: TrainParams, network: NetworkModelDeclaration, size: _Size, probe: bool
) -> dict[str, Any]:
    settings = _settings(network, params)
    told: dict[str, Any] = {"parameters": None, "multiply_adds": None}
    speeds = _speeds(context, params, network)
    if speeds:
        speed = statistics.median(speeds)
        how = f"{_count(len(speeds), 'earlier experiment')} with this network learned {speed:,.0f} windows a second"
    elif probe:
        found = speed_probe.measure(
            network.name, _plain(network, params), classes=max(2, size.classes), windows=0, features=0
        )
        speed = found["windows_per_s"]
        told |= {name: found[name] for name in told}
        how = f"a few batches of noise timed here, {found['device']}: {speed:,.0f} windows a second"
    else:
        how = "no earlier experiment used this network with these settings, and nothing was timed"
        return told | {"seconds_a_seed": None, "windows_per_s": None, "how": how}
    seconds = learning_seconds(settings, params, size.windows, size.recordings, speed)
    return told | {"seconds_a_seed": seconds, "windows_per_s": speed, "how": f"{how}; for {settings.epochs} epochs"}


def learning_seconds(
    settings: TrainingSettings, params: TrainParams, windows: int, recordings: int, windows_per_s: float
) -> float:
    """Seconds to train on every fold and on everything for all epochs, to validate after each, and to test."""
    split = params.config.split
    # of every fold all but its test side, and everything once more: as often as there are folds
    rounds = split.folds or (2.0 - split.test_share)
    learned = windows if settings.pooling == "none" else recordings * settings.bag
    an_epoch = learned * (1.0 - settings.validation_share) + FORWARD * windows * settings.validation_share
    return float((settings.epochs * rounds * an_epoch + FORWARD * windows) / windows_per_s)


def _plain(network: NetworkModelDeclaration, params: TrainParams) -> dict[str, Any]:
    """Every parameter, those that have no say in the speed as they come: so that one timing serves for all of these."""
    given = network.validate(params.config.params).model_dump(mode="json")
    return {name: value for name, value in given.items() if name not in NOT_OF_SPEED}


def _speeds(context: Context, params: TrainParams, network: NetworkModelDeclaration) -> list[float]:
    """Windows a second of earlier experiments with what decides on it, one number an experiment."""
    wanted, found = _plain(network, params), []
    for row in _earlier(context, params):
        then = TrainParams.model_validate(row.config)
        if _plain(network, then) != wanted:
            continue
        told = experiments.history(context, row.id, names=("samples_per_s",))["value"].dropna()
        if len(told):
            found.append(float(told.median()))
    return found


# ---- models on features --------------------------------------------------------------------------------------------


def _model(context: Context, params: TrainParams, size: _Size, probe: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"parameters": None, "multiply_adds": None, "windows_per_s": None}
    config = params.config
    taken = _durations(context, params)
    if taken:
        how = f"so long took {_count(len(taken), 'earlier run')} with the same settings on this dataset"
        return told | {"seconds_a_seed": statistics.median(taken), "how": how}
    declared = TRAINABLE[config.model]
    if not probe or not isinstance(declared, ModelDeclaration):
        how = "no earlier experiment had these settings on this dataset, and nothing was timed"
        return told | {"seconds_a_seed": None, "how": how}
    sizes = {"classes": max(2, size.classes), "windows": size.windows, "features": size.features}
    fit = FitTime(**speed_probe.measure(config.model, config.params, **sizes))
    seconds = experiment_seconds(fit, size.windows, config.split, calibrate=config.calibrate != "none")
    how = (
        f"a fit of {fit.windows:,} generated windows timed here took {1000 * fit.seconds:,.0f} ms; carried on to "
        f"{size.windows:,} windows and the fits of all folds and of the calibration"
    )
    return told | {"seconds_a_seed": seconds, "how": how}


def _durations(context: Context, params: TrainParams) -> list[float]:
    """Seconds of the finished runs that had the same settings, seeds aside, on the same version of the dataset."""
    with context.read() as session:
        version = datasets.get(session, params.dataset).current_version
    found = []
    for row in _earlier(context, params):
        then = TrainParams.model_validate(row.config)
        if row.dataset_version == version and _told(then) == _told(params):
            runs = experiments.get(context, row.id).runs
            found += [
                (run.finished_at - run.started_at).total_seconds()
                for run in runs
                if run.state == "done" and run.started_at and run.finished_at
            ]
    return found


def _told(params: TrainParams) -> dict[str, Any]:
    said = params.model_dump(mode="json", include={"dataset", "channels", "features", "config"})
    said["config"]["seed"] = None
    said["config"]["params"] = TRAINABLE[params.config.model].validate(params.config.params).model_dump(mode="json")
    return said


def _earlier(context: Context, params: TrainParams) -> list[Any]:
    found = experiments.page(context, model=(params.config.model,), state=("done",), limit=LOOKED_AT)
    return list(found.rows)


def _worker_bytes(context: Context) -> float | None:
    """Memory of the largest worker that runs."""
    cluster = health.report(context, with_cpu=False).cluster
    limits = [one["memory_limit_bytes"] for one in (cluster or {}).get("each", ())]
    return float(max(limits)) if any(limits) else None


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
