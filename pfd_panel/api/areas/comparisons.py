"""Comparisons: several signals at once, their difference, and one against what is healthy."""

from typing import Annotated, Any

from pydantic import Field

from data_catalog.query_text import LONGEST
from data_catalog.signals import SignalRow
from pfd_panel.api.areas.signals import Frequency, Seconds
from pfd_panel.api.cursors import FieldError
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name, OfDataset, OfSignal, Word
from pfd_panel.api.wire import Answer, Column, Columnar
from pfd_panel.services import comparing, deviating, feature_deviating, referencing, viewing
from pfd_panel.services.comparing import MOST, Plot, Problem
from pfd_panel.services.context import Context
from pfd_panel.services.deviating import Against, StandsOut
from pfd_panel.services.feature_deviating import FeatureDeviation
from pfd_panel.services.referencing import LONGEST_NOTE, MOST_IDS, Reference
from pipelines.compare import Alignment

Several = Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST)]


class SeveralSignals(OfDataset):
    """Which signals of a dataset, by their ids."""

    signal: Several


class ChannelRequest(SeveralSignals):
    """Which stretch of which signals, and how finely."""

    start_s: Seconds = 0.0
    stop_s: Seconds | None = Field(None, description="Seconds; the end of the longest without.")
    buckets: int = Field(1200, ge=1, le=20_000, description="Most stretches to divide each into.")


class Banded(Asked):
    """The band of envelopes."""

    low_hz: float | None = Field(None, ge=0, le=1e9, description="Band to demodulate; without one, the kurtogram's.")
    high_hz: Frequency | None = None

    @property
    def band(self) -> tuple[float, float] | None:
        """The band, if one was given.

        Raises
        ------
        FieldError
            Only one end, or ends that do not follow one another.
        """
        if self.low_hz is None and self.high_hz is None:
            return None
        if self.low_hz is None or self.high_hz is None or not self.low_hz < self.high_hz:
            raise FieldError("a band has two ends, low < high", "query.low_hz", hint="Give both, or neither.")
        return self.low_hz, self.high_hz


class SpectraRequest(SeveralSignals, Banded):
    """Spectra of which signals."""

    plot: Plot = "spectrum"
    resolution_hz: Frequency | None = Field(None, description="Distance of lines; the finest that all carry without.")


class PairRequest(OfDataset):
    """Two signals of a dataset."""

    first: Name = Field(json_schema_extra={"example": "b1946ac92492d2347c6235b4d2611184"})
    second: Name = Field(json_schema_extra={"example": "591785b794601e212b260e25925636fd"})


class DifferenceRequest(PairRequest, Banded):
    """What to subtract."""

    plot: Annotated[str, Field(pattern="^(waveform|spectrum|envelope)$")] = "waveform"
    offset_s: float = Field(0.0, ge=-1e6, le=1e6, description="Added to the time of the second, s.")


class DeviationRequest(OfSignal, Banded):
    """What a signal is compared with."""

    plot: Plot = "spectrum"
    against: Against = "reference"
    fault: str = Field("", max_length=100, description="Which class; without one, that of the signal.")


class ReferenceRequest(OfDataset):
    """Signals by their ids, or all that a query finds."""

    signal_ids: tuple[Name, ...] = Field((), max_length=MOST_IDS)
    query: str = Field("", max_length=LONGEST, json_schema_extra={"example": ""})
    note: str = Field("", max_length=LONGEST_NOTE, description="Why these.")


class ChannelSeen(Answer):
    """Lowest and highest sample of consecutive buckets of `step` samples, the first beginning at sample `x0`."""

    signal_id: str
    x0: int
    step: int
    low: Column
    high: Column
    rate_hz: float
    unit: str


class LinesOf(Answer):
    """The spectrum of one signal, from zero."""

    signal_id: str
    values: Column
    unit: str
    speed_rpm: float | None


class SeveralSpectra(Answer):
    """Spectra with one resolution, and what was done to make them comparable."""

    plot: Plot
    resolution_hz: float
    lines: list[LinesOf]
    band_hz: tuple[float, float] | None
    notes: list[str]
    problems: list[Problem]


class DifferenceOfTwo(Columnar):
    """Second minus first: samples in their unit, or levels of spectra in dB; every `step` from `start`."""

    values: Column
    plot: Word
    start: float
    step: float
    unit: str
    offset_s: float
    share: float | None
    notes: list[str]


class DeviationFound(Columnar):
    """A spectrum beside median, 5 % and 95 % of its reference, from zero every `resolution_hz`."""

    values: Column
    median: Column
    low: Column
    high: Column
    over_db: Column
    plot: Plot
    against: str
    resolution_hz: float
    unit: str
    band_hz: tuple[float, float] | None
    stands_out: list[StandsOut]
    recordings: int
    pieces: int
    condition: str
    words: str
    notes: list[str]


