"""Facts about models that were trained on the spot, as the catalog would tell them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from pipelines.learn import SplitConfig, TrainConfig, run_experiment
from pipelines.reports import DataFacts, ModelFacts, SignalFacts
from tests.pipelines.learn.conftest import build_table

FactsMaker = Callable[..., ModelFacts]


def build_facts(
    labels: Sequence[str] = ("healthy", "inner", "outer") * 8,
    *,
    name: str = "Rig forest",
    number: int = 1,
    separation: float = 1.2,
    seed: int = 0,
    groups: tuple[str, ...] = (),
    params: dict[str, Any] | None = None,
    synthetic: bool = False,
    dataset: str = "Rig",
    **columns: Sequence[Any],
) -> ModelFacts:
    """Train a small model on features made up for `labels`, one recording each, and tell of it."""
    columns = {"load": [float(i % 4) for i in range(len(labels))], **columns}
    table = build_table(labels, separation=separation, windows=3, **columns)
    split = SplitConfig(kind="group" if groups else "recording", groups=groups, folds=3)
    config = TrainConfig(model="k_nearest", params=params or {}, split=split, seed=seed, bootstrap=200, calibrate=False)
    result = run_experiment(table, config)
    metrics = result.to_json() | {"recordings": result.recordings.to_dict("records")}
    return ModelFacts(
        id=sha256(f"{name}:{number}".encode()).hexdigest()[:32],
        name=name,
        number=number,
        kind="k_nearest",
        title="k nearest neighbours",
        target="fault",
        owner="ada",
        created_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        job_id="5" * 32,
        data=DataFacts(
            id="d" * 32,
            name=dataset,
            version=2,
            current=2,
            manifest_hash=sha256(dataset.encode()).hexdigest(),
            synthetic=synthetic,
            signals=len(labels),
            recordings=len(labels),
            classes={one: list(labels).count(one) for one in sorted(set(labels))},
            channels={"ch0": len(labels)},
            rates_hz={"12000": len(labels)},
        ),
        feature_set_id="f" * 32,
        split_id=result.split.hash,
        artifact_id="a" * 64,
        artifact_bytes=123_456,
        seed=seed,
        config={"train": config.model_dump(mode="json"), "features": {"window_s": 1.0}, "channels": None},
        environment=result.environment,
        metrics=metrics,
        signals=tuple(
            SignalFacts(
                recording=row["recording"],
                signal_id=row["signal_id"],
                channel="ch0",
                label=row["true"],
                conditions={key: value[int(row["recording"][1:])] for key, value in columns.items()},
            )
            for row in result.predictions.to_dict("records")
        ),
        product="PFD Panel 0.1.0",
    )


@pytest.fixture(scope="session")
def make_facts() -> FactsMaker:
    """The builder of facts."""
    return build_facts


@pytest.fixture(scope="session")
def facts() -> ModelFacts:
    """A model of three classes that makes some mistakes."""
    return build_facts()


def history(epochs: int = 6) -> dict[str, list[dict[str, Any]]]:
    """Epochs of a network that learns, of one fold and of the model that is kept."""
    rows = [
        {
            "epoch": epoch,
            "train_loss": 1.0 / epoch,
            "valid_loss": 0.8 / epoch + 0.1,
            "valid_accuracy": 1 - 0.5 / epoch,
            "valid_record_accuracy": 1 - 0.4 / epoch,
            "seconds": 2.0,
            "best": epoch <= 4,
        }
        for epoch in range(1, epochs + 1)
    ]
    return {"fold 1": rows, "kept": rows}
