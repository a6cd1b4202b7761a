"""Test a model again on the recordings it was tested on, with noise added: fold by fold, by models refitted for it."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import beginning, step_memory
from dask_cluster.beginning import start_of
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from dask_cluster.learned_from import LearnedFrom, learned_from
from data_catalog import models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from pipelines.learn import FeatureTable, Split, TrainConfig
    from pipelines.learn.isotonic import IsotonicCalibration

    Hear = Callable[["NDArray[np.floating]", dict[str, Any]], "NDArray[np.float64] | None"]

LEVELS_DB = (30.0, 20.0, 10.0, 5.0, 0.0, -5.0)


class SweepParams(JobParams):
    """Which model, and how much noise."""

    dataset: str = Field("", description="Name of the dataset that the model was tested on; for lists of jobs.")
    model: str = Field(min_length=1, description="Model version: id, name:number, or name for its newest.")
    snr_db: tuple[Annotated[float, Field(ge=-60, le=120)], ...] = Field(
        LEVELS_DB, min_length=1, max_length=20, description="Ratios of signal to added noise, in dB."
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Seed of the noise.")


@register
class SweepNoise(JobKind):
    """Refit the model of each fold and ask it of its own held-out recordings, as they are and with noise."""

    name = "sweep_noise"
    title = "Test with noise"
    unit = "fold"
    Params = SweepParams

    def describe(self, params: SweepParams) -> str:
        return f"Test {params.model} with noise"

    def plan(self, context: JobContext) -> Plan:
        from pipelines.training.declaring import TRAINABLE

        params: SweepParams = context.params
        with context.catalog.read() as session:
            model = models.get(session, params.model)
            found = learned_from(session, model)
            split = model.metrics["split"]
            begun = model.config.get("start_from")
            payload = found.payload() | {
                "config": model.metrics["config"],
                "features": model.config["features"],
                "split": split,
                "snr_db": params.snr_db,
                "seed": params.seed,
                "start": beginning.beginning(session, begun["model_id"], []) if begun else None,
            }
            sizes = sum(max(windows, 1) for *_, windows in found.places), len(found.names), len(found.places), 0
            network = TRAINABLE.on_samples(model.model)
        needed = step_memory.training_network(*sizes) if network else step_memory.training(*sizes)
        steps = [
            Step(f"fold {number:02d}", payload | {"fold": number}, 1, step_memory.asked(needed))
            for number in range(len(split["folds"]))
        ]
        return Plan(steps)

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        import numpy as np

        from dask_cluster.learned_from import feature_table
        from pipelines.learn import Split, TrainConfig
        from pipelines.learn.held_out import CLEAN, add_noise
        from pipelines.training.declaring import TRAINABLE

        found = LearnedFrom.from_payload(payload)
        config, split = TrainConfig.model_validate(payload["config"]), Split.from_json(payload["split"])
        table = feature_table(worker.feature_store, found)
        read = _reading(worker, found)
        refitted = _on_samples if TRAINABLE.on_samples(config.model) else _on_features
        said: dict[str, dict[str, list[list[float]]]] = {}
        [(fold, hear, curves)] = refitted(table, found, read, config, split, payload, worker)
        for done, signal in enumerate(fold.test):
            worker.progress(0.5 + 0.5 * done / len(fold.test), f"{fold.name}, with noise")
            record, samples = found.records[signal], read(signal)
            for place, snr_db in enumerate((CLEAN, *payload["snr_db"])):
                worker.check()
                drawn = np.random.SeedSequence([payload["seed"], signal, place])
                answer = hear(add_noise(samples, snr_db, np.random.default_rng(drawn)), record)
                if answer is not None and len(answer):
                    levels = said.setdefault(str(record["recording"]), {})
                    levels.setdefault(str(snr_db), []).append(answer.mean(axis=0).tolist())
        means = {
            recording: {level: np.mean(of_signals, axis=0) for level, of_signals in levels.items()}
            for recording, levels in said.items()
        }
        # curves are fitted to recordings, so they come after the mean
        return {
            "recordings": {
                recording: {
                    level: (p if curves is None else curves.calibrate(p[None, :])[0]).round(6).tolist()
                    for level, p in levels.items()
                }
                for recording, levels in means.items()
            }
        }

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        return result

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        import numpy as np

        from pipelines.learn.held_out import CLEAN, judge_noise, noise_words

        model = models.get(session, context.params.model)
        classes = list(model.metrics["classes"])
        told = {str(one["recording"]): one for one in model.metrics["recordings"]}
        said = {
            recording: levels
            for one in context.step_results(session).values()
            for recording, levels in one["recordings"].items()
        }
        split = model.metrics["split"]
        unit_of = dict(zip(split["signal_ids"], split["unit"], strict=True))
        units = {
            str(one.recording): unit_of[one.signal_id]
            for one in models.predictions(session, model.id, kind="held_out", limit=1_000_000).rows
            if one.signal_id in unit_of
        }
        levels = (CLEAN, *context.params.snr_db)
        # a recording that no level could be heard of (a gap, too short) is in none of them, so that all are alike
        names = [name for name, of in said.items() if name in told and len(of) == len(set(map(str, levels)))]
        label = np.array([classes.index(told[name]["true"]) for name in names])
        unit = np.array([units[name] for name in names])
        found = judge_noise(
            {level: np.array([said[name][str(level)] for name in names]) for level in levels}, label, unit
        )
        clean = [classes[int(np.argmax(said[name][str(CLEAN)]))] for name in names]
        return {
            "model_id": model.id,
            "model": f"{model.name}:{model.number}",
            "levels": [
                {
                    "snr_db": None if one.snr_db == CLEAN else one.snr_db,
                    "tested": one.tested,
                    "right": one.right,
                    "accuracy": one.accuracy.value,
                    "low": one.accuracy.low,
                    "high": one.accuracy.high,
                    "balanced_accuracy": one.balanced_accuracy,
                }
                for one in found
            ],
            "tested": len(names),
            "left_out": len(told) - len(names),
            "as_before": sum(told[name]["predicted"] == one for name, one in zip(names, clean, strict=True)),
            "words": noise_words(found),
        }


def _reading(worker: WorkerContext, found: LearnedFrom) -> "Callable[[int], NDArray[np.floating]]":
    readers = {segment: worker.store.open(segment) for segment in {segment for segment, _ in found.samples}}

    def read(signal: int) -> "NDArray[np.floating]":
        segment, row = found.samples[signal]
        samples: NDArray[np.floating] = readers[segment].read(row, 0, readers[segment].length(row))
        return samples

    return read


def _on_features(
    table: "FeatureTable",
    found: LearnedFrom,
    read: "Callable[[int], NDArray[np.floating]]",
    config: "TrainConfig",
    split: "Split",
    payload: dict[str, Any],
    worker: WorkerContext,
) -> "Iterator[tuple[Any, Hear, IsotonicCalibration | None]]":
    """The fold with what its model says of windows of samples, from their features."""
    import numpy as np

    from pipelines.bearings import lookup
    from pipelines.errors import InputError, UnknownNameError
    from pipelines.features import FeatureConfig, extract_record
    from pipelines.learn.held_out import refit_folds

    features = FeatureConfig.model_validate(payload["features"])
    columns = [found.names.index(name) for name in found.wanted]
    for one in refit_folds(table, config, split, only=(payload["fold"],), between_fits=worker.check):

        def hear(
            samples: "NDArray[np.floating]", record: dict[str, Any], classifier: Any = one.classifier
        ) -> "NDArray[np.float64] | None":
            try:
                orders = lookup(str(record["bearing"])).orders() if record.get("bearing") else None
            except UnknownNameError:
                orders = None
            try:
                shown = extract_record(samples, record["rate_hz"], record["speed_rpm"], orders, features)
            except InputError:
                return None
            rows = (shown.windows if len(shown.windows) else shown.whole[None, :])[:, columns]
            usable = ~np.isnan(rows).all(axis=1)
            answer: NDArray[np.float64] = classifier.probabilities(rows[usable])
            return answer

        yield one.fold, hear, one.classifier.isotonic


def _on_samples(
    table: "FeatureTable",
    found: LearnedFrom,
    read: "Callable[[int], NDArray[np.floating]]",
    config: "TrainConfig",
    split: "Split",
    payload: dict[str, Any],
    worker: WorkerContext,
) -> "Iterator[tuple[Any, Hear, IsotonicCalibration | None]]":
    """The fold with what its model says of the windows of samples."""
    from pipelines.errors import InputError
    from pipelines.training.refitting import refit_waveform_folds
    from pipelines.training.windows import Source

    start = start_of(payload.get("start"), worker)
    lengths = {segment: worker.store.open(segment) for segment in {segment for segment, _ in found.samples}}
    sources = [
        Source(lengths[segment].length(row), float(record["rate_hz"]), record["speed_rpm"])
        for (segment, row), record in zip(found.samples, found.records, strict=True)
    ]
    for one in refit_waveform_folds(
        table, sources, read, config, split, only=(payload["fold"],), poll=worker.check, start=start
    ):

        def hear(
            samples: "NDArray[np.floating]", record: dict[str, Any], model: Any = one.model
        ) -> "NDArray[np.float64] | None":
            try:
                answer: NDArray[np.float64] = model.hear(samples, float(record["rate_hz"]), record["speed_rpm"])
            except InputError:
                return None
            return answer

        yield one.fold, hear, one.model.calibration.isotonic
