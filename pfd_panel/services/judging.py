"""Judge a model version by what it said of held-out recordings: curves, classes, conditions, mistakes, confidence."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal

import numpy as np
import pandas as pd

from dask_cluster.kinds.train_model import METADATA, record_of
from data_catalog import datasets
from pfd_panel.services import held_answers, training
from pfd_panel.services.context import Context
from pfd_panel.services.held_answers import HeldOut
from pfd_panel.services.judged import (
    AtCondition,
    Bounds,
    Calibration,
    ClassScores,
    ConditionScores,
    ConformalAnswer,
    JudgedRecording,
    Level,
    Mistakes,
    OperatingCurves,
    OperatingPoints,
    Reliability,
    ReliabilityBin,
    Score,
    Scores,
    SetOfClass,
    finite,
    finites,
)
from pipelines.errors import PipelineError
from pipelines.learn import curves as judging_curves
from pipelines.learn.held_out import METHODS, CalibrationCheck, check_calibration, check_sets, loss_difference
from pipelines.learn.held_out.sets import fewest_recordings
from pipelines.learn.intervals import exact_binomial
from pipelines.learn.table import NOT_GIVEN, as_key

CalibrationName = Literal["none", "temperature", "isotonic"]
CALIBRATIONS: Mapping[str, str] = {"none": "As trained", "temperature": "Temperature", "isotonic": "Isotonic"}
"""Calibrations that can be chosen, with their titles."""

NAMED_CONDITIONS = ("load", "speed_rpm", "severity", "fault_size")
"""Conditions that are always answered, recorded or not."""

LEAST_VALUES, MOST_WORDS = 2, 12
MOST_LISTED = 20

_MEASURES = (
    ("accuracy", "Accuracy", True),
    ("balanced_accuracy", "Balanced accuracy", True),
    ("macro_f1", "Macro F1", True),
    ("log_loss", "Log loss (nat)", False),
)
_NOTHING = Bounds(None, None, None)


def scores(context: Context, reference: str) -> Scores:
    """Every measure of a model at both levels with its interval, and that of the baseline beside it."""
    told = training.get(context, reference).metrics
    beside = told.get("baseline")

    def bounds(of: Mapping[str, Any] | None, level: str, name: str) -> Bounds:
        if of is None or level not in of:
            return _NOTHING
        spread = (of.get("intervals") or {}).get(level, {}).get(name)
        if name == "accuracy" and level == "recording" and of.get("exact_accuracy"):
            spread = of["exact_accuracy"]
        return Bounds(of[level].get(name), (spread or {}).get("low"), (spread or {}).get("high"))

    other = beside or {"recording": told["baselines"]["most_common"]}
    return Scores(
        baseline=beside["model"] if beside else "most common class",
        is_baseline=beside is None,
        tested_recordings=told["recording"]["tested"],
        tested_windows=told["window"]["tested"],
        units=len({one for one in told["split"]["unit"] if one >= 0}),
        scores=[
            Score(
                name,
                title,
                share,
                bounds(told, "recording", name),
                bounds(told, "window", name),
                bounds(other, "recording", name),
                bounds(other, "window", name),
            )
            for name, title, share in _MEASURES
        ],
    )


def operating_curves(context: Context, reference: str, level: Level = "recording") -> OperatingCurves:
    """ROC and precision-recall curves of each class against the rest, with areas and 95 % intervals."""
    _, held = held_answers.answers(context, reference, level)
    found = {
        kind: judging_curves.operating_curves(held.probabilities, held.label, held.classes, held.unit, kind=kind)
        for kind in ("roc", "precision_recall")
    }
    return OperatingCurves(
        level=level,
        tested=len(held.label),
        units=len(np.unique(held.unit)),
        curves=[
            OperatingPoints(
                name=one.name,
                kind=one.kind,
                x=list(one.x),
                y=list(one.y),
                threshold=finites(one.threshold),
                area=Bounds.of(one.area),
                chance=finite(one.chance),
                positives=one.positives,
                negatives=one.negatives,
                words=one.words,
            )
            for of_kind in found.values()
            for one in of_kind
        ],
        macro_roc=finite(judging_curves.macro_area(found["roc"])),
        macro_precision=finite(judging_curves.macro_area(found["precision_recall"])),
    )


def class_table(context: Context, reference: str, level: Level = "recording") -> list[ClassScores]:
    """Precision, recall, false alarms and F1 of each class with 95 % intervals."""
    _, held = held_answers.answers(context, reference, level)
    rows = judging_curves.class_table(held.label, held.probabilities.argmax(axis=1), held.classes, held.unit)
    plain = {one.name for one in fields(ClassScores)} - {"precision", "recall", "false_alarms", "f1"}
    return [
        ClassScores(
            **{name: getattr(row, name) for name in plain},
            precision=Bounds.of(row.precision),
            recall=Bounds.of(row.recall),
            false_alarms=Bounds.of(row.false_alarms),
            f1=Bounds.of(row.f1),
        )
        for row in rows
    ]


def by_condition(context: Context, reference: str) -> list[ConditionScores]:
    """The score at each load, speed, severity … that tested signals have; named conditions also where none is known.

    What is the same for all tested signals is left out, unless it is one of the named conditions.
    """
    model, recordings = held_answers.answers(context, reference)
    with context.read() as session:
        members = datasets.manifest(session, model.dataset_id, model.dataset_version)
    known = pd.DataFrame([record_of(member) for member in members]).set_index("signal_id")
    _, signals = held_answers.answers(context, reference, "signal")
    tested = known.reindex(signals.signal_ids)
    of_recording = tested["recording"].to_numpy()
    found = []
    for name in _conditions(tested, model.target):
        values = tested[name] if name in tested.columns else pd.Series([None] * len(tested), dtype=object)
        keys = np.array([as_key(value) for value in values], dtype=object)
        if (keys == NOT_GIVEN).all():
            words = f"No tested signal has a {_in_words(name)}."
            found.append(ConditionScores(name, "recording", False, float(recordings.right.mean()), [], words))
            continue
        alike = pd.Series(keys).groupby(of_recording).nunique().max() == 1
        held = recordings if alike else signals
        if alike:
            one_each = pd.Series(values.to_numpy(), index=of_recording).groupby(level=0).first()
            # the first value that is known: a recording whose channels all lack it lacks it
            values = pd.Series([one_each.get(recording) for recording in recordings.names], dtype=object)
        told = judging_curves.score_by_condition(_in_words(name), list(values), held.right, held.unit)
        found.append(
            ConditionScores(
                condition=name,
                level=held.level,
                recorded=True,
                overall=told.overall,
                scores=[AtCondition(one.value, one.tested, one.right, Bounds.of(one.accuracy)) for one in told.scores],
                words=told.words,
            )
        )
    return found


def _in_words(name: str) -> str:
    """``speed_rpm`` as ``speed``: the values stand in a column that names the unit."""
    return name.removesuffix("_rpm").removesuffix("_hz").replace("_", " ")


def _conditions(tested: pd.DataFrame, target: str) -> list[str]:
    """Names of what could matter: the named ones, then metadata and labels that differ among what was tested.

    What parts the signals as the class or a condition before it does says nothing new and is left out.
    """
    named = [name for name in NAMED_CONDITIONS if name != target]
    seen = {_parting(tested[name]) for name in (target, *named) if name in tested.columns}
    others = []
    for name in tested.columns:
        if name in {"recording", target, *named}:
            continue
        keys = {as_key(value) for value in tested[name]} - {NOT_GIVEN}
        numbers = name in METADATA and len(keys) >= LEAST_VALUES
        parting = _parting(tested[name])
        if (numbers or LEAST_VALUES <= len(keys) <= MOST_WORDS) and parting not in seen:
            others.append(str(name))
            seen.add(parting)
    return [*named, *others]


def _parting(values: pd.Series) -> tuple[int, ...]:
    """Which signals have equal values, whatever these are."""
    return tuple(pd.factorize(np.array([as_key(value) for value in values], dtype=object))[0].tolist())


def mistakes(context: Context, reference: str, most: int = MOST_LISTED) -> Mistakes:
    """The most confident mistakes and the hardest recordings."""
    _, held = held_answers.answers(context, reference)

    def told(found: Sequence[Any]) -> list[JudgedRecording]:
        return [
            JudgedRecording(
                recording=one.name,
                signal_id=held.signal_ids[one.row],
                fold=int(held.fold[one.row]),
                true=one.true,
                predicted=one.predicted,
                confidence=one.confidence,
                probability_of_truth=one.probability_of_truth,
            )
            for one in found
        ]

    given = (tuple(held.names), held.probabilities, held.label, held.classes)
    return Mistakes(
        tested=len(held.label),
        wrong=int((~held.right).sum()),
        confident=told(judging_curves.confident_mistakes(*given, most=most)),
        hardest=told(judging_curves.hardest(*given, most=most)),
    )


def calibrations(context: Context, reference: str) -> list[Calibration]:
    """What no further calibration, a temperature and isotonic curves make of the held-out recordings, cross-fitted."""
    _, held = held_answers.answers(context, reference)
    return [_calibration(method, found, held) for method, found in _checks(held).items()]


def _checks(held: HeldOut) -> dict[str, CalibrationCheck | PipelineError]:
    """Each calibration judged, or why it cannot be fitted."""
    found: dict[str, CalibrationCheck | PipelineError] = {}
    for method in METHODS:
        try:
            found[method] = check_calibration(method, held.probabilities, held.label, held.unit)
        except PipelineError as error:
            found[method] = error
    return found


def _calibration(method: str, found: CalibrationCheck | PipelineError, held: HeldOut) -> Calibration:
    if isinstance(found, PipelineError):
        words = f"{found}. {found.hint}".strip()
        return Calibration(method, CALIBRATIONS[method], words, _NOTHING, _NOTHING, _NOTHING, [], [])
    single = len(np.unique(held.unit)) == len(held.unit)
    return Calibration(
        method=method,
        title=CALIBRATIONS[method],
        refused="",
        ece=Bounds.of(found.ece),
        log_loss=Bounds.of(found.log_loss),
        brier=Bounds.of(found.brier),
        bins=[
            ReliabilityBin(one.low, one.high, one.count, one.confidence, _accuracy(one.accuracy, one.count, single))
            for one in found.reliability.bins
        ],
        temperatures=list(found.temperatures),
    )


def _accuracy(share: float, count: int, single: bool) -> Bounds:
    # recordings of one group are not independent: then the exact interval would be too narrow
    return Bounds.of(exact_binomial(round(share * count), count)) if single else Bounds(share, None, None)


def reliability(context: Context, reference: str) -> Reliability:
    """Does the confidence come true? Bins and calibration errors at both levels, and what calibrations would make."""
    model, held = held_answers.answers(context, reference)
    stored = model.metrics["calibration"]["window"]
    checks = _checks(held)
    return Reliability(
        recordings=len(held.label),
        windows=model.metrics["window"]["tested"],
        window_ece=stored["ece"],
        window_bins=[
            ReliabilityBin(
                one["low"], one["high"], one["count"], one["confidence"], Bounds(one["accuracy"], None, None)
            )
            for one in stored["bins"]
        ],
        calibrations=[_calibration(method, found, held) for method, found in checks.items()],
        advice=_advice(checks, held),
    )


def _advice(checks: Mapping[str, CalibrationCheck | PipelineError], held: HeldOut) -> str:
    """Say which calibration to prefer by its log loss, which rewards honest probabilities, unlike the ECE."""
    fitted = [one for one in checks.values() if isinstance(one, CalibrationCheck)]
    plain = next(one for one in fitted if one.method == "none")
    best = min(fitted, key=lambda one: one.log_loss.value)
    if best is plain:
        return "As trained the log loss is the least: no further calibration is needed."
    gain = loss_difference(plain, best, held.label, held.unit)
    told = f"{CALIBRATIONS[best.method]} lowers the log loss by {gain.value:.3f} nat"
    spread = f"(95 % {gain.low:.3f} to {gain.high:.3f}, paired)".replace("-", "\u2212")
    if gain.low > 0:
        return f"{told} {spread}: it makes the probabilities better."
    return f"{told} {spread}, which chance explains as well: as trained is as good."


def conformal_sets(
    context: Context,
    reference: str,
    *,
    coverage: float = 0.9,
    per_class: bool = False,
    calibration: CalibrationName = "none",
) -> ConformalAnswer:
    """Sets of classes that cannot be ruled out: do they hold the truth as often as promised, and how small are they?

    Raises
    ------
    InputError, NotEnoughDataError
        The coverage is out of range, or there are too few recordings.
    """
    _, held = held_answers.answers(context, reference)
    found = check_sets(
        held.probabilities,
        held.label,
        held.classes,
        held.unit,
        coverage=coverage,
        per_class=per_class,
        calibration=calibration,
    )
    return ConformalAnswer(
        calibration=calibration,
        coverage=coverage,
        per_class=per_class,
        recordings=len(held.label),
        needed=fewest_recordings(coverage),
        covered=Bounds.of(found.covered),
        mean_size=found.mean_size,
        one=found.one,
        one_right=_NOTHING if found.one_right is None else Bounds.of(found.one_right),
        several=found.several,
        none=found.none,
        all=found.all,
        unknown=found.unknown,
        classes=[SetOfClass(name, Bounds.of(covered)) for name, covered in found.of_class.items()],
        statement=found.statement,
    )
