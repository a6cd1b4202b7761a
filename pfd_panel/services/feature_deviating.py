"""The features of one signal beside those of its reference or class."""

from dataclasses import dataclass

import numpy as np

from data_catalog.signals import SignalRow
from pfd_panel.services import deviating, extracting, querying
from pfd_panel.services.context import Context
from pfd_panel.services.deviating import Against
from pipelines.compare import beside
from pipelines.errors import NotEnoughDataError
from pipelines.features import declaration, feature_names

STORED = {"rms": "RMS", "peak": "Peak", "crest_factor": "Crest factor", "kurtosis": "Kurtosis"}
"""What is known of every signal, whether features were extracted or not."""


@dataclass(frozen=True)
class FeatureDeviation:
    """A feature of a signal beside its reference.

    Attributes
    ----------
    name, title, unit : str
    value : float
    median, low, high : float
        Of the reference: 5 % and 95 %; least and greatest of fewer than five recordings.
    off : float
        How many widths of that range the value lies above it; negative below, 0 within, NaN of fewer than three.
    recordings : int
    """

    name: str
    title: str
    unit: str
    value: float
    median: float
    low: float
    high: float
    off: float
    recordings: int


def features(
    context: Context, row: SignalRow, against: Against = "reference", *, fault: str = ""
) -> list[FeatureDeviation]:
    """Features of a signal beside those of its peers, the farthest off first.

    Level, peak, crest factor and kurtosis are always there; the others where features were extracted.

    Raises
    ------
    NotFoundError
        No reference is declared.
    NotEnoughDataError
        No other recording fits.
    """
    with_whom = deviating.peers(context, row, against, fault=fault).rows
    computed = [one for one in feature_names() if one not in STORED]
    ids = [row.signal_id, *(one.signal_id for one in with_whom)]
    known = querying.values(context, row.dataset_id, ids, _extracted(context, row, computed))
    found = []
    for name, title in STORED.items():
        values = [getattr(one, name) for one in with_whom]
        found += _one(name, title, row.unit if name in ("rms", "peak") else "", getattr(row, name), values)
    for name in known.get(row.signal_id, {}):
        told = declaration(name)
        values = [known.get(one.signal_id, {}).get(name) for one in with_whom]
        unit = told.unit.replace("{unit}", row.unit or "(unit)").strip("-–− ")
        found += _one(name, told.title, unit, known[row.signal_id][name], values)
    return sorted(found, key=_how_far, reverse=True)


def _how_far(one: FeatureDeviation) -> float:
    """In widths of the usual range; of too few recordings as the logarithm of the ratio to the median."""
    if np.isfinite(one.off):
        return abs(one.off)
    ratio = one.value / one.median if one.median else 0.0
    return abs(float(np.log(ratio))) if ratio > 0 else 0.0


def _extracted(context: Context, row: SignalRow, names: list[str]) -> list[str]:
    """Features that the dataset has."""
    there = set(extracting.table(context, row.dataset_id).columns)
    return [name for name in names if name in there]


def _one(
    name: str, title: str, unit: str, value: float | None, reference: list[float | None]
) -> list[FeatureDeviation]:
    if value is None or not np.isfinite(value):
        return []
    try:
        found = beside(value, [np.nan if one is None else one for one in reference])
    except NotEnoughDataError:
        return []
    place = (found.median, found.low, found.high, found.off, found.count)
    return [FeatureDeviation(name, title, unit, float(value), *place)]
