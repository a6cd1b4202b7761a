"""What a split is: which signals a model learns from and which it is tested on, fold by fold."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class SplitConfig(BaseModel):
    """How to part recordings into training and test; all channels of a recording always stay together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["recording", "group"] = Field(
        default="recording", description="part recordings freely, or keep whole groups of recordings on one side"
    )
    groups: tuple[str, ...] = Field(
        default=(),
        description="metadata columns (bearing, fault_size, asset …): no value of theirs on both sides",
    )
    folds: int | None = Field(
        default=5,
        ge=2,
        le=50,
        description="folds, every recording tested once; none: one test of test_share",
    )
    test_share: float = Field(default=0.3, gt=0.0, lt=1.0, description="share of recordings tested when folds is none")
    stratified: bool = Field(default=True, description="keep the class proportions alike in all folds")
    seed: int = Field(default=0, ge=0, description="seed of the random order of recordings or groups")
    drop_small_classes: bool = Field(
        default=False, description="leave out classes too small for this split instead of refusing"
    )

    @model_validator(mode="after")
    def _kind_and_groups_agree(self) -> Self:
        if self.kind == "group" and not self.groups:
            raise ValueError("a split by group needs at least one metadata column in 'groups'")
        if self.kind == "recording" and self.groups:
            raise ValueError("'groups' are given, so 'kind' must be 'group'")
        return self


@dataclass(frozen=True)
class Fold:
    """One training and test side: rows of the table of signals, and the name of what is tested."""

    train: tuple[int, ...]
    test: tuple[int, ...]
    name: str


@dataclass(frozen=True)
class Overlap:
    """Whether values of one metadata column are on both sides.

    `shared` of the `tested` recordings had a training recording of the same class with the same value.
    """

    column: str
    state: Literal["yes", "no", "unknown"]
    tested: int
    shared: int

    def describe(self) -> str:
        """Return the answer in plain words."""
        if self.state == "unknown":
            return f"{self.column} on both sides: unknown (not recorded for these signals)"
        counted = f" ({self.shared} of {self.tested} tested recordings share theirs with training data of their class)"
        return f"{self.column} on both sides: {self.state}" + (counted if self.state == "yes" else "")


@dataclass(frozen=True)
class Split:
    """Folds of signals with what was left out and why; JSON-able, with a hash of its content.

    `unit` numbers, for every row of the table of signals, what is moved as a whole between sides (a recording, or all
    recordings joined by a group value); -1 where the signal is left out.
    """

    config: SplitConfig
    target: str
    classes: tuple[str, ...]
    folds: tuple[Fold, ...]
    unit: tuple[int, ...]
    recordings: int
    left_out: dict[str, int]
    overlaps: tuple[Overlap, ...]
    notes: tuple[str, ...]
    signal_ids: tuple[str, ...] = field(repr=False)

    @property
    def hash(self) -> str:
        """SHA-256 over target, classes and the signal ids on either side of every fold."""
        sides = [[[self.signal_ids[i] for i in side] for side in (fold.train, fold.test)] for fold in self.folds]
        content = json.dumps([self.target, self.classes, sides], separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def grouped(self) -> bool:
        """Whether whole groups, not single recordings, change sides."""
        return self.config.kind == "group"

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, numbers and strings from which `from_json` rebuilds the split."""
        plain = {key: value for key, value in asdict(self).items() if key != "config"}
        return json.loads(json.dumps({**plain, "config": self.config.model_dump(), "hash": self.hash}))

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Split":
        """Rebuild a split from `to_json`."""
        return cls(
            config=SplitConfig.model_validate(plain["config"]),
            target=plain["target"],
            classes=tuple(plain["classes"]),
            folds=tuple(Fold(tuple(f["train"]), tuple(f["test"]), f["name"]) for f in plain["folds"]),
            unit=tuple(plain["unit"]),
            recordings=plain["recordings"],
            left_out=dict(plain["left_out"]),
            overlaps=tuple(Overlap(**overlap) for overlap in plain["overlaps"]),
            notes=tuple(plain["notes"]),
            signal_ids=tuple(plain["signal_ids"]),
        )

    def describe(self) -> str:
        """Return the split in plain words: what is kept apart, how often, what was left out, what overlaps."""
        tested = {i for fold in self.folds for i in fold.test}
        kept_apart = " and ".join(self.config.groups) if self.grouped else "recording"
        sentences = [
            f"Split by {kept_apart}: no {' and no '.join(self.config.groups or ('recording',))} is in both training "
            "and test, and all channels of a recording stay together."
        ]
        if len(self.folds) > 1:
            sentences.append(f"{len(self.folds)} folds; each of the {self.recordings} recordings is tested once.")
        else:
            sentences.append(f"One test on {len(tested)} of {len(tested) + len(self.folds[0].train)} signals.")
        if self.left_out:
            named = ", ".join(f"{name} ({count})" for name, count in self.left_out.items())
            sentences.append(f"Left out, with their recordings: {named}.")
        sentences += [f"{overlap.describe()}." for overlap in self.overlaps]
        return " ".join([*sentences, *self.notes])
