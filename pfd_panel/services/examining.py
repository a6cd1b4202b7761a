"""A file looked at without storing anything: its channels, its diagnosis, and the spectrum to see it in."""

from dataclasses import dataclass

import numpy as np

from data_catalog.formats import ChannelFiles, ChannelRead, inspect
from pfd_panel.errors import RequestError
from pfd_panel.services import diagnosing, reach, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.diagnosing import FileDiagnosis
from pipelines import bearings
from pipelines.bearings import BearingGeometry
from pipelines.spectra import EnvelopeSpectrum, envelope_spectrum

# the floor of a spectrum is its running median over this many hertz: wider than a line with its sidebands
FLOOR_HZ = 50.0


@dataclass(frozen=True)
class Examination:
    """A file's diagnosis and the squared-envelope spectrum of its most impulsive band, as power over its floor."""

    told: FileDiagnosis
    envelope: EnvelopeSpectrum
    over_floor: np.ndarray


def channels(context: Context, path: str) -> list[ChannelRead]:
    """The channels of a file, folder or zip.

    Raises
    ------
    NotAllowedError
        The user may not have that path read.
    RequestError
        There is no such file, or nothing in it is a signal.
    """
    context.require("work")
    if not path.strip():
        raise RequestError("no file is named", hint="Write a path, or drop a file.")
    seen = inspect(reach.readable(context, path), statistics=False)
    if not seen.channels:
        told = seen.problems[0] if seen.problems else None
        raise RequestError(
            told.message if told else f"{path} holds no signals", hint=told.hint if told else "Name a measurement file."
        )
    return list(seen.channels)


def find_bearings(text: str, limit: int = 12) -> tuple[list[BearingGeometry], int]:
    """Bearings of the table that fit a text, all of them without one, and how many fit."""
    found = bearings.search(text) if text.strip() else bearings.all_bearings()
    return list(found[:limit]), len(found)


def examine(
    context: Context,
    path: str,
    *,
    recording: str | None = None,
    channel: str | None = None,
    geometry: BearingGeometry | None,
    speed_rpm: float | None = None,
    rate_hz: float | None = None,
) -> Examination:
    """Diagnose one channel of a file and compute the spectrum to see it in; stores nothing.

    Raises
    ------
    NotAllowedError
        The user may not have that path read.
    RequestError
        No bearing is given, or the channel is not in the file.
    NeedsAnswersError
        The sampling rate is stated nowhere.
    """
    context.require("work")
    if geometry is None:
        raise RequestError("no bearing is given", hint="Choose one from the table, or write its geometry.")
    path = str(reach.readable(context, path))
    told = diagnosing.of_file(
        path, channel=channel, recording=recording, geometry=geometry, speed_rpm=speed_rpm, rate_hz=rate_hz
    )
    source = diagnosing.choose(path, channel, recording, None, rate_hz)
    with ChannelFiles() as files:
        samples = files.open(source.locator).read(0, min(source.length, viewing.ANALYSED_SAMPLES))
    band = viewing.suggested_band(samples, told.rate_hz)
    envelope = envelope_spectrum(samples, told.rate_hz, band=band)
    return Examination(told, envelope, envelope.power_over_floor(FLOOR_HZ))
