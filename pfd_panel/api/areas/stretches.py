"""Stretches of signals: their features, as files, figures and sound, and as signals of their own."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from data_catalog.schema import DatasetVersion
from data_catalog.signals import SignalRow
from pfd_panel.api.areas.signals import Seconds
from pfd_panel.api.bands import band_of
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import OfSignal, Word
from pfd_panel.api.wire import FileAnswer
from pfd_panel.services import cutting, drawing, sounding, stretches, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.passing_files import MadeFile
from pfd_panel.services.reproducing import FAMILIES
from pfd_panel.services.stretches import StretchFeature
from pipelines.figures import PALETTES
from pipelines.sound import Bits

Hertz = Annotated[float, Field(ge=0, le=1e9)]
Width = Annotated[Bits, BeforeValidator(int)]  # a query holds words
Told = Annotated[str, Field(min_length=1, max_length=200)]


class StretchOf(OfSignal):
    """Which stretch of which signal."""

    start_s: Seconds = 0.0
    stop_s: Seconds | None = Field(None, description="Seconds; the end without.")


class StretchFile(StretchOf):
    """Which stretch, in which form."""

    form: stretches.Form = Field("csv", description="All but npy state the sampling rate.")
    bits: Width = Field(16, description="Of samples of a WAV file; 32 is float.")


class Figure(StretchOf):
    """What a figure shows."""

    form: drawing.Form = "png"
    plot: tuple[Word, ...] = Field(
        ("waveform", "envelope"), min_length=1, max_length=16, description=f"Any of: {', '.join(drawing.DRAWN)}."
    )
    set: tuple[Told, ...] = Field(
        (),
        max_length=200,
        description="Settings of analyses as plot.name:value.",
        json_schema_extra={"example": []},
    )
    palette: Word = Field("viridis", description=f"Colours of images: {', '.join(PALETTES)}.")
    of_stretch: bool = Field(False, description="Whether spectra are those of the stretch instead of the record's.")
    low_hz: Hertz | None = Field(None, description="Band of the envelope; without one, the kurtogram's.")
    high_hz: Hertz | None = None
    axis: Literal["hz", "cpm", "orders"] = Field("hz", description="Unit of the frequency axes.")
    limit: tuple[Told, ...] = Field(
        (),
        max_length=16,
        description="What a spectrum shows, Hz: `spectrum:0:2000`.",
        json_schema_extra={"example": []},
    )
    mark: tuple[Told, ...] = Field(
        (),
        max_length=100,
        description="What is pointed at, s or Hz: `envelope:107.4:BPFO`, `waveform:0.2..0.4:burst`.",
        json_schema_extra={"example": ["envelope:107.4:BPFO"]},
    )
    marker: tuple[Word, ...] = Field((), max_length=10, description=f"Families of frequencies: {', '.join(FAMILIES)}.")
    annotations: bool = Field(True, description="Whether what was written on the signal is drawn.")
    title: str = Field("", max_length=200)


class Sound(StretchOf):
    """What is heard."""

    low_hz: Hertz | None = Field(None, description="Band that is heard; all of it without.")
    high_hz: Hertz | None = None
    envelope: bool = Field(False, description="Hear what modulates the band.")
    speed: float = Field(1.0, ge=0.01, le=100, description="2 plays twice as fast and an octave higher.")
    shift_hz: float = Field(0.0, ge=-24_000, le=24_000, description="Moves every pitch that is heard.")


class Cut(StretchOf):
    """What becomes a signal of its own."""

    stop_s: Seconds | None = Field(None, description="Seconds; the end without.", json_schema_extra={"example": 0.5})
    name: str = Field("", max_length=cutting.LONGEST_NAME, description="Name of the recording.")


@operation(
    "GET", "/datasets/{dataset}/signals/{signal}/stretch", right="read", offers=(stretches.export, stretches.bounds)
)
def export_stretch(context: Context, asked: StretchFile) -> FileAnswer:
    """The samples of a stretch as CSV, NPY, Parquet or WAV.

    A WAV file fills the range of its samples; its comment tells by which factor.
    """
    row = _row(context, asked)
    return _sent(stretches.export(context, row, asked.form, asked.start_s, asked.stop_s, bits=asked.bits))


@operation("GET", "/datasets/{dataset}/signals/{signal}/stretch-features", right="read", offers=stretches.features)
def get_stretch_features(context: Context, asked: StretchOf) -> list[StretchFeature]:
    """Every feature of a stretch; null where it needs a speed or a bearing that is not known."""
    return stretches.features(context, _row(context, asked), asked.start_s, asked.stop_s)


@operation("GET", "/datasets/{dataset}/signals/{signal}/figure", right="read", offers=drawing.figure)
def draw_figure(context: Context, asked: Figure) -> FileAnswer:
    """Plots of a signal with units, annotations and marks, as PNG or SVG for a report."""
    made = drawing.figure(
        context,
        _row(context, asked),
        asked.form,
        plots=asked.plot,
        settings=drawing.parse_settings(asked.set, asked.plot),
        band=band_of(asked.low_hz, asked.high_hz),
        limits=drawing.parse_limits(asked.limit),
        marks=drawing.parse_marks(asked.mark),
        markers=asked.marker,
        **asked.model_dump(include={"start_s", "stop_s", "of_stretch", "axis", "palette", "annotations", "title"}),
    )
    return _sent(made)


@operation("GET", "/datasets/{dataset}/signals/{signal}/sound", right="read", offers=sounding.sound)
def get_sound(context: Context, asked: Sound) -> FileAnswer:
    """A stretch to be heard, as WAV: 48 kHz, 16 bits, at one loudness; at most two minutes."""
    told = asked.model_dump(include={"start_s", "stop_s", "envelope", "speed", "shift_hz"})
    return _sent(sounding.sound(context, _row(context, asked), band=band_of(asked.low_hz, asked.high_hz), **told))


@operation("POST", "/datasets/{dataset}/signals/{signal}/cut", right="work", offers=cutting.cut)
def cut_signal(context: Context, asked: Cut) -> SignalRow:
    """Make a stretch a signal of its own, in a new version of the dataset; its labels say where it was cut from."""
    return cutting.cut(context, _row(context, asked), asked.start_s, asked.stop_s, name=asked.name)


@operation("DELETE", "/datasets/{dataset}/signals/{signal}/cut", right="work", offers=cutting.undo)
def undo_cut(context: Context, asked: OfSignal) -> DatasetVersion:
    """Leave a signal that was cut from another out of the next version; earlier versions keep it."""
    return cutting.undo(context, asked.dataset, asked.signal)


def _row(context: Context, asked: OfSignal) -> SignalRow:
    return viewing.get(context, asked.dataset, asked.signal)


def _sent(made: MadeFile) -> FileAnswer:
    return FileAnswer(str(made.path), made.path.name, made.media_type)
