"""Curves of several seeds as one line and the band they fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Band:
    """Mean, lowest and highest value at each epoch, and how many seeds reached it."""

    epochs: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    seeds: tuple[int, ...]


def band_of(curves: Sequence[Mapping[int, float | None]]) -> Band:
    """Join the curves of several seeds, each an epoch's value by its number; a value that is None is left out.

    A seed that stopped early has no part in later epochs: `seeds` counts those that have.
    """
    at: dict[int, list[float]] = {}
    for curve in curves:
        for epoch, value in curve.items():
            if value is not None and value == value:
                at.setdefault(epoch, []).append(float(value))
    epochs = sorted(at)
    return Band(
        tuple(epochs),
        tuple(sum(at[epoch]) / len(at[epoch]) for epoch in epochs),
        tuple(min(at[epoch]) for epoch in epochs),
        tuple(max(at[epoch]) for epoch in epochs),
        tuple(len(at[epoch]) for epoch in epochs),
    )


def curve_of(history: Mapping[str, Sequence[Mapping[str, Any]]], name: str) -> dict[int, float]:
    """Return one column of a run's history, by epoch: of the model that was kept, or the mean of its folds.

    Parameters
    ----------
    history : mapping
        Rows of each part, ``kept`` and ``fold 1`` …, as `NetworkResult.histories` has them.
    name : str
        A column, as ``valid_loss``.
    """
    kept = _column(history.get("kept", ()), name)
    if kept:
        return kept
    joined = band_of([_column(rows, name) for part, rows in history.items() if part != "kept"])
    return dict(zip(joined.epochs, joined.mean, strict=True))


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> dict[int, float]:
    return {int(row["epoch"]): float(value) for row in rows if (value := row.get(name)) is not None}
