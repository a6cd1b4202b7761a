"""The tasks beyond the class in the result of an experiment: columns of its tables, scores and words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.learn import ExperimentResult
from pipelines.learn.out_of_fold import Codes, FoldRun
from pipelines.training.tasks import TaskOutcome, of_recordings


def score_tasks(
    result: ExperimentResult,
    beyond: Mapping[str, NDArray[np.float64]],
    estimates: Sequence[Mapping[str, NDArray[np.float64]]],
    runs: Sequence[FoldRun],
    signal: NDArray[np.int64],
    codes: Codes,
    draws: int,
    rng: np.random.Generator,
) -> tuple[ExperimentResult, list[dict[str, Any]]]:
    """Judge each task at the level of recordings, out of fold, beside the class.

    Parameters
    ----------
    result : ExperimentResult
        Gets a sentence a task, and in `recordings` the columns ``<task>_true`` and ``<task>_estimate``.
    beyond : mapping
        By task what is known of each signal (S,).
    estimates : sequence of mapping
        By fold and task what was told of its windows, in the order of ``run.rows``; a task that could not be learned in
        a fold is missing there.
    runs : sequence of FoldRun
    signal : (W,) int
        Signal of each window.
    codes : Codes
    draws : int
        Bootstrap draws.
    """
    tested = [
        _tested(task, known, [fold.get(task) for fold in estimates], runs, signal, codes)
        for task, known in beyond.items()
    ]
    if not tested:
        return result, []
    scores = [one.to_json(draws, rng) for one, _ in tested]
    recordings = result.recordings.copy()
    for one, recording in tested:
        names = _names(result, recording, codes)
        for column, values in (("true", one.truth), ("estimate", one.estimate)):
            by_name = dict(zip(names, values.tolist(), strict=True))
            recordings[f"{one.task}_{column}"] = [_plain(by_name[name]) for name in recordings["recording"]]
    statement = " ".join([result.statement, *(score["statement"] for score in scores)])
    return replace(result, statement=statement, recordings=recordings), scores


def _tested(
    task: str,
    known: NDArray[np.float64],
    told: Sequence[NDArray[np.float64] | None],
    runs: Sequence[FoldRun],
    signal: NDArray[np.int64],
    codes: Codes,
) -> tuple[TaskOutcome, NDArray[np.int64]]:
    """The task, and the recordings it was tested on by number."""
    parts: list[tuple[NDArray[Any], ...]] = []
    numbers, first = np.unique(codes.recording, return_index=True)
    finite = np.isfinite(known)
    owner = np.searchsorted(numbers, codes.recording)
    count = np.bincount(owner, weights=finite)
    total = np.bincount(owner, weights=np.where(finite, known, 0.0))
    truth = np.divide(total, count, out=np.full(len(numbers), np.nan), where=count > 0)
    for run, estimate in zip(runs, told, strict=True):
        of_windows = np.full(len(run.rows), np.nan) if estimate is None else estimate
        recordings, estimated = of_recordings(of_windows, signal[run.rows], codes.recording)
        place = np.searchsorted(numbers, recordings)
        guesses = (np.full(len(place), guess) for guess in _guesses(known, codes, list(run.fold.train)))
        parts.append((recordings, truth[place], estimated, *guesses, codes.unit[first[place]]))
    recordings, true, estimated, mean, common, unit = (np.concatenate(of) for of in zip(*parts, strict=True))
    return TaskOutcome(task, true, estimated, mean, common, unit), recordings


def _guesses(known: NDArray[np.float64], codes: Codes, train: list[int]) -> tuple[float, float]:
    """Mean and most common value of the recordings of a training side."""
    _, first = np.unique(codes.recording[train], return_index=True)
    values = known[train][first]
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan"), float("nan")
    distinct, count = np.unique(values, return_counts=True)
    return float(values.mean()), float(distinct[count.argmax()])


def _names(result: ExperimentResult, recordings: NDArray[np.int64], codes: Codes) -> list[str]:
    """Names of recordings by number, from the signals that the result tells of."""
    place = {signal_id: row for row, signal_id in enumerate(result.split.signal_ids)}
    of_number = {
        int(codes.recording[place[signal_id]]): name
        for signal_id, name in zip(result.predictions["signal_id"], result.predictions["recording"], strict=True)
    }
    return [of_number[number] for number in recordings.tolist()]


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None
