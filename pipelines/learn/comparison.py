"""Why two experiments on the same data score differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.learn.config import TrainConfig
from pipelines.learn.paired.mcnemar import mcnemar
from pipelines.learn.paired.result import SIGNIFICANCE
from pipelines.learn.result import ExperimentResult
from pipelines.learn.split import Overlap, Split
from pipelines.learn.wording import counted


@dataclass(frozen=True)
class _SavedScores:
    accuracy: float
    right: int
    tested: int


@dataclass(frozen=True)
class _SavedModel:
    trained_on: dict[str, Any]


@dataclass(frozen=True)
class SavedResult:
    """The part of an `ExperimentResult` that a comparison needs, from the JSON that was kept of it."""

    config: TrainConfig
    split: Split
    classes: tuple[str, ...]
    features: tuple[str, ...]
    recording: _SavedScores
    recordings: pd.DataFrame
    model: _SavedModel

    @classmethod
    def from_json(cls, told: Mapping[str, Any], recordings: list[dict[str, Any]]) -> "SavedResult":
        """Rebuild from `ExperimentResult.to_json` and the rows of its `recordings`."""
        scores = told["recording"]
        right = sum(row[place] for place, row in enumerate(scores["confusion"]))
        return cls(
            config=TrainConfig.model_validate(told["config"]),
            split=Split.from_json(told["split"]),
            classes=tuple(told["classes"]),
            features=tuple(told["features"]),
            recording=_SavedScores(scores["accuracy"], right, scores["tested"]),
            recordings=pd.DataFrame(recordings),
            model=_SavedModel(told["trained_on"]),
        )


Compared = ExperimentResult | SavedResult


def explain_difference(result_a: Compared, result_b: Compared) -> str:
    """Say in plain words which of two results scored higher, whether that is beyond chance, and what their tests share.

    The explanation names only what was counted: what differs in the configuration, and which metadata values (bearing,
    fault size, load …) the tested recordings share with the training side of one split but not of the other.
    """
    if result_a.recording.accuracy < result_b.recording.accuracy:
        result_a, result_b = result_b, result_a
    name_a, name_b = (f"the {_split_name(result)}" for result in (result_a, result_b))
    a, b = result_a.recording, result_b.recording
    sentences = [
        f"{_sentence(name_a)} ({_how(result_a)}): {a.right} of {a.tested} recordings right ({a.accuracy:.0%}); "
        f"{name_b} ({_how(result_b)}): {b.right} of {b.tested} ({b.accuracy:.0%})."
    ]
    sentences += _what_else_differs(result_a, result_b)
    shared = _easier_because(result_a, result_b, name_a, name_b)
    sentences += shared
    if shared and a.accuracy > b.accuracy:
        sentences.append(
            "The lower score is the better estimate for a machine or damage that the model has not met; "
            "the higher one holds only for those it has."
        )
    sentences += _untold_classes(result_a, result_b, name_a, name_b)
    sentences.append(_chance(result_a, result_b))
    return " ".join(sentences)


def _split_name(result: Compared) -> str:
    split = result.split
    return f"split by {' and '.join(split.config.groups)}" if split.grouped else "split by recording"


def _how(result: Compared) -> str:
    folds = len(result.split.folds)
    return f"{f'{folds} folds' if folds > 1 else 'one test'}, {result.config.model}"


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _what_else_differs(a: Compared, b: Compared) -> list[str]:
    differences = [
        label
        for label, of_a, of_b in (
            ("the model", a.config.model, b.config.model),
            ("its parameters", a.model.trained_on["params"], b.model.trained_on["params"]),
            ("the features", a.features, b.features),
            ("the target", a.config.target, b.config.target),
            ("the signals", set(a.split.signal_ids), set(b.split.signal_ids)),
            ("the classes", a.classes, b.classes),
        )
        if of_a != of_b
    ]
    if not differences:
        return []
    listed = " and ".join(filter(None, (", ".join(differences[:-1]), differences[-1])))
    if a.split.hash == b.split.hash:
        return [f"Both were tested with the same split; what differs is {listed}."]
    return [f"Not only the split differs but also {listed}, so the two scores do not answer the same question."]


def _easier_because(a: Compared, b: Compared, name_a: str, name_b: str) -> list[str]:
    """Say for which columns one split tests on values met in training more often than the other does."""
    of_b = {overlap.column: overlap for overlap in b.split.overlaps}
    sentences = []
    for overlap in a.split.overlaps:
        other = of_b.get(overlap.column)
        if other is None or "unknown" in (overlap.state, other.state) or _share(overlap) == _share(other):
            continue
        more, less = (overlap, other) if _share(overlap) > _share(other) else (other, overlap)
        name = name_a if more is overlap else name_b
        unseen = "none did" if less.shared == 0 else f"{less.shared} of {less.tested} did"
        sentences.append(
            f"In {name}, {more.shared} of {more.tested} tested recordings had a training recording of the same class "
            f"with the same {more.column}{_consequence(more.column)}; in the other {unseen}."
        )
    bearing = next((overlap for overlap in a.split.overlaps if overlap.column == "bearing"), None)
    if sentences and bearing is not None and bearing.state == "unknown":
        sentences.append("Which physical bearing each signal comes from is not recorded; this goes by the rest.")
    return sentences


def _consequence(column: str) -> str:
    if column == "fault_size":
        return " (most likely the very same damaged bearing)"
    return " (the very same part)" if column in ("bearing", "asset") else ""


def _share(overlap: Overlap) -> float:
    return overlap.shared / overlap.tested if overlap.tested else 0.0


def _chance(a: Compared, b: Compared) -> str:
    """Judge the difference by the recordings that both tested, with the exact test of `paired.mcnemar`."""
    both = a.recordings.merge(b.recordings, on="recording", suffixes=("_a", "_b"))
    only_a = int((both["correct_a"] & ~both["correct_b"]).sum())
    only_b = int((both["correct_b"] & ~both["correct_a"]).sum())
    if only_a + only_b == 0:
        return f"On the {counted(len(both), 'recording')} that both tested they do not differ."
    p = mcnemar(only_a, only_b).exact
    verdict = "the difference may be chance" if p > SIGNIFICANCE else "chance alone hardly explains the difference"
    return (
        f"Of {counted(len(both), 'recording')} that both tested, {only_a} came out right only in the first "
        f"and {only_b} only in the second (exact McNemar test, p = {p:.2g}): {verdict}."
    )


def _untold_classes(a: Compared, b: Compared, name_a: str, name_b: str) -> list[str]:
    sentences = []
    for result, other, name in ((a, b, name_a), (b, a, name_b)):
        missing = [c for c in result.split.left_out if c in other.classes]
        if missing:
            sentences.append(
                f"{_sentence(name)} says nothing about {', '.join(map(repr, missing))}: too small for that split."
            )
    return sentences
