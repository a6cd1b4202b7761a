"""Looking into files without importing them: channels, previews, spectra; nothing is stored."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from data_catalog.formats import Inspection
from pfd_panel.api.areas.signals import Envelope, Spectrum
from pfd_panel.api.cursors import FieldError
from pfd_panel.api.examples import JOB
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name
from pfd_panel.api.sources import Pattern, Positive
from pfd_panel.services import peeking, uploading
from pfd_panel.services.context import Context

Path = Annotated[str, Field(min_length=1, max_length=4000)]
Edge = Annotated[float, Field(ge=0, le=1e9)]


class Files(Asked):
    """Which files: complete uploads, or paths on the server's machine that are open to you."""

    uploads: list[Name] = Field(default=[], max_length=peeking.MOST_FILES, description="Ids of complete uploads.")
    paths: list[Path] = Field(default=[], max_length=peeking.MOST_FILES, description="Paths that are open to you.")
    rates: dict[Pattern, Positive] = Field(
        default={}, max_length=peeking.MOST_FILES, description="Sampling rate in Hz, by pattern of file names."
    )

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.uploads and not self.paths:
            raise ValueError("name uploads or paths")
        return self


class OneChannel(Asked):
    """Which channel of which file."""

    upload: Name | None = Field(None, description="Id of a complete upload.")
    path: Path | None = Field(None, description="Path on the server that is open to you; without an upload.")
    recording: Name | None = Field(None, description="Needed where a file holds several.")
    channel: Name | None = Field(None, description="Needed where a file holds several.")
    rate_hz: Positive | None = Field(None, description="Needed where the file states none.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.upload is None) == (self.path is None):
            raise ValueError("name an upload or a path, one of the two")
        return self


class SpectrumOfFile(OneChannel):
    """A channel, and how to compute its spectrum."""

    segment: int | None = Field(8192, ge=16, le=2**21, description="Samples of one averaged segment.")


class EnvelopeOfFile(OneChannel):
    """A channel, and how to compute its envelope spectrum."""

    low_hz: Edge | None = Field(None, description="Band to demodulate; without one, the kurtogram's.")
    high_hz: Edge | None = None


def _file(context: Context, asked: OneChannel) -> str:
    return asked.path if asked.path is not None else str(uploading.path_of(context, [asked.upload or ""]))


@operation("POST", "/peeks", right="work", offers=peeking.peek, example={"rates": {"run0.npy": 12000.0}})
def peek(context: Context, asked: Files) -> Inspection:
    """What several files hold (npy, csv, mat, wav), without importing them.

    Every channel with its rate and where that came from, statistics and a preview, and what must still be answered.
    A file that is too large or is not what its name says is among `problems`, in words.
    """
    sent = [str(uploading.path_of(context, [upload])) for upload in asked.uploads]
    return peeking.peek(context, [*sent, *asked.paths], rates=asked.rates)


@operation("GET", "/peeks/spectrum", right="work", offers=peeking.peek_spectrum, example={"upload": JOB})
def get_peek_spectrum(context: Context, asked: SpectrumOfFile) -> Spectrum:
    """Welch amplitude spectrum of one channel of a file, of its first two million samples, in rms units."""
    found = peeking.peek_spectrum(context, _file(context, asked), **_of(asked), segment=asked.segment)
    named = {name: getattr(found, name) for name in Spectrum.model_fields if name != "unit"}
    return Spectrum(**named, unit="")


@operation("GET", "/peeks/envelope", right="work", offers=peeking.peek_envelope, example={"upload": JOB})
def get_peek_envelope(context: Context, asked: EnvelopeOfFile) -> Envelope:
    """Squared-envelope spectrum of one channel of a file; without a band, of the one the kurtogram suggests."""
    if (asked.low_hz is None) != (asked.high_hz is None):
        raise FieldError("a band has two ends", "query.low_hz", hint="Give low_hz and high_hz, or neither.")
    band = None if asked.low_hz is None or asked.high_hz is None else (asked.low_hz, asked.high_hz)
    found = peeking.peek_envelope(context, _file(context, asked), **_of(asked), band=band)
    named = {name: getattr(found, name) for name in Envelope.model_fields if name != "unit"}
    return Envelope(**named, unit="")


def _of(asked: OneChannel) -> dict[str, Any]:
    return asked.model_dump(include={"recording", "channel", "rate_hz"})