class PeersRequest(OfSignal):
    """With what a signal would be compared."""

    against: Against = "reference"
    fault: str = Field("", max_length=100, description="Which class; without one, that of the signal.")


class PeersFound(Answer):
    """Recordings, at which operating condition, and what could not be kept the same."""

    rows: list[SignalRow]
    condition: str
    notes: list[str]


def _rows(context: Context, asked: SeveralSignals) -> list[SignalRow]:
    return [viewing.get(context, asked.dataset, one) for one in asked.signal]


def _pair(context: Context, asked: PairRequest) -> tuple[SignalRow, SignalRow]:
    return viewing.get(context, asked.dataset, asked.first), viewing.get(context, asked.dataset, asked.second)


@operation("GET", "/datasets/{dataset}/channels", right="read", offers=comparing.channels)
def get_channels(context: Context, asked: ChannelRequest) -> list[ChannelSeen]:
    """Lowest and highest samples of many stretches of 1 to 32 signals at once, at any length as fast."""
    seen = comparing.channels(context, _rows(context, asked), asked.start_s, asked.stop_s, asked.buckets)
    return [ChannelSeen(**vars(one)) for one in seen]


@operation("GET", "/datasets/{dataset}/spectra", right="read", offers=comparing.spectra)
def compare_spectra(context: Context, asked: SpectraRequest) -> SeveralSpectra:
    """Spectra, or envelope spectra of one band, of 1 to 32 signals on one grid.

    Signals without a spectrum are told under `problems`; the rest is answered.
    """
    rows = _rows(context, asked)
    found = comparing.spectra(context, rows, asked.plot, band=asked.band, resolution_hz=asked.resolution_hz)
    return SeveralSpectra.model_validate(found)


@operation("GET", "/datasets/{dataset}/difference", right="read", offers=comparing.difference)
def get_difference(context: Context, asked: DifferenceRequest) -> DifferenceOfTwo:
    """Second minus first: of the samples, aligned in time; or of spectra, in dB."""
    first, second = _pair(context, asked)
    found = comparing.difference(context, first, second, asked.plot, offset_s=asked.offset_s, band=asked.band)
    return DifferenceOfTwo(**vars(found))


@operation("GET", "/datasets/{dataset}/offset", right="read", offers=comparing.suggest_offset)
def suggest_offset(context: Context, asked: PairRequest) -> Alignment:
    """By how many seconds to move the second of two signals so that they correlate most."""
    return comparing.suggest_offset(context, *_pair(context, asked))


@operation("GET", "/datasets/{dataset}/reference", right="read", offers=referencing.get)
def get_reference(context: Context, asked: OfDataset) -> Reference:
    """Which signals of a dataset are declared healthy."""
    return referencing.get(context, asked.dataset)


@operation(
    "PUT",
    "/datasets/{dataset}/reference",
    right="work",
    offers=referencing.declare,
    example={"query": "fault:healthy", "signal_ids": [], "note": "Recorded after the overhaul."},
)
def declare_reference(context: Context, asked: ReferenceRequest) -> Reference:
    """Declare which signals of a dataset are healthy, in place of what was declared before."""
    return referencing.declare(context, asked.dataset, signal_ids=asked.signal_ids, query=asked.query, note=asked.note)


@operation("DELETE", "/datasets/{dataset}/reference", right="work", offers=referencing.withdraw)
def withdraw_reference(context: Context, asked: OfDataset) -> None:
    """Let a dataset have no healthy reference any more; the audit log keeps what it was."""
    referencing.withdraw(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/signals/{signal}/peers", right="read", offers=deviating.peers)
def list_peers(context: Context, asked: PeersRequest) -> PeersFound:
    """The recordings that a signal would be compared with, at which operating condition."""
    row = viewing.get(context, asked.dataset, asked.signal)
    return PeersFound.model_validate(deviating.peers(context, row, asked.against, fault=asked.fault))


@operation("GET", "/datasets/{dataset}/signals/{signal}/deviation", right="read", offers=deviating.deviation)
def get_deviation(context: Context, asked: DeviationRequest) -> DeviationFound:
    """A signal's spectrum against the healthy reference, or against the other recordings of a class.

    Compared at the nearest operating condition, which the answer names; what lies 6 dB over the 95 % line is listed.
    """
    row = viewing.get(context, asked.dataset, asked.signal)
    told: dict[str, Any] = {"fault": asked.fault, "band": asked.band}
    return DeviationFound(**vars(deviating.deviation(context, row, asked.plot, asked.against, **told)))


@operation(
    "GET",
    "/datasets/{dataset}/signals/{signal}/feature-deviations",
    right="read",
    offers=feature_deviating.features,
)
def list_feature_deviations(context: Context, asked: PeersRequest) -> list[FeatureDeviation]:
    """The features of a signal beside median and range of its reference or class, the farthest off first."""
    row = viewing.get(context, asked.dataset, asked.signal)
    return feature_deviating.features(context, row, asked.against, fault=asked.fault)
