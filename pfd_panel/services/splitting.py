"""What a split would be before anything is trained: columns to choose from, folds, classes too small, what overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from pydantic import ValidationError

from pfd_panel.errors import RequestError
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pipelines.errors import NotEnoughDataError
from pipelines.learn import Split, SplitConfig, make_split
from pipelines.learn.table import NOT_GIVEN, as_keys
from pipelines.learn.units import join_signals

# a column with more values than this is a measurement, not a class
MOST_CLASSES = 50
IDENTITY = ("signal_id", "recording", "channel")


@dataclass(frozen=True)
class ColumnChoice:
    """A metadata column: its name and its values with how many recordings have each."""

    name: str
    values: dict[str, int]


@dataclass(frozen=True)
class Choices:
    """What a training of a dataset can be told: columns to predict, columns to keep apart, channels (signals each)."""

    targets: tuple[ColumnChoice, ...]
    groups: tuple[ColumnChoice, ...]
    channels: dict[str, int]


@dataclass(frozen=True)
class SplitPreview:
    """What a split would be.

    Attributes
    ----------
    split : Split or None
        The split as asked, None when it is refused.
    refusal, hint : str
        Why it is refused and what to do, in words.
    too_small : dict of str to int
        Classes too small for this split, with their recordings: left out, or the reason of the refusal.
    classes : dict of str to int
        Recordings of each class of the target.
    folds : list of (name, int, int)
        Name, recordings to learn from and recordings to test of each fold.
    recordings, signals : int
        What there is to split.
    """

    split: Split | None
    refusal: str
    hint: str
    too_small: dict[str, int]
    classes: dict[str, int]
    folds: list[tuple[str, int, int]]
    recordings: int
    signals: int


def choices(context: Context, dataset: str) -> Choices:
    """The columns and channels of a dataset that a training can be told to use."""
    found = training.records(context, dataset)
    columns = [
        ColumnChoice(str(name), _recordings_by(found, str(name)))
        for name in found.columns
        if name not in IDENTITY and found[name].notna().any()
    ]
    named = [column for column in columns if 2 <= len(column.values.keys() - {NOT_GIVEN}) <= MOST_CLASSES]
    channels = {str(name): int(count) for name, count in found["channel"].value_counts().items()}
    # a column that tells nearly every recording from the next holds a measured number, not something shared
    most = max(2, found["recording"].nunique() // 2)
    varied = [column for column in columns if 2 <= len(column.values) <= most]
    return Choices(tuple(named), tuple(varied), channels)


def preview_split(
    context: Context,
    dataset: str,
    *,
    target: str = "fault",
    groups: Sequence[str] = (),
    folds: int | None = 5,
    seed: int = 0,
    drop_small_classes: bool = False,
    channels: Sequence[str] | None = None,
    test_share: float = 0.3,
    stratified: bool = True,
) -> SplitPreview:
    """The split that a training with these settings would use, or why it would be refused.

    Raises
    ------
    RequestError
        A setting is impossible, or no signal has one of the channels.
    InputError
        The dataset has no such column, or channels of one recording disagree on the target.
    """
    found = training.records(context, dataset, channels)
    try:
        config = SplitConfig(
            kind="group" if groups else "recording",
            groups=tuple(groups),
            folds=folds,
            seed=seed,
            drop_small_classes=drop_small_classes,
            test_share=test_share,
            stratified=stratified,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise RequestError(
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}", hint="Correct this setting."
        ) from error
    split, refusal, hint = None, "", ""
    too_small: dict[str, int] = {}
    try:
        split = make_split(found, target, config)
        too_small = split.left_out
    except NotEnoughDataError as refused:
        refusal, hint = str(refused), refused.hint
        too_small = _too_small(found, target, config)
    of_class = _recordings_by(found, target) if target in found.columns else {}
    return SplitPreview(
        split=split,
        refusal=refusal,
        hint=hint,
        too_small=too_small,
        classes=of_class,
        folds=_fold_sizes(found, split) if split else [],
        recordings=found["recording"].nunique(),
        signals=len(found),
    )


def _too_small(found: pd.DataFrame, target: str, config: SplitConfig) -> dict[str, int]:
    """Classes whose recordings all move between the sides together, so that they cannot be on both."""
    labelled = found[as_keys(found[target]) != NOT_GIVEN]
    label = as_keys(labelled[target])
    unit = join_signals(labelled, ("recording", *config.groups))
    small = [name for name in dict.fromkeys(label) if len(set(unit[label == name])) < 2]
    return {str(name): labelled["recording"][label == name].nunique() for name in small}


def _recordings_by(found: pd.DataFrame, column: str) -> dict[str, int]:
    keys = pd.Series(as_keys(found[column]), index=found.index)
    counted = found.groupby(keys)["recording"].nunique().sort_values(ascending=False)
    return {str(value): int(count) for value, count in counted.items()}


def _fold_sizes(found: pd.DataFrame, split: Split) -> list[tuple[str, int, int]]:
    recording = found["recording"].to_numpy()
    return [
        (fold.name, len(set(recording[list(fold.train)])), len(set(recording[list(fold.test)]))) for fold in split.folds
    ]
