"""Files looked at without importing them: their channels, what must be asked, and spectra; nothing is stored.

Unless `keep` is asked for, which imports what was looked at.
"""

import glob
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dask_cluster.kinds.import_signals import ImportParams
from data_catalog.errors import FormatError
from data_catalog.formats import DEFAULT_LIMITS, ChannelFiles, ChannelRead, FileProblem, Inspection, inspect, reader_of
from data_catalog.schema import Job
from pfd_panel.errors import NeedsAnswersError, RequestError
from pfd_panel.services import diagnosing, importing, reach, viewing
from pfd_panel.services.context import Context
from pipelines.errors import PipelineError
from pipelines.spectra import AmplitudeSpectrum, EnvelopeSpectrum, amplitude_spectrum, envelope_spectrum

LARGEST_BYTES = 200 * 2**20
"""Of one file; larger ones are imported, which reads them in parts and can be stopped."""

LIMITS = replace(DEFAULT_LIMITS, max_array_bytes=2**30, max_channels_per_file=1000)
"""What a file may unpack to: it is read by a process that answers others meanwhile."""

MOST_FILES = 32

KINDS: Mapping[str, tuple[str, ...]] = {
    ".npy": ("npy",),
    ".csv": ("delimited",),
    ".mat": ("matlab5", "matlab73", "hdf5"),  # MATLAB 7.3 is HDF5, and other programs leave MATLAB's words out
    ".wav": ("wav",),
}
"""What a file's name says, and the readers that may find its content to be so."""


@dataclass(frozen=True)
class Glance:
    """One channel of a file, as a page shows it.

    Attributes
    ----------
    samples : (N,) float32
        Its first two million samples at most.
    length : int
        How many it has in all.
    rate_hz : float or None
        None where it is stated nowhere; then there are no spectra.
    spectrum, envelope : optional
        As `peek_spectrum` and `peek_envelope` answer them.
    problem : str
        Why there are none, if a rate is known.
    """

    samples: NDArray[np.float32]
    length: int
    rate_hz: float | None
    spectrum: AmplitudeSpectrum | None = None
    envelope: EnvelopeSpectrum | None = None
    problem: str = ""


def peek(context: Context, paths: Sequence[Path | str], *, rates: Mapping[str, float] | None = None) -> Inspection:
    """What several files hold, each with statistics and a preview of every channel.

    A file that is too large, cannot be read, or is not what its name says is among `problems`; it does not stop the
    others. A channel whose rate is stated nowhere is among `needs`. A declared layout that is the only one to fit gives
    its rate, and says that nobody confirmed it.

    Parameters
    ----------
    rates : mapping, optional
        Glob pattern on the name of a file → Hz, over what files say.

    Raises
    ------
    NotAllowedError
        The user may not have one of the paths read.
    RequestError
        No file or too many of them, a rate that is no positive number or is for no file.
    """
    context.require("work")
    files = [reach.readable(context, path) for path in paths]
    if not 0 < len(files) <= MOST_FILES:
        raise RequestError(f"{len(files)} files were named", hint=f"Name 1 to {MOST_FILES} files.")
    given = dict(rates or {})
    _require_rates(given, files)
    seen = [_seen(file, _rate_of(file, given)) for file in files]
    return Inspection(
        root=os.path.commonpath([file.parent for file in files]),
        channels=tuple(channel for one in seen for channel in one.channels),
        needs=tuple(need for one in seen for need in one.needs),
        problems=tuple(problem for one in seen for problem in one.problems),
        presets_offered=tuple(dict.fromkeys(name for one in seen for name in one.presets_offered)),
    )


