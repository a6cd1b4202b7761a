"""Flags on the samples of signals, from statistics that are stored with every one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Table, func, select, tuple_

from data_catalog.schema import Member, Signal
from data_catalog.visibility import live

Condition = ColumnElement[bool]

SPIKE_SHARE = 0.1
"""A single sample that holds more of a signal's energy than this is a spike; in Gaussian noise of N samples the largest
holds about 2 ln N / N, in a thousand 1.4 %."""


@dataclass(frozen=True)
class Flag:
    """What may be wrong with samples.

    Attributes
    ----------
    meaning : str
        In words.
    condition : callable, optional
        Makes a condition on members; None where samples were looked at, which marks alone tell.
    of_row : ColumnElement, optional
        The same of a member joined with its signal; None where it compares a signal with others.
    """

    meaning: str
    condition: Callable[[], Condition] | None = None
    of_row: Condition | None = None


def of_signal(condition: Condition) -> Condition:
    """Members whose signal meets a condition."""
    return Member.signal_id.in_(select(Signal.id).where(condition).correlate(None))


def _twice() -> Condition:
    # a table, not the class: a session limits classes, and the member that is asked for is limited
    other = cast("Table", Member.__table__).alias().c
    alike = (other.dataset_id, other.length, other.rms, other.peak)
    found = select(*alike).where(other.removed_version.is_(None), other.pending.is_(None)).group_by(*alike)
    same = found.having(func.count() > 1).correlate(None)
    return live() & tuple_(Member.dataset_id, Member.length, Member.rms, Member.peak).in_(same)


def _of_member(meaning: str, of_row: Condition) -> Flag:
    return Flag(meaning, lambda: of_row, of_row)


def _of_samples(meaning: str, of_row: Condition) -> Flag:
    return Flag(meaning, lambda: of_signal(of_row), of_row)


FLAGS: Mapping[str, Flag] = {
    "clipped": _of_samples("runs of samples at the end of the scale", Signal.clipped_fraction > 0),
    "constant": _of_member("every sample the same, or none known", Member.kurtosis.is_(None)),
    "duplicate": Flag("length, RMS and peak of another signal of the dataset", _twice),
    "gaps": _of_samples("samples that are not a number", Signal.nan_count > 0),
    "offset": _of_samples(
        "a mean larger than the standard deviation",
        # rms² = mean² + variance
        2 * Signal.mean * Signal.mean > Signal.rms * Signal.rms,
    ),
    "rate": Flag("a spectrum that speaks against the sampling rate, of those that were checked"),
    "spikes": _of_member(
        "a single sample with more than a tenth of the energy",
        Member.peak * Member.peak > SPIKE_SHARE * Member.length * Member.rms * Member.rms,
    ),
}
"""Flags by name."""
