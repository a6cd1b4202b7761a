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
    """What may be wrong with samples: in words, and as a condition on members."""

    meaning: str
    condition: Callable[[], Condition]


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


FLAGS: Mapping[str, Flag] = {
    "clipped": Flag("runs of samples at the end of the scale", lambda: of_signal(Signal.clipped_fraction > 0)),
    "constant": Flag("every sample the same, or none known", lambda: Member.kurtosis.is_(None)),
    "duplicate": Flag("length, RMS and peak of another signal of the dataset", _twice),
    "gaps": Flag("samples that are not a number", lambda: of_signal(Signal.nan_count > 0)),
    "offset": Flag(
        "a mean larger than the standard deviation",
        # rms² = mean² + variance
        lambda: of_signal(2 * Signal.mean * Signal.mean > Signal.rms * Signal.rms),
    ),
    "spikes": Flag(
        "a single sample with more than a tenth of the energy",
        lambda: Member.peak * Member.peak > SPIKE_SHARE * Member.length * Member.rms * Member.rms,
    ),
}
"""Flags by name."""