def peek_spectrum(
    context: Context,
    path: Path | str,
    *,
    recording: str | None = None,
    channel: str | None = None,
    rate_hz: float | None = None,
    segment: int | None = 8192,
) -> AmplitudeSpectrum:
    """Welch amplitude spectrum of one channel of a file, in rms units, as `viewing.spectrum` of a stored signal.

    Raises
    ------
    NotAllowedError
        The user may not have that path read.
    RequestError
        The file is none of those that can be looked at, or the channel is not in it.
    NeedsAnswersError
        The sampling rate is stated nowhere.
    """
    context.require("work")
    x, rate = _samples(context, path, recording, channel, rate_hz)
    return amplitude_spectrum(x, rate, segment=min(segment or len(x), len(x)), scale="rms")


def peek_envelope(
    context: Context,
    path: Path | str,
    *,
    recording: str | None = None,
    channel: str | None = None,
    rate_hz: float | None = None,
    band: tuple[float, float] | None = None,
) -> EnvelopeSpectrum:
    """Squared-envelope spectrum of one channel of a file, as `viewing.envelope` of a stored signal.

    Raises
    ------
    NotAllowedError
        The user may not have that path read.
    RequestError
        The file is none of those that can be looked at, or the channel is not in it.
    NeedsAnswersError
        The sampling rate is stated nowhere.
    """
    context.require("work")
    x, rate = _samples(context, path, recording, channel, rate_hz)
    chosen = band or viewing.suggested_band(x, rate)
    return envelope_spectrum(x, rate, band=chosen, max_hz=chosen[1] - chosen[0])


def glance(context: Context, channel: ChannelRead) -> Glance:
    """One channel that `peek` found, with its spectra where its rate is known; the file is read once.

    Raises
    ------
    NotAllowedError
        The user may not have that path read.
    RequestError
        The file is none of those that can be looked at.
    """
    context.require("work")
    file = reach.readable(context, channel.path)
    refusal = _refusal(file)
    if refusal is not None:
        raise RequestError(refusal.message, hint=refusal.hint)
    with ChannelFiles(LIMITS) as files:
        read = files.open({**channel.locator, "path": str(file)}).read(0, min(channel.length, viewing.ANALYSED_SAMPLES))
    x = np.asarray(read, dtype=np.float32)
    if channel.rate_hz is None:
        return Glance(x, channel.length, None)
    try:
        spectrum = amplitude_spectrum(x, channel.rate_hz, segment=min(8192, len(x)), scale="rms")
        band = viewing.suggested_band(x, channel.rate_hz)
        envelope = envelope_spectrum(x, channel.rate_hz, band=band, max_hz=band[1] - band[0])
    except PipelineError as cannot:
        return Glance(x, channel.length, channel.rate_hz, problem=f"{cannot}. {cannot.hint}")
    return Glance(x, channel.length, channel.rate_hz, spectrum, envelope)


def keep(
    context: Context, paths: Sequence[Path | str], dataset: str, *, rates: Mapping[str, float] | None = None
) -> Job:
    """Import for good what was looked at: the files that could be, with the rates that were given.

    Parameters
    ----------
    rates : mapping, optional
        Glob pattern on the name of a file → Hz, as for `peek`.

    Raises
    ------
    NotAllowedError
        The user may not have one of the paths read.
    RequestError
        None of the files can be looked at, or several that were not uploaded.
    """
    context.require("work")
    files = [reach.readable(context, path) for path in paths]
    given = dict(rates or {})
    _require_rates(given, files)
    good = [file for file in files if _refusal(file) is None]
    if not good:
        raise RequestError("there is no file to import", hint="Drop one that can be looked at.")
    uploads = context.catalog.home / "uploads"
    if len(good) > 1 and not all(reach.is_upload(uploads, file, context.user.name) for file in good):
        raise RequestError("several files of the server are imported as a folder", hint="Import their folder.")
    source = importing.gather(context, good) if len(good) > 1 else good[0]
    offered = {name for file in good for name in _seen(file, _rate_of(file, given)).presets_offered}
    params = ImportParams(path=str(source), dataset=dataset, preset=offered.pop() if len(offered) == 1 else None)
    # what a recording is called may depend on the files beside it
    named = {}
    for channel in params.inspect(statistics=False).channels:
        rate = next((_rate_of(file, given) for file in good if file.samefile(channel.path)), None)
        if rate is not None:
            named[glob.escape(channel.recording)] = rate
    return importing.start(context, params.model_copy(update={"rates": named}))


