"""Ways in which a test may be easier than it looks: duplicates on both sides, and data that tells the label."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.learn.duplicates import DuplicatePair, exact_duplicates, near_duplicates, waveform_duplicates
from pipelines.learn.label_telling import TellingColumn, telling_columns, telling_features
from pipelines.learn.split import Split
from pipelines.learn.table import FeatureTable
from pipelines.learn.wording import counted


@dataclass(frozen=True)
class Foreseen:
    """How many of the tested recordings the model that a training began with had learned from, itself or before.

    `example` is one of them; `untold` names models in its line whose recordings are no longer known.
    """

    model: str
    seen: int
    tested: int
    example: str = ""
    untold: tuple[str, ...] = ()

    def describe(self) -> str:
        """Return the finding in words; empty where nothing was found and everything is known."""
        told = []
        if self.seen:
            told.append(
                f"The training began with {self.model}, which had learned from {self.seen} of the "
                f"{counted(self.tested, 'tested recording')}, for example {self.example}: scores are too good."
            )
        if self.untold:
            told.append(
                f"Which recordings {' and '.join(self.untold)} learned from is no longer known, and {self.model} goes "
                "back to it: tested recordings may be among them."
            )
        return " ".join(told)


@dataclass(frozen=True)
class LeakReport:
    """Findings of the leak check; `warnings` says them in words, empty when nothing was found."""

    exact: tuple[DuplicatePair, ...]
    near: tuple[DuplicatePair, ...]
    telling: tuple[TellingColumn, ...]
    checked: tuple[str, ...]
    foreseen: Foreseen | None = None

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "LeakReport":
        """Rebuild from the ``leaks`` of `ExperimentResult.to_json`."""
        pairs = {name: tuple(DuplicatePair(**pair) for pair in told[name]) for name in ("exact", "near")}
        telling = tuple(TellingColumn(**{**one, "told": tuple(one["told"])}) for one in told["telling"])
        before = told.get("foreseen")
        foreseen = None if before is None else Foreseen(**{**before, "untold": tuple(before["untold"])})
        return cls(**pairs, telling=telling, checked=tuple(told["checked"]), foreseen=foreseen)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return every finding in plain words, the gravest first."""
        found = []
        if self.foreseen is not None and self.foreseen.describe():
            found.append(self.foreseen.describe())
        if self.exact:
            found.append(
                f"{counted(len(self.exact), 'pair')} of signals with identical samples in training and in test, "
                f"for example {self.exact[0].describe()}: scores are too good."
            )
        if self.near:
            found.append(
                f"{counted(len(self.near), 'pair')} of nearly identical signals in training and in test, "
                f"for example {self.near[0].describe()}: scores are likely too good."
            )
        return (*found, *(column.describe() for column in self.telling))


def find_leaks(table: FeatureTable, split: Split) -> LeakReport:
    """Check a table under a split for duplicates across sides and for columns or features that tell the label."""
    near = near_duplicates(table, split)
    checked = ["identical samples (signal id) on both sides", "nearest neighbours in feature space across sides"]
    if table.fingerprint is not None:
        near += waveform_duplicates(table.records, table.fingerprint, split)
        checked.append("waveform correlation across sides")
    checked.append("metadata columns and single features that tell the class")
    return LeakReport(
        exact=exact_duplicates(table.records, split),
        near=near,
        telling=telling_columns(table.records, split) + telling_features(table, split),
        checked=tuple(checked),
    )
