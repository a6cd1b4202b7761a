"""Diagnosis without training: of stored signals and of files."""

from typing import Self

from pydantic import Field, model_validator

from data_catalog.formats import ChannelRead
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Ids, OfDataset, OfSignal, Word
from pfd_panel.api.sources import Source, path_of
from pfd_panel.api.wire import Answer
from pfd_panel.services import diagnosing, examining, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.diagnosing import FileDiagnosis
from pipelines.bearings import BearingGeometry
from pipelines.diagnose import Diagnosis


class KnownRequest(OfDataset):
    """Which signals."""

    signal_ids: Ids


class BearingSearch(Asked):
    """Which bearings."""

    text: str = Field("", max_length=100, description="Part of a designation or maker; all without.")
    limit: int = Field(12, ge=1, le=1000)


class Geometry(Asked):
    """A bearing by its measures."""

    elements: int = Field(ge=3, le=1000, description="Rolling elements of one row.")
    ball_mm: float = Field(gt=0, le=10_000, description="Diameter of a rolling element.")
    pitch_mm: float = Field(gt=0, le=100_000, description="Diameter of the pitch circle.")
    angle_deg: float = Field(0.0, ge=0, lt=90, description="Contact angle.")


class FileRequest(Source):
    """What to diagnose, and what is known of it."""

    recording: str | None = Field(None, max_length=500)
    channel: Word | None = None
    bearing: Word | None = Field(None, description="A designation of the table.")
    geometry: Geometry | None = Field(None, description="Measures of a bearing that is not in the table.")
    speed_rpm: float | None = Field(None, gt=0, le=1e7, description="Estimated without.")
    rate_hz: float | None = Field(None, gt=0, le=1e9)

    @model_validator(mode="after")
    def _a_bearing(self) -> Self:
        if (self.bearing is None) == (self.geometry is None):
            raise ValueError("give a bearing of the table or a geometry, one of the two")
        return self


class Bearings(Answer):
    """Bearings that fit, and how many fit in all."""

    bearings: list[BearingGeometry]
    total: int


@operation("GET", "/datasets/{dataset}/signals/{signal}/diagnosis", right="read", offers=diagnosing.of_signal)
def diagnose_signal(context: Context, asked: OfSignal) -> Diagnosis:
    """Fault evidence in a stored signal, without training: verdict, confidence and what it rests on."""
    return diagnosing.of_signal(context, viewing.get(context, asked.dataset, asked.signal))


@operation("POST", "/datasets/{dataset}/known-diagnoses", right="read", offers=diagnosing.known)
def get_known_diagnoses(context: Context, asked: KnownRequest) -> dict[str, Diagnosis]:
    """The diagnoses that were computed before, by signal id; nothing is computed."""
    rows = [viewing.get(context, asked.dataset, signal_id) for signal_id in dict.fromkeys(asked.signal_ids)]
    return diagnosing.known(context, rows)


@operation("POST", "/file-channels", right="work", offers=examining.channels, example={"uploads": ["9f0c2b1e"]})
def list_channels(context: Context, asked: Source) -> list[ChannelRead]:
    """The channels of files, by their headers only."""
    return examining.channels(context, path_of(context, asked))


@operation(
    "POST",
    "/diagnoses",
    right="work",
    offers=(examining.examine, diagnosing.of_file, diagnosing.geometry_of),
    example={"uploads": ["9f0c2b1e"], "bearing": "6205-2RS", "speed_rpm": 1797.0, "channel": "DE"},
)
def diagnose_file(context: Context, asked: FileRequest) -> FileDiagnosis:
    """Diagnose one channel of a file; stores nothing."""
    own = asked.geometry.model_dump() if asked.geometry else {}
    geometry = diagnosing.geometry_of(asked.bearing, **own)
    seen = examining.examine(
        context,
        path_of(context, asked),
        recording=asked.recording,
        channel=asked.channel,
        geometry=geometry,
        speed_rpm=asked.speed_rpm,
        rate_hz=asked.rate_hz,
    )
    return seen.told


@operation("GET", "/bearings", right="read", offers=(examining.find_bearings, diagnosing.designations))
def find_bearings(context: Context, asked: BearingSearch) -> Bearings:
    """Bearings of the table whose geometry is known."""
    found, total = examining.find_bearings(asked.text, asked.limit)
    return Bearings(bearings=found, total=total)
