"""Making a split: refuse what cannot be tested honestly, then deal recordings or groups into folds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.overlap import group_overlaps
from pipelines.learn.split import Fold, Split, SplitConfig
from pipelines.learn.table import NOT_GIVEN, as_keys, metadata, ordered
from pipelines.learn.units import class_counts, deal_into_folds, draw_test_units, join_signals
from pipelines.learn.wording import counted, listed

FEW_GROUPS = 10
"""Up to this many groups each is left out once by itself, so that a fold's score names one group."""
ATTEMPTS = 50


def make_split(records: pd.DataFrame, target: str, config: SplitConfig) -> Split:
    """Part the recordings into training and test sides.

    Parameters
    ----------
    records : DataFrame, one row a signal
        Columns ``signal_id``, ``recording``, the target and the columns named in ``config.groups``.
    target : str
        Metadata column to be predicted.
    config : SplitConfig

    Returns
    -------
    Split

    Raises
    ------
    NotEnoughDataError
        When fewer than two classes can be told apart, or a class is too small for the split and may not be left out.
    InputError
        When a column is missing or the channels of one recording have different labels.
    """
    records = records.reset_index(drop=True)
    labels, recordings = metadata(records, target), metadata(records, "recording")
    _refuse_contradicting_labels(labels, recordings, target)
    notes: list[str] = []
    used = labels != NOT_GIVEN
    if not used.all():
        unlabelled = len(set(recordings[~used]))
        notes.append(f"{counted(unlabelled, 'recording')} without a value of {target}: not used.")
    _refuse_few_classes(ordered(labels[used].tolist()), target)

    rows = np.flatnonzero(used)
    left_out = _too_small(records.iloc[rows], labels[rows], recordings[rows], config)
    rows = rows[~np.isin(labels[rows], list(left_out))]
    classes = ordered(labels[rows].tolist())
    _refuse_few_classes(classes, target, left_out)

    unit = join_signals(records.iloc[rows], ("recording", *config.groups))
    recording_code = pd.factorize(recordings[rows])[0]
    label_code = pd.factorize(labels[rows])[0]
    counts = class_counts(unit, recording_code, label_code)
    fold_of = _deal(counts, config)
    if config.folds is not None and fold_of.max() + 1 != config.folds:
        units = counted(len(counts), "group" if config.groups else "recording")
        notes.append(f"{fold_of.max() + 1} folds instead of {config.folds}, for {units}.")

    group_names = _unit_names(records.iloc[rows], unit, config.groups)
    folds = tuple(_fold(f, fold_of, unit, rows, group_names) for f in range(fold_of.max() + 1))
    notes += _untested_classes(folds, labels, classes)
    unit_of_signal = np.full(len(records), -1)
    unit_of_signal[rows] = unit
    return Split(
        config=config,
        target=target,
        classes=classes,
        folds=folds,
        unit=tuple(int(u) for u in unit_of_signal),
        recordings=len(set(recordings[rows])),
        left_out=left_out,
        overlaps=group_overlaps(records, target, folds, config.groups),
        notes=tuple(notes),
        signal_ids=tuple(as_keys(records["signal_id"])),
    )


def _refuse_contradicting_labels(labels: NDArray[np.object_], recordings: NDArray[np.object_], target: str) -> None:
    if (recordings == NOT_GIVEN).any():
        raise InputError(f"{int((recordings == NOT_GIVEN).sum())} signals do not say which recording they belong to")
    distinct = pd.DataFrame({"label": labels, "recording": recordings}).groupby("recording")["label"].nunique()
    contradicting = [str(name) for name in distinct.index[distinct > 1]]
    if contradicting:
        raise InputError(
            f"the channels of a recording must agree on {target}; they differ in {listed(contradicting)}",
            hint=f"correct {target} of these recordings, or train on one channel only",
        )


def _refuse_few_classes(classes: Sequence[str], target: str, left_out: dict[str, int] | None = None) -> None:
    if len(classes) >= 2:
        return
    found = f"only {classes[0]!r}" if classes else "none"
    after = f" after leaving out {', '.join(map(repr, left_out))}" if left_out else ""
    raise NotEnoughDataError(
        f"a model needs at least two classes of {target}; there is {found}{after}",
        hint="add recordings of another class, or choose another label column as the target",
    )


