"""What a comparison starts from: which model got which recording right, in which split."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.result import ExperimentResult
from pipelines.learn.wording import counted, listed

COLUMNS = ("model", "dataset", "seed", "fold", "unit", "recording", "correct", "trained_on")
KEY = ["dataset", "seed", "fold", "recording"]
FEWEST_MODELS = 2
MOST_MODELS = 10


@dataclass(frozen=True)
class Paired:
    """Verdicts of k models on the same n tests.

    `tests` has one row a test (a recording in one split): dataset, seed, fold, unit, recording and trained_on;
    `correct` (n, k) says which models got it right, in the order of `models`.
    """

    models: tuple[str, ...]
    tests: pd.DataFrame
    correct: NDArray[np.bool_]


def verdicts_of(result: ExperimentResult, name: str, *, dataset: str = "") -> pd.DataFrame:
    """Return the verdicts of one experiment on its tested recordings, named as the model is to be called."""
    unit_of = dict(zip(result.split.signal_ids, result.split.unit, strict=True))
    units = result.predictions.groupby("recording")["signal_id"].first().map(unit_of)
    trained = [fold.train_recordings for fold in result.folds]
    return verdicts(
        name,
        result.recordings["recording"].tolist(),
        result.recordings["correct"].tolist(),
        dataset=dataset,
        seed=result.config.seed,
        fold=result.recordings["fold"].tolist(),
        unit=result.recordings["recording"].map(units).tolist(),
        trained_on=[trained[fold] for fold in result.recordings["fold"]],
    )


def verdicts(
    model: str,
    recordings: Sequence[str],
    correct: Sequence[bool],
    *,
    dataset: str = "",
    seed: int = 0,
    fold: int | Sequence[int] = 0,
    unit: Sequence[Any] | None = None,
    trained_on: int | Sequence[int] = 0,
) -> pd.DataFrame:
    """Return a table of verdicts; those of all models, seeds and data sets together are what `compare_models` takes.

    Parameters
    ----------
    model : str
        What the model is called.
    recordings : sequence of str, length n
        The recordings tested.
    correct : sequence of bool, length n
        Whether each came out right.
    dataset, seed : str, int
        The data the model was trained and tested on, and the seed of its split and training.
    fold : int or sequence of int, length n
        Split in which each recording was tested.
    unit : sequence, length n, optional
        What each recording shares with others (bearing, asset …); none: recordings are independent.
    trained_on : int or sequence of int, length n
        Recordings that the model of that fold learned from.
    """
    return pd.DataFrame(
        {
            "model": model,
            "dataset": dataset,
            "seed": seed,
            "fold": fold,
            "unit": list(unit) if unit is not None else list(recordings),
            "recording": list(recordings),
            "correct": np.asarray(correct, dtype=bool),
            "trained_on": trained_on,
        }
    )


def pair_up(table: pd.DataFrame) -> Paired:
    """Put the verdicts of all models side by side.

    Raises
    ------
    InputError
        When a column is missing, there are fewer than 2 or more than 10 models, a test occurs twice, or the models were
        not tested on the same recordings with the same seeds and splits: in words, with what differs.
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise InputError(f"the table of verdicts has no column {', '.join(missing)}")
    models = tuple(dict.fromkeys(str(name) for name in table["model"]))
    if not FEWEST_MODELS <= len(models) <= MOST_MODELS:
        raise InputError(
            f"{counted(len(models), 'model')} given, a comparison takes {FEWEST_MODELS} to {MOST_MODELS}",
            hint="choose runs of different models, each with a name of its own",
        )
    by_model = {name: part.set_index(KEY) for name, part in table.groupby(table["model"].astype(str))}
    for name, part in by_model.items():
        if part.index.has_duplicates:
            twice = part.index[part.index.duplicated()][0]
            raise InputError(f"{name!r} has two verdicts on recording {twice[3]!r} with seed {twice[1]}")
    first = by_model[models[0]]
    for name in models[1:]:
        _refuse_unpaired(first, by_model[name], models[0], name)
    tests = first.reset_index()[[*KEY, "unit", "trained_on"]]
    correct = np.column_stack([by_model[name]["correct"].reindex(first.index).to_numpy(dtype=bool) for name in models])
    return Paired(models, tests, correct)


def _refuse_unpaired(a: pd.DataFrame, b: pd.DataFrame, name_a: str, name_b: str) -> None:
    if len(a) == len(b) and a.index.symmetric_difference(b.index).empty:
        return
    said = f"{name_a!r} and {name_b!r} cannot be compared in pairs: "
    for level, noun in (("dataset", "data sets"), ("seed", "seeds")):
        values_a, values_b = (sorted(set(frame.index.get_level_values(level))) for frame in (a, b))
        if values_a != values_b:
            told_a, told_b = (
                listed([repr(v) if level == "dataset" else str(v) for v in vs]) for vs in (values_a, values_b)
            )
            raise InputError(
                f"{said}the first has {noun} {told_a}, the second {told_b}",
                hint=f"compare runs with the same {noun}, or train what is missing",
            )
    of_a, of_b = (set(frame.index.get_level_values("recording")) for frame in (a, b))
    hint = "compare runs made with the same split; a run can be started from another one, with its split"
    if of_a != of_b:
        parts = [
            f"{counted(len(only), 'recording')} only {who} ({listed(sorted(map(str, only)), 3)})"
            for only, who in ((of_a - of_b, "the first was tested on"), (of_b - of_a, "the second was tested on"))
            if only
        ]
        raise InputError(f"{said}{' and '.join(parts)}", hint=hint)
    raise InputError(f"{said}the same recordings were split differently", hint=hint)
