"""What Home says of a dataset: how much there is, what stands out, which result is the best; a few short queries."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Float, String, cast, func, select
from sqlalchemy.orm import Session

from data_catalog import datasets, signals
from data_catalog.batches import batches
from data_catalog.schema import Dataset, DatasetVersion, Derived, Member, ModelVersion
from data_catalog.visibility import live
from pfd_panel.services.context import Context
from pfd_panel.services.diagnosing import diagnosis_key, of_signal
from pipelines.bearings import lookup
from pipelines.errors import UnknownNameError

POINTS = 4000
"""Most points of the level-against-impulsiveness plot; more overlap into one blot and cost seconds to draw."""

DIAGNOSED_AT_ONCE = 200
"""Most diagnoses that a page asks for at once; each takes about a tenth of a second."""

ABSTAIN, HEALTHY = "abstain", "healthy"

GAUSSIAN_KURTOSIS = 3.0
"""Added to the stored excess kurtosis: the ordinary kurtosis is positive and goes on a logarithmic axis."""


@dataclass(frozen=True)
class Extent:
    """How much a dataset holds; rates in Hz, `seconds` over all signals."""

    signals: int
    recordings: int
    seconds: float
    channels: tuple[str, ...]
    rates_hz: tuple[float, ...]
    last_import: datetime | None


@dataclass(frozen=True)
class ClassCount:
    """Signals and recordings of one class; the label is None for signals without one."""

    label: str | None
    signals: int
    recordings: int


@dataclass(frozen=True)
class Attention:
    """What a person should look at: signals with findings of the import, and what is not known of others."""

    findings: Counter[str]
    with_findings: int
    without_speed: int
    without_label: int
    without_unit: int

    @property
    def total(self) -> int:
        """Kinds of trouble times the signals that have them."""
        return self.with_findings + self.without_speed + self.without_label + self.without_unit


@dataclass(frozen=True)
class Best:
    """The best model of a dataset under the strictest kind of split that was tried.

    `split` names what was held out together; `accuracy` is the share `right` of `tested` recordings, `low` to `high`
    its exact 95 % interval.
    """

    name: str
    number: int
    model: str
    split: str
    accuracy: float
    low: float
    high: float
    right: int
    tested: int


@dataclass(frozen=True)
class Diagnosed:
    """Diagnoses without training that have been computed, of those signals that name their bearing."""

    possible: int
    computed: int
    abstained: int
    agree: int
    disagree: int

    @property
    def missing(self) -> int:
        """Signals that could be diagnosed and have not been."""
        return self.possible - self.computed


@dataclass(frozen=True)
class Point:
    """One signal: level (RMS, in `unit`) and impulsiveness (kurtosis, 3 for Gaussian noise)."""

    label: str | None
    rms: float
    kurtosis: float
    name: str
    signal_id: str


@dataclass(frozen=True)
class Points:
    """The signals of one channel, at most `POINTS` of `total`."""

    points: tuple[Point, ...]
    total: int
    channel: str
    unit: str


def extent(context: Context, dataset: str) -> Extent:
    """How many signals, recordings, seconds, channels and rates."""
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, dataset)
        here = (Member.dataset_id == found.id, live())
        seconds = func.coalesce(func.sum(cast(Member.length, Float) / Member.rate_hz), 0.0)
        count, recordings, duration = session.execute(
            select(func.count(Member.id), func.count(func.distinct(Member.recording)), seconds).where(*here)
        ).one()
        channels = session.scalars(select(Member.channel).where(*here).distinct().order_by(Member.channel)).all()
        rates = session.scalars(select(Member.rate_hz).where(*here).distinct().order_by(Member.rate_hz)).all()
        added = session.scalar(select(func.max(DatasetVersion.created_at)).where(DatasetVersion.dataset_id == found.id))
    return Extent(count, recordings, float(duration), tuple(channels), tuple(rates), added)


def balance(context: Context, dataset: str) -> list[ClassCount]:
    """Signals and recordings of every class: healthy first, then by name, those without a label last."""
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, dataset)
        rows = session.execute(
            select(Member.fault, func.count(Member.id), func.count(func.distinct(Member.recording)))
            .where(Member.dataset_id == found.id, live())
            .group_by(Member.fault)
            .order_by(Member.fault.is_(None), Member.fault != HEALTHY, Member.fault)
        ).all()
    return [ClassCount(label, signals, recordings) for label, signals, recordings in rows]


def attention(context: Context, dataset: str) -> Attention:
    """What the import found and what is missing."""
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, dataset)
        here = (Member.dataset_id == found.id, live())

        def count(*conditions: object) -> int:
            return session.scalar(select(func.count(Member.id)).where(*here, *conditions)) or 0  # type: ignore[arg-type]

        told = session.scalars(select(Member.findings).where(*here, cast(Member.findings, String) != "[]")).all()
        return Attention(
            findings=Counter(words for entry in told for words in entry),
            with_findings=len(told),
            without_speed=count(Member.speed_rpm.is_(None)),
            without_label=count(Member.fault.is_(None)),
            without_unit=count(Member.unit == ""),
        )


def best(context: Context, dataset: str) -> Best | None:
    """The most accurate model of a dataset; one held out by group stands before one held out by recording."""
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, dataset)
        living = (
            ModelVersion.dataset_id == found.id,
            ModelVersion.deleted_at.is_(None),
            ModelVersion.record_accuracy.is_not(None),
        )
        ranked = select(
            ModelVersion.id, ModelVersion.record_accuracy, ModelVersion.config["train"]["split"]["kind"].as_string()
        ).where(*living)
        rows = session.execute(ranked).all()
        if not rows:
            return None
        # a score held out by group answers the harder question, so a higher one by recording does not outrank it
        chosen = max(rows, key=lambda row: (row[2] == "group", row[1]))
        model = session.get(ModelVersion, chosen[0])
        assert model is not None
        return _best(model)


def _best(model: ModelVersion) -> Best:
    scores, exact = model.metrics["recording"], model.metrics["exact_accuracy"]
    groups = model.config["train"]["split"]["groups"]
    assert model.record_accuracy is not None
    return Best(
        name=model.name,
        number=model.number,
        model=model.model,
        split=" and ".join(group.replace("_", " ") for group in groups) or "recording",
        accuracy=model.record_accuracy,
        low=exact["low"],
        high=exact["high"],
        right=scores["right"],
        tested=scores["tested"],
    )


def _diagnosable(session: Session, dataset_id: str) -> list[Any]:
    """Signal, rate, speed, bearing and label of every signal whose bearing is one of the table."""
    columns = (Member.signal_id, Member.rate_hz, Member.speed_rpm, Member.bearing, Member.fault)
    rows = session.execute(
        select(*columns).where(Member.dataset_id == dataset_id, live(), Member.bearing.is_not(None)).order_by(Member.id)
    ).all()
    known = {bearing: _is_known(bearing) for bearing in {row.bearing for row in rows}}
    return [row for row in rows if known[row.bearing]]


def _is_known(bearing: str) -> bool:
    try:
        lookup(bearing)
    except UnknownNameError:
        return False
    return True


def diagnosed(context: Context, dataset: str) -> Diagnosed:
    """How the diagnoses that have been computed compare with the labels; computes none."""
    context.require("read")
    with context.read() as session:
        rows = _diagnosable(session, datasets.get(session, dataset).id)
        labels = {diagnosis_key(row): row.fault for row in rows}
        verdicts: dict[str, str] = {}
        said = (Derived.key, Derived.value["verdict"].as_string(), Derived.value["fault"].as_string())
        for chunk in batches(list(labels), 500):
            for key, verdict, fault in session.execute(select(*said).where(Derived.key.in_(chunk))):
                verdicts[key] = fault if verdict == "fault" else verdict
    compared = [(said, labels[key]) for key, said in verdicts.items() if said != ABSTAIN and labels[key] is not None]
    agree = sum(said == label for said, label in compared)
    return Diagnosed(
        possible=len(rows),
        computed=len(verdicts),
        abstained=sum(said == ABSTAIN for said in verdicts.values()),
        agree=agree,
        disagree=len(compared) - agree,
    )


def diagnose_missing(
    context: Context, dataset: str, *, most: int = DIAGNOSED_AT_ONCE, progress: Callable[[int, int], None] | None = None
) -> int:
    """Diagnose at most `most` signals that have not been, one after the other; how many it were."""
    context.require("work")
    with context.read() as session:
        found = datasets.get(session, dataset)
        rows = _diagnosable(session, found.id)
        keys = {diagnosis_key(row): row.signal_id for row in rows}
        have: set[str] = set()
        for chunk in batches(list(keys), 500):
            have.update(session.scalars(select(Derived.key).where(Derived.key.in_(chunk))))
        wanted = [signal for key, signal in keys.items() if key not in have][:most]
        signal_rows = [signals.get(session, found.id, signal) for signal in wanted]
    for done, row in enumerate(signal_rows, start=1):
        of_signal(context, row)
        if progress:
            progress(done, len(signal_rows))
    return len(signal_rows)


def points(context: Context, dataset: str, channel: str | None = None) -> Points:
    """RMS and kurtosis of one channel of a dataset, from the columns that the import filled; nothing is computed.

    A dataset larger than `POINTS` is thinned evenly by row number, so that every class keeps its share.
    """
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, dataset)
        chosen = channel or _fullest_channel(session, found)
        here = (Member.dataset_id == found.id, live(), Member.channel == chosen)
        total = session.scalar(select(func.count(Member.id)).where(*here)) or 0
        step = max(1, -(-total // POINTS))
        columns = (Member.fault, Member.rms, Member.kurtosis, Member.recording, Member.signal_id, Member.unit)
        rows = session.execute(
            select(*columns).where(*here, Member.kurtosis.is_not(None), Member.id % step == 0).order_by(Member.id)
        ).all()
    units = {unit for *_, unit in rows}
    made = (
        Point(label, rms, kurtosis + GAUSSIAN_KURTOSIS, recording, signal_id)
        for label, rms, kurtosis, recording, signal_id, _ in rows
        if kurtosis is not None
    )
    return Points(tuple(made), total, chosen, units.pop() if len(units) == 1 else "")


def _fullest_channel(session: Session, dataset: Dataset) -> str:
    amount = func.count(Member.id)
    ranked = select(Member.channel).where(Member.dataset_id == dataset.id, live()).group_by(Member.channel)
    return session.scalar(ranked.order_by(amount.desc(), Member.channel).limit(1)) or ""