def _too_small(
    records: pd.DataFrame, labels: NDArray[np.object_], recordings: NDArray[np.object_], config: SplitConfig
) -> dict[str, int]:
    """Return recordings per class that is too small for the split, or refuse by name and count."""
    unit = join_signals(records, ("recording", *config.groups))
    small: dict[str, int] = {}
    reasons: list[str] = []
    for name in ordered(labels.tolist()):
        of_class = labels == name
        count = len(set(recordings[of_class]))
        if len(set(unit[of_class])) >= 2:
            continue
        small[name] = count
        reasons.append(_why_too_small(name, count, records[of_class], config))
    if small and not config.drop_small_classes:
        raise NotEnoughDataError(
            "; ".join(reasons),
            hint="add recordings, or leave out classes that are too small (drop_small_classes, --drop-small-classes)",
        )
    return small


def _why_too_small(name: str, count: int, records: pd.DataFrame, config: SplitConfig) -> str:
    recordings = counted(count, "recording")
    if count < 2 and config.kind == "recording":
        return f"class {name!r} has {recordings}; a split by recording needs 2 (one to learn from, one to test)"
    columns = " and ".join(config.groups)
    values = {column: ordered(metadata(records, column).tolist()) for column in config.groups}
    if all(len(found) == 1 for found in values.values()):
        where = " and ".join(f"{column} {found[0]}" for column, found in values.items())
        return f"class {name!r} ({recordings}) occurs in one group only ({where}); a split by {columns} needs 2"
    return f"class {name!r} ({recordings}) is one block joined by shared values; a split by {columns} needs 2"


def _deal(counts: NDArray[np.int64], config: SplitConfig) -> NDArray[np.int64]:
    """Return the fold in which each unit is tested; -1 for units that are only trained on."""
    rng = np.random.default_rng(config.seed)
    if config.folds is None:
        for _ in range(ATTEMPTS):
            tested = draw_test_units(counts, config.test_share, config.stratified, rng)
            if tested.any():
                return np.where(tested, 0, -1)
        raise NotEnoughDataError(
            f"no {config.test_share:.0%} of the groups can be tested while every class stays in training",
            hint="set folds instead of a single test, or group by a column with more values",
        )
    if config.groups and len(counts) <= FEW_GROUPS:
        return np.arange(len(counts))
    folds = min(config.folds, len(counts))
    for _ in range(ATTEMPTS):
        fold_of = deal_into_folds(counts, folds, config.stratified, rng)
        if _every_class_always_trained(counts, fold_of, folds):
            return fold_of
    return np.arange(len(counts))


def _every_class_always_trained(counts: NDArray[np.int64], fold_of: NDArray[np.int64], folds: int) -> bool:
    tested = np.zeros((folds, counts.shape[1]), dtype=np.int64)
    np.add.at(tested, fold_of, counts)
    return bool((tested < counts.sum(axis=0)).all() and tested.any(axis=1).all())


def _unit_names(records: pd.DataFrame, unit: NDArray[np.int64], groups: Sequence[str]) -> list[str]:
    if not groups:
        return []
    values = {column: metadata(records, column) for column in groups}
    return [
        " and ".join(f"{column} {listed(ordered(found[unit == u].tolist()))}" for column, found in values.items())
        for u in range(unit.max() + 1)
    ]


def _fold(
    fold: int, fold_of: NDArray[np.int64], unit: NDArray[np.int64], rows: NDArray[np.int64], names: list[str]
) -> Fold:
    tested = fold_of[unit] == fold
    name = listed([names[u] for u in np.flatnonzero(fold_of == fold)]) if names else f"fold {fold + 1}"
    return Fold(tuple(rows[~tested].tolist()), tuple(rows[tested].tolist()), name)


def _untested_classes(folds: Sequence[Fold], labels: NDArray[np.object_], classes: Sequence[str]) -> list[str]:
    tested = {labels[i] for fold in folds for i in fold.test}
    return [
        f"Class {name!r} is not tested: no whole group of it could be spared." for name in classes if name not in tested
    ]