def _require_rates(rates: Mapping[str, float], files: Sequence[Path]) -> None:
    for pattern, rate in rates.items():
        if not 0 < rate < 1e12:
            raise RequestError(f"the rate {rate:g} for {pattern!r} is not a positive number", hint="Give it in Hz.")
        if not any(fnmatchcase(file.name, pattern) for file in files):
            names = ", ".join(file.name for file in files[:4])
            raise RequestError(f"the rate for {pattern!r} is for none of the files", hint=f"They are: {names}.")


def _rate_of(file: Path, rates: Mapping[str, float]) -> float | None:
    """The rate that was given for a file; of several the last."""
    return next((rate for pattern, rate in reversed(list(rates.items())) if fnmatchcase(file.name, pattern)), None)


def _seen(file: Path, rate_hz: float | None) -> Inspection:
    refusal = _refusal(file)
    if refusal is not None:
        return Inspection(str(file.parent), (), problems=(refusal,))
    rates = {"*": rate_hz} if rate_hz is not None else {}
    found = inspect(file, rates=rates, limits=LIMITS)
    offered = found.presets_offered
    if len(offered) == 1 and any(one.rate_hz is None for one in found.channels):
        return diagnosing.unconfirmed(inspect(file, preset=offered[0], rates=rates, limits=LIMITS))
    return found


def _refusal(file: Path) -> FileProblem | None:
    """Why a file is not even looked into, if so."""
    try:
        size = file.stat().st_size
        if not file.is_file():
            return FileProblem(str(file), "", f"{file.name} is no file", "Name the files in it, or import the folder.")
        claimed = KINDS.get(file.suffix.lower())
        if claimed is None:
            listed = ", ".join(KINDS)
            message = f"{file.name} is of no kind that can be looked at without importing it"
            return FileProblem(str(file), "", message, f"Those are: {listed}. The import reads more kinds.")
        if size > LARGEST_BYTES:
            message = f"{file.name} has {size / 1e6:,.0f} MB, more than the {LARGEST_BYTES / 1e6:,.0f} MB that are read"
            return FileProblem(str(file), "", message, "Import it: that reads it in parts.")
        content = reader_of(file)
    except FormatError as bad:
        return FileProblem(str(file), "", str(bad), bad.hint)
    except OSError as bad:
        message = f"{file.name} cannot be read: {bad.strerror or bad}"
        return FileProblem(str(file), "", message, "Check the path; it is read on the server's machine.")
    if content.name not in claimed:
        message = f"{file.name} is not what its name says: it ends in {file.suffix}, but its content is {content.title}"
        return FileProblem(str(file), "", message, "Give it its true suffix, or export it again.")
    return None


def _samples(
    context: Context, path: Path | str, recording: str | None, channel: str | None, rate_hz: float | None
) -> tuple[np.ndarray, float]:
    """The first part of a channel and its rate."""
    file = reach.readable(context, path)
    refusal = _refusal(file)
    if refusal is not None:
        raise RequestError(refusal.message, hint=refusal.hint)
    found: ChannelRead = diagnosing.choose(str(file), channel, recording, None, rate_hz, LIMITS)
    if found.rate_hz is None:
        raise NeedsAnswersError(
            f"the sampling rate of {found.recording} ({found.name}) is stated nowhere",
            [{"recording": found.recording, "channel": found.name, "what": "rate_hz", "message": "give it in Hz"}],
            hint="Give it in Hz.",
        )
    with ChannelFiles(LIMITS) as files:
        return files.open(found.locator).read(0, min(found.length, viewing.ANALYSED_SAMPLES)), found.rate_hz
