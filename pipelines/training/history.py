"""What happened, epoch by epoch, and questions to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.errors import UnknownNameError

COLUMNS: Mapping[str, str] = {
    "epoch": "number of the epoch, from 1",
    "train_loss": "mean loss of the training batches while they were learned from",
    "train_accuracy": "share of training windows (or bags) right while they were learned from",
    "valid_loss": "mean loss of the validation side after the epoch; None without one",
    "valid_accuracy": "share of validation windows right",
    "valid_record_accuracy": "share of validation recordings right, their windows pooled",
    "recall": "share found of each class, in validation, or while learning where there is none; None: untested",
    "learning_rate": "at the end of the epoch",
    "gradient_norm": "mean length of the gradient before clipping",
    "largest_gradient_norm": "longest gradient of the epoch before clipping",
    "seconds": "time of the epoch, with validation, without pauses",
    "samples_per_s": "training windows a second of learning",
    "stall_share": "share of the learning time in which no batch was ready",
    "best": "whether it was the best epoch so far",
}
"""Name and meaning of each entry of an epoch."""


def numbers(row: Mapping[str, Any], classes: Sequence[str]) -> dict[str, float | None]:
    """An epoch as numbers by name: yes and no as 1 and 0, the share found of a class as ``recall:`` and its name."""
    found = {name: value for name, value in row.items() if name not in ("epoch", "recall")}
    found |= {f"recall:{name}": value for name, value in zip(classes, row.get("recall") or (), strict=False)}
    plain = {name: value for name, value in found.items() if value is None or isinstance(value, bool | int | float)}
    return {name: None if value is None else float(value) for name, value in plain.items()}


class History:
    """The epochs of a training; ``history[-1]`` is the last, ``history[-1, "valid_loss"]`` its loss.

    ``history[:, "train_loss"]`` gives one value an epoch.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]] = ()) -> None:
        self._rows = [dict(row) for row in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._rows)

    def __getitem__(self, asked: int | slice | tuple[int | slice, str]) -> Any:
        place, name = asked if isinstance(asked, tuple) else (asked, None)
        if name is not None and name not in COLUMNS:
            raise UnknownNameError(f"a history has no {name!r}", hint=f"It has: {', '.join(COLUMNS)}.")
        if isinstance(place, slice):
            return [row if name is None else row[name] for row in self._rows[place]]
        row = self._rows[place]
        return row if name is None else row[name]

    def add(self, row: Mapping[str, Any]) -> None:
        """Append an epoch."""
        self._rows.append(dict(row))

    @property
    def best(self) -> dict[str, Any] | None:
        """The epoch whose weights were kept; None before the first."""
        marked = [row for row in self._rows if row["best"]]
        return marked[-1] if marked else None

    def to_json(self) -> list[dict[str, Any]]:
        """Plain rows, oldest first."""
        return [dict(row) for row in self._rows]
