"""What a report is told about a model version: rows of the catalog as plain values, nothing computed."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

CONDITIONS = ("load", "speed_rpm", "severity", "fault_size", "rate_hz", "bearing", "asset")
"""Columns by which a score is told apart, where they vary."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataFacts(_Told):
    """The dataset version a model has learned from.

    `classes`, `channels` and `rates_hz` count signals; `current` is the dataset's newest version.
    """

    id: str
    name: str
    version: int
    current: int
    manifest_hash: str
    synthetic: bool
    notes: str = ""
    source: str = ""
    signals: int
    recordings: int
    classes: dict[str, int]
    channels: dict[str, int]
    rates_hz: dict[str, int]


class SignalFacts(_Told):
    """One signal that was held out, and the conditions it was recorded under; None: not recorded."""

    recording: str
    signal_id: str
    channel: str = ""
    label: str | None = None
    conditions: dict[str, str | float | None] = Field(default_factory=dict)


class AskedLater(_Told):
    """Predictions a model was asked for after its test; `known` had a label, `right` of those were called so."""

    asked: int = 0
    abstained: int = 0
    known: int = 0
    right: int = 0


class ModelFacts(_Told):
    """A model version: the fields of its row, its data, and the signals of its test."""

    id: str
    name: str
    number: int
    kind: str
    title: str
    target: str
    notes: str = ""
    owner: str
    created_at: datetime
    job_id: str | None = None
    data: DataFacts
    feature_set_id: str
    split_id: str
    artifact_id: str
    artifact_bytes: int
    seed: int
    config: dict[str, Any]
    environment: dict[str, Any]
    metrics: dict[str, Any]
    signals: tuple[SignalFacts, ...]
    later: AskedLater = Field(default_factory=AskedLater)
    product: str = ""

    @property
    def reference(self) -> str:
        """``name:number``."""
        return f"{self.name}:{self.number}"

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes it tells apart, in the order of its confusion matrix."""
        return tuple(self.metrics["classes"])

    @property
    def groups(self) -> tuple[str, ...]:
        """The columns whose values were kept apart; none: recordings were."""
        return tuple(self.metrics["split"]["config"]["groups"])

    @property
    def kept_apart(self) -> str:
        """What was never on both sides, in words."""
        return " and ".join(name.replace("_", " ") for name in self.groups) or "recording"
