"""What the Explorer computes from features: boxes; and tags of signals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_catalog import tags
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context


@dataclass(frozen=True)
class Box:
    """A box plot of one class: quartiles, whiskers at 1.5 interquartile ranges, and what lies beyond."""

    label: str
    count: int
    low: float
    q1: float
    median: float
    q3: float
    high: float
    outliers: tuple[float, ...]


def feature_columns(frame: pd.DataFrame) -> list[str]:
    """The columns that hold features."""
    from pipelines.features import feature_names

    known = set(feature_names())
    return [name for name in frame.columns if name in known]


def boxes(frame: pd.DataFrame, feature: str, target: str = "fault") -> list[Box]:
    """One box a class, Tukey's whiskers."""
    out = []
    for label, values in frame[feature].groupby(frame[target].fillna("not given"), sort=True):
        known = np.sort(values.dropna().to_numpy())
        if not len(known):
            continue
        q1, median, q3 = np.quantile(known, [0.25, 0.5, 0.75])
        inside = known[(known >= q1 - 1.5 * (q3 - q1)) & (known <= q3 + 1.5 * (q3 - q1))]
        outside = known[(known < inside[0]) | (known > inside[-1])]
        out.append(Box(str(label), len(known), inside[0], q1, median, q3, inside[-1], tuple(outside.tolist())))
    return out


def usable(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Those features that are known for every signal and are not the same for all."""
    values = frame[list(names)].to_numpy(dtype=float)
    if len(values) < 2:
        return []
    whole = ~np.isnan(values).any(axis=0)
    return [name for name, good, spread in zip(names, whole, values.std(axis=0), strict=True) if good and spread > 0]


def tag(context: Context, signal_ids: Sequence[str], word: str) -> None:
    """Put a tag on signals; those that carry it already stay as they are.

    Raises
    ------
    RequestError
        No signal, or no word.
    """
    word = _marked(context, signal_ids, word)
    with context.write() as session:
        tags.add(session, "signal", signal_ids, word, owner=context.user.name)


def untag(context: Context, signal_ids: Sequence[str], word: str) -> list[str]:
    """Take a tag off signals and return the ids of those that carried it.

    Raises
    ------
    RequestError
        No signal, no word, or none of the signals carries it.
    """
    word = _marked(context, signal_ids, word)
    with context.write() as session:
        carried = tags.of(session, "signal", signal_ids)
        having = [signal_id for signal_id in carried if word in carried[signal_id]]
        if not having:
            known = sorted({one for words in carried.values() for one in words})
            raise RequestError(
                f"none of these signals carries the tag {word!r}",
                hint=f"They carry: {', '.join(known)}." if known else "They carry no tags.",
            )
        tags.remove(session, "signal", having, word, owner=context.user.name)
    return having


def _marked(context: Context, signal_ids: Sequence[str], word: str) -> str:
    context.require("work")
    if not word.strip():
        raise RequestError("no tag was typed", hint="Type one word, for example suspicious.")
    if not signal_ids:
        raise RequestError("no signal is marked", hint="Mark signals in the table first.")
    return word.strip()


def tags_of(context: Context, signal_ids: Sequence[str]) -> dict[str, list[str]]:
    """The tags of each signal."""
    context.require("read")
    with context.read() as session:
        return tags.of(session, "signal", signal_ids)
