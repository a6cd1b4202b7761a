"""Diagnosis without training: of a stored signal, or of a file as it lies."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from data_catalog import derived
from data_catalog.formats import DEFAULT_LIMITS, ChannelFiles, ChannelRead, Inspection, Limits, inspect
from data_catalog.signals import SignalRow
from pfd_panel.errors import NeedsAnswersError, RequestError
from pfd_panel.services import viewing
from pfd_panel.services.context import Context
from pipelines.bearings import BearingGeometry, all_bearings, lookup
from pipelines.diagnose import METHOD_VERSION, Diagnosis, diagnose
from pipelines.errors import UnknownNameError


@dataclass(frozen=True)
class FileDiagnosis:
    """A diagnosis with what was diagnosed and where rate and speed came from."""

    path: str
    recording: str
    channel: str
    rate_hz: float
    rate_source: str
    speed_rpm: float | None
    speed_source: str
    bearing: str | None
    diagnosis: Diagnosis

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: what was diagnosed first, then verdict, confidence and ranked evidence."""
        told = {name: value for name, value in asdict_shallow(self).items() if name != "diagnosis"}
        return self.diagnosis.to_dict() | told


def asdict_shallow(value: Any) -> dict[str, Any]:
    """Fields of a dataclass, without going into them."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def geometry_of(
    bearing: str | None = None,
    *,
    elements: int | None = None,
    ball_mm: float | None = None,
    pitch_mm: float | None = None,
    angle_deg: float = 0.0,
) -> BearingGeometry | None:
    """A bearing of the table by name, or a free geometry; None when neither is given."""
    free = (elements, ball_mm, pitch_mm)
    if any(value is not None for value in free):
        if any(value is None for value in free):
            raise RequestError(
                "a free geometry needs the number of elements, their diameter and the pitch diameter",
                hint="Give all three (--elements, --ball-mm, --pitch-mm) or a designation (--bearing).",
            )
        assert elements is not None
        return BearingGeometry(bearing or "own geometry", elements, ball_mm, pitch_mm, angle_deg, "given")
    return lookup(bearing) if bearing else None


def has_geometry(row: SignalRow) -> bool:
    """Whether a stored signal names a bearing whose geometry is known."""
    try:
        return bool(row.bearing) and lookup(row.bearing or "") is not None
    except UnknownNameError:
        return False


def designations() -> tuple[str, ...]:
    """Every bearing of the table."""
    return tuple(bearing.designation for bearing in all_bearings())


class Diagnosable(Protocol):
    """What a diagnosis depends on besides the method."""

    @property
    def signal_id(self) -> str: ...
    @property
    def rate_hz(self) -> float: ...
    @property
    def speed_rpm(self) -> float | None: ...
    @property
    def bearing(self) -> str | None: ...


def diagnosis_key(row: Diagnosable) -> str:
    """Under which a diagnosis is kept: the samples, rate, speed and bearing it rests on."""
    inputs = {"signal": row.signal_id, "rate": row.rate_hz, "speed": row.speed_rpm, "bearing": row.bearing}
    return derived.key("diagnose", 1, {"method": METHOD_VERSION}, inputs)


def known(context: Context, rows: Sequence[SignalRow]) -> dict[str, Diagnosis]:
    """The diagnoses that were computed before, by signal id; nothing is computed."""
    context.require("read")
    for dataset_id in {row.dataset_id for row in rows}:
        context.require_seen(dataset_id)
    with context.read() as session:
        stored = {row.signal_id: derived.get(session, diagnosis_key(row)) for row in rows}
    return {signal_id: Diagnosis.from_dict(value) for signal_id, value in stored.items() if value is not None}


def of_signal(context: Context, row: SignalRow) -> Diagnosis:
    """The diagnosis of a stored signal, computed once for its samples, rate, speed and bearing."""
    context.require("read")
    context.require_seen(row.dataset_id)

    def compute() -> dict[str, Any]:
        found = diagnose(
            viewing.analysed(context, row), row.rate_hz, geometry=geometry_of(row.bearing), speed_rpm=row.speed_rpm
        )
        return found.to_dict()

    stored = derived.DerivedCache(context.catalog.database).get_or_compute(diagnosis_key(row), "diagnose", compute)
    return Diagnosis.from_dict(stored)


def of_file(
    path: str,
    *,
    channel: str | None = None,
    geometry: BearingGeometry | None = None,
    speed_rpm: float | None = None,
    rate_hz: float | None = None,
    preset: str | None = None,
    recording: str | None = None,
) -> FileDiagnosis:
    """Diagnose one channel of a file; needs no data directory.

    Raises
    ------
    RequestError
        The channel is not in the file, or the file holds several and none was named.
    NeedsAnswersError
        The sampling rate is stated nowhere and no single declared layout fits.
    """
    found = choose(path, channel, recording, preset, rate_hz)
    if found.rate_hz is None:
        raise NeedsAnswersError(
            f"the sampling rate of {found.recording} ({found.name}) is stated nowhere",
            [{"recording": found.recording, "channel": found.name, "what": "rate_hz", "message": "give it in Hz"}],
            hint="Give it in Hz: --rate 12000.",
        )
    speed, source = (speed_rpm, "given") if speed_rpm is not None else (found.speed_rpm, found.speed_source)
    with ChannelFiles() as files:
        samples = files.open(found.locator).read(0, min(found.length, viewing.ANALYSED_SAMPLES))
    result = diagnose(samples, found.rate_hz, geometry=geometry, speed_rpm=speed)
    if speed is None:
        speed, source = result.speed_rpm, result.speed_source
    named = geometry.designation if geometry else None
    return FileDiagnosis(
        found.path, found.recording, found.name, found.rate_hz, found.rate_source, speed, source, named, result
    )


def choose(
    path: str,
    channel: str | None,
    recording: str | None,
    preset: str | None,
    rate_hz: float | None,
    limits: Limits = DEFAULT_LIMITS,
) -> ChannelRead:
    """The one channel of a file that is meant."""
    rates = {"*": rate_hz} if rate_hz is not None else {}
    seen = inspect(path, preset=preset, rates=rates, statistics=False, limits=limits)
    if preset is None and len(seen.presets_offered) == 1 and any(one.rate_hz is None for one in seen.channels):
        offered = seen.presets_offered[0]
        seen = unconfirmed(inspect(path, preset=offered, rates=rates, statistics=False, limits=limits))
    channels = [one for one in seen.channels if recording is None or one.recording == recording]
    if not channels:
        told = seen.problems[0].message if seen.problems else f"{path} holds no signals"
        raise RequestError(told, hint=seen.problems[0].hint if seen.problems else "Name a measurement file.")
    fitting = [one for one in channels if channel is None or one.name.casefold() == channel.casefold()]
    names = ", ".join(dict.fromkeys(f"{one.name}" for one in channels))
    if not fitting:
        raise RequestError(f"{path} has no channel {channel!r}", hint=f"Its channels are: {names}.")
    if len(fitting) > 1:
        listed = ", ".join(f"{one.recording}:{one.name}" for one in fitting[:6])
        raise RequestError(
            f"{path} holds {len(fitting)} channels that fit", hint=f"Name one with --channel or --recording: {listed}."
        )
    return fitting[0]


def unconfirmed(seen: Inspection) -> Inspection:
    """The inspection under a declared layout that fits the file's own variables, saying that nobody confirmed it."""
    note = "it fits the file; nobody confirmed it"
    channels = tuple(
        replace(one, rate_source=f"{one.rate_source} ({note})") if one.rate_source.startswith("preset") else one
        for one in seen.channels
    )
    return replace(seen, channels=channels)


def evidence_rows(found: Diagnosis) -> list[dict[str, Any]]:
    """Ranked evidence as plain rows, for tables."""
    return [asdict(entry) for entry in found.evidence]
