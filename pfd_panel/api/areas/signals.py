"""Signals: find them, read their samples, see their spectra."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from data_catalog.signals import FACETS, SignalRow
from pfd_panel.api import cursors
from pfd_panel.api.bands import band_of
from pfd_panel.api.cursors import FieldError, Place
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Count, Cursor, Limit, Name, OfDataset, OfSignal, SignalFilter, Word, dataset_id_of
from pfd_panel.api.wire import Answer, Column, Columnar, Page
from pfd_panel.services import collections, measuring, querying, reproducing, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.measuring import Kind, Plot
from pfd_panel.services.querying import QueryName
from pfd_panel.services.reproducing import FAMILIES, FIRST_SECONDS, VIEWS, View
from pfd_panel.services.viewing import SLIP, MarkedBand, Marker
from pipelines.cursors import HIGHEST_COUNT, CursorReading

LARGEST_WINDOW = 2**24
"""Most samples of one answer: 64 MiB of single precision."""

Seconds = Annotated[float, Field(ge=0, le=1e9)]
Frequency = Annotated[float, Field(gt=0, le=1e9)]


class SignalList(SignalFilter):
    """Which signals, and which slice of them."""

    dataset: Name | None = Field(None, description="Name or id of a dataset; all datasets without.")
    limit: Limit = 50
    cursor: Cursor = None
    offset: Count = Field(0, description="Signals to skip; without a cursor.")


class FacetList(SignalFilter):
    """Which columns to count, among which signals."""

    dataset: Name | None = None
    column: tuple[Word, ...] = Field(
        ("fault", "channel"), max_length=20, json_schema_extra={"items": {"type": "string", "enum": list(FACETS)}}
    )


class SignalOrder(OfSignal, SignalFilter):
    """A signal, in the order of a filter."""


class Window(OfSignal):
    """A stretch of samples."""

    start: int = Field(0, ge=0, le=2**53, description="First sample.")
    stop: int | None = Field(None, ge=1, le=2**53, description="Sample after the last; the end without.")


class Stretch(OfSignal):
    """A stretch of time, and how finely to see it."""

    start_s: Seconds = 0.0
    stop_s: Seconds | None = Field(None, description="Seconds; the end without.")
    buckets: int = Field(1200, ge=1, le=20_000, description="Most stretches to divide it into.")


class SpectrumRequest(OfSignal):
    """How to compute a spectrum."""

    segment: int | None = Field(8192, ge=16, le=2**21, description="Samples of one averaged segment.")


class EnvelopeRequest(OfSignal):
    """How to compute an envelope spectrum."""

    low_hz: float | None = Field(None, ge=0, le=1e9, description="Band to demodulate; without one, the kurtogram's.")
    high_hz: Frequency | None = None
    max_hz: Frequency | None = Field(None, description="Highest modulation frequency.")


class CursorRequest(OfSignal):
    """Where to put which cursor."""

    plot: Plot = Field("spectrum", json_schema_extra={"example": "envelope"})
    kind: Kind = Field("single", json_schema_extra={"example": "harmonic"})
    at: tuple[float, ...] = Field(
        (), max_length=20, description="Its places, Hz or s; where it would begin on the page without."
    )
    count: int = Field(5, ge=1, le=HIGHEST_COUNT, description="Harmonics, sidebands to a side, or periods.")
    low_hz: float | None = Field(None, ge=0, le=1e9, description="Band of the envelope; without one, the kurtogram's.")
    high_hz: Frequency | None = None


class SpectrogramRequest(OfSignal):
    """How much of a signal to see."""

    seconds: float = Field(1.0, gt=0, le=60)


class CellRequest(OfSignal):
    """What the view shows, and how the cell gets at the signal."""

    view: tuple[View, ...] = Field(
        (), max_length=len(VIEWS), description="Plots of it; all of them where no analysis is named either."
    )
    analysis: tuple[Word, ...] = Field((), max_length=20, description="Analyses besides, by name.")
    set: tuple[str, ...] = Field(
        (),
        max_length=200,
        description="Settings of analyses as analysis.name:value.",
        json_schema_extra={"example": ["cepstrum.window:flat top"]},
    )
    axis: Literal["hz", "cpm", "orders"] = Field("hz", description="Unit of the frequency axes.")
    low_hz: float | None = Field(None, ge=0, le=1e9, description="Band of the envelope; without one, the kurtogram's.")
    high_hz: Frequency | None = None
    start_s: Seconds = Field(0.0, description="Where the waveform begins.")
    stop_s: Seconds = Field(FIRST_SECONDS, description="Where it ends.")
    marker: tuple[Word, ...] = Field(FAMILIES, max_length=10, description="Families of fault frequencies to draw.")
    against: tuple[Word, ...] = Field(
        (),
        max_length=2,
        description="Comparisons as plot:reference, plot:class or plot:class:NAME; the plot is spectrum or envelope.",
        json_schema_extra={"example": ["envelope:reference"]},
    )
    server: str | None = Field(
        None, min_length=1, max_length=300, description="Address that the cell connects to; a data directory without."
    )

    def analyses(self) -> dict[str, dict[str, str]]:
        """The analyses, each with its settings."""
        found: dict[str, dict[str, str]] = {name: {} for name in self.analysis}
        for one in self.set:
            where, colon, value = one.partition(":")
            name, _, setting = where.partition(".")
            if not colon or name not in found:
                raise FieldError(
                    f"{one!r} sets nothing of {', '.join(found) or 'no analysis'}",
                    "query.set",
                    hint="Write it as cepstrum.window:hann, and name the analysis.",
                )
            found[name][setting] = value
        return found


class PythonCell(Answer):
    """A cell of a notebook."""

    code: str = Field(json_schema_extra={"example": "from pfd_panel.workbench import Workbench\n…"})


class MarkerRequest(OfSignal):
    """How many multiples to name."""

    harmonics: int = Field(4, ge=1, le=50)
    sidebands: int = Field(0, ge=0, le=10, description="So many to each side of what is modulated.")
    mains_hz: float | None = Field(None, gt=0, le=1000, description="The mains, and its first multiples.")


class BandRequest(OfSignal):
    """Around how many multiples, and how wide."""

    harmonics: int = Field(4, ge=1, le=50)
    slip: float = Field(SLIP, gt=0, lt=0.5, description="Share of itself that a fault frequency may be off.")


class Facet(Answer):
    """A value of a column and how many signals have it; null: not known."""

    value: str | float | None
    signals: int


class Neighbours(Answer):
    """Signals before and after one; `position` counts from 1."""

    previous: str | None
    next: str | None
    position: int
    total: int


class Samples(Columnar):
    """Samples in the unit of the signal, float32."""

    samples: Column
    start: int
    rate_hz: float
    unit: str


class Pyramid(Columnar):
    """Lowest and highest sample of consecutive buckets of `step` samples, the first beginning at sample `x0`."""

    low: Column
    high: Column
    x0: int
    step: int
    rate_hz: float
    unit: str


class Spectrum(Columnar):
    """One-sided amplitude spectrum, rms."""

    freq_hz: Column
    amplitude: Column
    resolution_hz: float
    segments: int
    method: str
    unit: str


class Envelope(Columnar):
    """Squared-envelope spectrum; `amplitude` over `mean_level` is the modulation depth."""

    freq_hz: Column
    amplitude: Column
    mean_level: float
    resolution_hz: float
    band_hz: tuple[float, float]
    squared: bool
    method: str
    unit: str


class TimeFrequency(Columnar):
    """Level in dB re one unit of the signal: one row a frequency, one entry of it a moment of `time_s`."""

    freq_hz: Column
    level_db: Column
    time_s: list[float]
    db_min: float
    db_max: float
    resolution_hz: float
    method: str
    unit: str


def _row(context: Context, asked: OfSignal) -> SignalRow:
    return viewing.get(context, asked.dataset, asked.signal)


def stamp(context: Context, asked: OfSignal) -> str:
    """What a computed view of a signal depends on besides what was asked: the samples, their rate and attributes."""
    row = _row(context, asked)
    return f"{row.signal_id} {row.attributes_hash} {row.rate_hz} {row.unit}"


@operation(
    "GET", "/signals", right="read", offers=viewing.page, example={"fault": ["outer_race"], "range": ["rms:0.1:"]}
)
def list_signals(context: Context, asked: SignalList) -> Page[SignalRow]:
    """Signals, filtered and sorted.

    The pages of one dataset are all of one version of it: what is added meanwhile does not shift them.
    """
    about = asked.model_dump(mode="json", exclude={"limit", "cursor", "offset"})
    place = cursors.read(asked.cursor, about) if asked.cursor else Place(asked.offset)
    dataset_id, version = None, place.version
    if asked.dataset is not None:
        found = collections.get(context, asked.dataset)
        dataset_id = found.id
        version = asked.version or place.version or found.version or None
    query = replace(asked.chosen(dataset_id), version=version, offset=place.offset, limit=asked.limit)
    found_page = viewing.page(context, query)
    reached = place.offset + len(found_page.rows)
    more = found_page.rows and reached < found_page.total
    following = cursors.write(Place(reached, found_page.total, version), about) if more else None
    return Page(found_page.rows, found_page.total, following)


@operation("GET", "/signal-facets", right="read", offers=viewing.facets)
def list_facets(context: Context, asked: FacetList) -> dict[str, list[Facet]]:
    """Values of columns and how many signals have them under the rest of the filter."""
    unknown = [name for name in asked.column if name not in FACETS]
    if unknown:
        raise FieldError(f"{', '.join(unknown)} cannot be counted", "query.column", hint=f"{', '.join(FACETS)}.")
    query = asked.chosen(dataset_id_of(context, asked.dataset) if asked.dataset else None)
    counted: dict[str, list[tuple[Any, int]]] = viewing.facets(context, query, asked.column)
    return {name: [Facet(value=value, signals=count) for value, count in pairs] for name, pairs in counted.items()}


@operation("GET", "/datasets/{dataset}/query-names", right="read", offers=querying.names)
def list_query_names(context: Context, asked: OfDataset) -> list[QueryName]:
    """What `query` can name: what is known of signals, then the features that the dataset has."""
    return querying.names(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/signals/{signal}", right="read", offers=viewing.get)
def get_signal(context: Context, asked: OfSignal) -> SignalRow:
    """One signal as a member of a dataset."""
    return _row(context, asked)


@operation("GET", "/datasets/{dataset}/signals/{signal}/neighbours", right="read", offers=viewing.neighbours)
def get_neighbours(context: Context, asked: SignalOrder) -> Neighbours:
    """The signals before and after one in the order of a filter."""
    query = asked.chosen(dataset_id_of(context, asked.dataset))
    return Neighbours.model_validate(viewing.neighbours(context, query, asked.signal))


@operation("GET", "/datasets/{dataset}/signals/{signal}/samples", right="read", offers=viewing.samples, stamp=stamp)
def get_samples(context: Context, asked: Window) -> Samples:
    """Samples start to stop; JSON for at most a million of them, Arrow or NPY for at most 16 million."""
    row = _row(context, asked)
    stop = row.length if asked.stop is None else asked.stop
    if not asked.start < stop <= row.length:
        raise FieldError(
            f"samples {asked.start:,} to {stop:,} are not a stretch of {row.length:,}",
            "query.stop" if stop > row.length else "query.start",
            hint=f"Give 0 ≤ start < stop ≤ {row.length}.",
        )
    if stop - asked.start > LARGEST_WINDOW:
        raise FieldError(
            f"{stop - asked.start:,} samples are more than one answer holds",
            "query.stop",
            hint=f"Ask for windows of at most {LARGEST_WINDOW:,}.",
        )
    read = viewing.samples(context, row, asked.start, stop)
    return Samples(samples=read, start=asked.start, rate_hz=row.rate_hz, unit=row.unit)


@operation("GET", "/datasets/{dataset}/signals/{signal}/pyramid", right="read", offers=viewing.overview, stamp=stamp)
def get_pyramid(context: Context, asked: Stretch) -> Pyramid:
    """Lowest and highest sample of each of many stretches, at any length of the record as fast."""
    row = _row(context, asked)
    stop_s = row.length / row.rate_hz if asked.stop_s is None else asked.stop_s
    seen = viewing.overview(context, row, asked.start_s, stop_s, asked.buckets)
    return Pyramid(low=seen.low, high=seen.high, x0=seen.x0, step=seen.step, rate_hz=row.rate_hz, unit=row.unit)


@operation("GET", "/datasets/{dataset}/signals/{signal}/spectrum", right="read", offers=viewing.spectrum, stamp=stamp)
def get_spectrum(context: Context, asked: SpectrumRequest) -> Spectrum:
    """Welch amplitude spectrum of the first two million samples, in rms units."""
    row = _row(context, asked)
    return _with_unit(Spectrum, viewing.spectrum(context, row, segment=asked.segment), row.unit)


@operation("GET", "/datasets/{dataset}/signals/{signal}/envelope", right="read", offers=viewing.envelope, stamp=stamp)
def get_envelope(context: Context, asked: EnvelopeRequest) -> Envelope:
    """Squared-envelope spectrum of a band; without one, of the band that the kurtogram suggests."""
    band = band_of(asked.low_hz, asked.high_hz)
    row = _row(context, asked)
    return _with_unit(Envelope, viewing.envelope(context, row, band=band, max_hz=asked.max_hz), row.unit)


@operation(
    "GET",
    "/datasets/{dataset}/signals/{signal}/spectrogram",
    right="read",
    offers=viewing.time_frequency,
    stamp=stamp,
)
def get_spectrogram(context: Context, asked: SpectrogramRequest) -> TimeFrequency:
    """Short-time spectrum of the first seconds."""
    row = _row(context, asked)
    return _with_unit(TimeFrequency, viewing.time_frequency(context, row, seconds=asked.seconds), row.unit)


@operation("GET", "/datasets/{dataset}/signals/{signal}/cursor", right="read", offers=measuring.cursor, stamp=stamp)
def read_cursor(context: Context, asked: CursorRequest) -> CursorReading:
    """What a cursor reads on the waveform, spectrum or envelope spectrum of a signal."""
    row = _row(context, asked)
    band = band_of(asked.low_hz, asked.high_hz)
    return measuring.cursor(context, row, asked.plot, asked.kind, asked.at, count=asked.count, band=band)


@operation("GET", "/datasets/{dataset}/signals/{signal}/markers", right="read", offers=viewing.markers)
def get_markers(context: Context, asked: MarkerRequest) -> list[Marker]:
    """Shaft and bearing frequencies to look for, as far as speed and bearing are known."""
    return viewing.markers(_row(context, asked), asked.harmonics, sidebands=asked.sidebands, mains_hz=asked.mains_hz)


@operation("GET", "/datasets/{dataset}/signals/{signal}/bands", right="read", offers=viewing.bands)
def get_bands(context: Context, asked: BandRequest) -> list[MarkedBand]:
    """Where lines may lie whose frequency is not exact: below the shaft's speed, around slipping fault frequencies."""
    return viewing.bands(_row(context, asked), asked.harmonics, slip=asked.slip)


@operation("GET", "/datasets/{dataset}/signals/{signal}/python", right="read", offers=reproducing.as_python)
def get_python(context: Context, asked: CellRequest) -> PythonCell:
    """A notebook cell that reproduces what the Signal page shows, with the public workbench."""
    told = asked.model_dump(include={"axis", "start_s", "stop_s", "server"})
    code = reproducing.as_python(
        context,
        asked.dataset,
        asked.signal,
        views=asked.view or (() if asked.analysis else VIEWS),
        analyses=asked.analyses(),
        band=band_of(asked.low_hz, asked.high_hz),
        markers=asked.marker,
        against={plot: chosen for plot, _, chosen in (one.partition(":") for one in asked.against)},
        **told,
    )
    return PythonCell(code=code)


def _with_unit[Kind: Columnar](kind: type[Kind], computed: Any, unit: str) -> Kind:
    named = {name: getattr(computed, name) for name in kind.model_fields if name != "unit"}
    return kind(**named, unit=unit)
