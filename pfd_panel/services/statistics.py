"""Statistics of features by class: how they are distributed, hang together, tell classes apart, and drift."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_catalog import datasets, signals
from pfd_panel.errors import RequestError
from pfd_panel.services import exploring, querying
from pfd_panel.services.context import Context
from pipelines.errors import InputError, NotEnoughDataError
from pipelines.statistics import (
    FeatureDrift,
    Method,
    correlation,
    density,
    feature_drift,
    histogram_edges,
    ranking,
    shares,
    steps,
)
from pipelines.statistics.correlation import Kind

MISSING = "not given"


@dataclass(frozen=True)
class ClassDistribution:
    """One feature in one class.

    Attributes
    ----------
    label : str
    count : int
        Signals whose value is known.
    shares : list of float
        Share of them in each bin.
    density_at, density : list of float
        Kernel density; empty if the values do not differ.
    steps_at, steps : list of float
        Share of them that is at most so great.
    """

    label: str
    count: int
    shares: list[float]
    density_at: list[float]
    density: list[float]
    steps_at: list[float]
    steps: list[float]


@dataclass(frozen=True)
class Distribution:
    """One feature by class; on a logarithmic axis bins are equal and densities told per decade.

    `left_out` counts signals without a value, or on a logarithmic axis without one above zero.
    """

    feature: str
    log: bool
    edges: list[float]
    classes: list[ClassDistribution]
    left_out: int


@dataclass(frozen=True)
class Correlations:
    """Correlation matrix of features; `order` names them so that similar ones stand together."""

    kind: Kind
    features: list[str]
    coefficients: list[list[float]]
    order: list[str]
    count: int
    left_out: list[str]


@dataclass(frozen=True)
class FeatureRanking:
    """Features by how well they tell classes apart, best first; `drawn`: from some of more signals, at random."""

    method: Method
    features: list[tuple[str, float]]
    count: int
    drawn: bool
    left_out: list[str]


@dataclass(frozen=True)
class VersionDrift:
    """What changed between two versions of a dataset.

    Attributes
    ----------
    before, after : int
        Numbers of the versions.
    signals : tuple of int
        How many each holds.
    added, removed, relabelled : int
        Signals that only the later one holds, only the earlier one, and both under another label.
    classes : list of (str, int, int)
        Signals of each label before and after.
    features : list of FeatureDrift
        Those that changed most first; empty without features.
    verdict : str
        What it comes to, in words.
    """

    before: int
    after: int
    signals: tuple[int, int]
    added: int
    removed: int
    relabelled: int
    classes: list[tuple[str, int, int]]
    features: list[FeatureDrift]
    verdict: str


def distribution(frame: pd.DataFrame, feature: str, target: str = "fault", *, log: bool = False) -> Distribution:
    """Histogram with common bins, density and distribution function of a feature in each class.

    Raises
    ------
    RequestError
        There is no such feature or target.
    InputError
        No signal has the feature.
    """
    _require(frame, [feature], target)
    values = frame[feature].to_numpy(dtype=float)
    known = np.isfinite(values) & ((values > 0) if log else True)
    if not known.any():
        raise InputError(f"no signal has a value of {feature}", hint="Choose another feature, or widen the filter.")
    # what is equal on a logarithmic axis is a ratio
    scaled = np.log10(values[known]) if log else values[known]
    labels = frame[target].fillna(MISSING).astype(str).to_numpy()[known]
    edges = histogram_edges([scaled])
    classes = [_of_class(str(label), scaled[labels == label], edges, log) for label in np.unique(labels)]
    return Distribution(feature, log, _unscaled(edges, log), classes, int((~known).sum()))


def _of_class(label: str, values: np.ndarray, edges: np.ndarray, log: bool) -> ClassDistribution:
    risen = steps(values)
    try:
        smooth = density(values)
        at, told = _unscaled(smooth.x, log), smooth.y.tolist()
    except InputError:  # a single value, or all the same: there is a histogram, and no density
        at, told = [], []
    in_bins = shares(values, edges).tolist()
    return ClassDistribution(label, len(values), in_bins, at, told, _unscaled(risen.x, log), risen.y.tolist())


def _unscaled(values: np.ndarray, log: bool) -> list[float]:
    found: list[float] = (10.0**values if log else values).tolist()
    return found


def correlations(frame: pd.DataFrame, features: Sequence[str] = (), *, kind: Kind = "pearson") -> Correlations:
    """How features hang together, over all signals; those that some signal lacks or that never differ are left out.

    Raises
    ------
    RequestError
        There is no such feature.
    InputError
        Fewer than three signals or two such features.
    """
    _require(frame, features)
    asked = list(features) or exploring.feature_columns(frame)
    usable = exploring.usable(frame, asked)
    found = correlation(frame[usable].to_numpy(dtype=float), kind=kind)
    return Correlations(
        kind=kind,
        features=usable,
        coefficients=found.coefficients.tolist(),
        order=[usable[at] for at in found.order],
        count=found.count,
        left_out=[name for name in asked if name not in usable],
    )


def ranked(frame: pd.DataFrame, target: str = "fault", *, method: Method = "anova", seed: int = 0) -> FeatureRanking:
    """Features by how well they tell the labelled classes apart; see `pipelines.statistics.ranking`.

    Features that some labelled signal lacks or that never differ are left out. Without two classes the ranking is
    empty.

    Raises
    ------
    RequestError
        There is no such target.
    """
    _require(frame, (), target)
    labelled = frame[frame[target].notna()]
    every = exploring.feature_columns(frame)
    usable = exploring.usable(labelled, every)
    left_out = [name for name in every if name not in usable]
    labels = labelled[target].astype(str).to_numpy(dtype=object)
    try:
        found = ranking(labelled[usable].to_numpy(dtype=float), labels, method=method, seed=seed)
    except NotEnoughDataError:
        return FeatureRanking(method, [], len(labelled), False, left_out)
    pairs = zip(found.order.tolist(), found.scores.tolist(), strict=True)
    told = [(usable[at], score) for at, score in pairs if np.isfinite(score)]
    return FeatureRanking(method, told, found.count, found.drawn, left_out)


def _require(frame: pd.DataFrame, features: Sequence[str], target: str | None = None) -> None:
    known = exploring.feature_columns(frame)
    if not known:
        raise RequestError("no signal has features", hint="Extract the features of the dataset, or widen the filter.")
    for name in features:
        if name not in known:
            raise RequestError(f"{name!r} is no feature of these signals", hint=f"There are: {', '.join(known)}.")
    attributes = [str(name) for name in frame.columns if name not in known]
    if target is not None and target not in attributes:
        raise RequestError(f"nothing is called {target!r}", hint=f"Classes are parted by: {', '.join(attributes)}.")


def drift(context: Context, dataset: str, before: int, after: int) -> VersionDrift:
    """What changed from one version of a dataset to another: its signals, its classes, its features.

    Features are compared signal by signal as two samples. Signals that both versions hold are in both, which makes the
    test cautious: it finds less than there is, not more.

    Raises
    ------
    NotFoundError
        No such dataset or version.
    """
    context.require("read")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
        for number in (before, after):
            datasets.version(session, dataset_id, number)
        labels = [signals.labels(session, dataset_id, number) for number in (before, after)]
    tables = [querying.features_of_version(context, dataset_id, number) for number in (before, after)]
    names = [name for name in exploring.feature_columns(tables[0]) if name in tables[1].columns]
    found = feature_drift(*({name: one[name].to_numpy(dtype=float) for name in names} for one in tables))
    both = labels[0].keys() & labels[1].keys()
    relabelled = sum(labels[0][one] != labels[1][one] for one in both)
    classes = _classes(*labels)
    return VersionDrift(
        before=before,
        after=after,
        signals=(len(labels[0]), len(labels[1])),
        added=len(labels[1]) - len(both),
        removed=len(labels[0]) - len(both),
        relabelled=relabelled,
        classes=classes,
        features=found.features,
        verdict=f"{_changes(labels, len(both), relabelled)} {found.verdict if names else _NO_FEATURES}",
    )


_NO_FEATURES = "Neither version has features to compare: extract them first."


def _classes(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[tuple[str, int, int]]:
    counted = [Counter(label or MISSING for label in one.values()) for one in (before, after)]
    return [(label, counted[0][label], counted[1][label]) for label in sorted(counted[0] | counted[1])]


def _changes(labels: Sequence[Mapping[str, str | None]], both: int, relabelled: int) -> str:
    added, removed = len(labels[1]) - both, len(labels[0]) - both
    told = [
        f"{count:,} {words}"
        for count, words in ((added, "added"), (removed, "removed"), (relabelled, "under another label"))
        if count
    ]
    gone = [name for name, first, second in _classes(*labels) if first and not second]
    new = [name for name, first, second in _classes(*labels) if second and not first]
    said = f"Signals: {', '.join(told)}." if told else "Both versions hold the same signals under the same labels."
    said += f" Classes that are gone: {', '.join(gone)}." if gone else ""
    return said + (f" New classes: {', '.join(new)}." if new else "")
