"""The part of the notebook's door that shows one signal."""

from collections.abc import Mapping, Sequence
from typing import Any

from data_catalog.signals import SignalRow
from data_catalog.store.segment_reader import Overview
from pfd_panel.services import analysing, measuring, reproducing, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.measuring import Band, Plot
from pfd_panel.services.reproducing import FAMILIES, FIRST_SECONDS, VIEWS
from pfd_panel.services.viewing import SLIP, MarkedBand, Marker
from pipelines.analyses import Analysis, Found
from pipelines.cursors import CursorReading
from pipelines.spectra import AmplitudeSpectrum, EnvelopeSpectrum, Spectrogram


class LocalViewing:
    """What the Signal page shows, of a data directory."""

    context: Context

    def signal(self, dataset: str, signal_id: str) -> SignalRow:
        """One signal of a dataset, by its id."""
        return viewing.get(self.context, dataset, signal_id)

    def waveform(
        self, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None, *, buckets: int = 1200
    ) -> Overview:
        """Lowest and highest sample of each of at most `buckets` stretches, at any length as fast."""
        stop = row.length / row.rate_hz if stop_s is None else stop_s
        return viewing.overview(self.context, row, start_s, stop, buckets)

    def spectrum(self, row: SignalRow, *, segment: int | None = 8192) -> AmplitudeSpectrum:
        """Welch amplitude spectrum in rms units."""
        return viewing.spectrum(self.context, row, segment=segment)

    def envelope(
        self, row: SignalRow, *, band: tuple[float, float] | None = None, max_hz: float | None = None
    ) -> EnvelopeSpectrum:
        """Squared-envelope spectrum of a band; without one, of the band that the kurtogram suggests."""
        return viewing.envelope(self.context, row, band=band, max_hz=max_hz)

    def read_cursor(
        self, row: SignalRow, plot: Plot, kind: str, at: Sequence[float] = (), *, count: int = 5, band: Band = None
    ) -> CursorReading:
        """What a cursor reads on a plot of a signal; see `pfd_panel.services.measuring.cursor`."""
        return measuring.cursor(self.context, row, plot, kind, at, count=count, band=band)

    def spectrogram(self, row: SignalRow, *, seconds: float = FIRST_SECONDS) -> Spectrogram:
        """Short-time spectrum of the first `seconds`."""
        return viewing.time_frequency(self.context, row, seconds=seconds)

    def analyses(self) -> list[Analysis]:
        """Every analysis that `analyse` knows, with its settings."""
        return analysing.kinds()

    def analyse(self, row: SignalRow, name: str, **settings: Any) -> Found:
        """A signal as one of `analyses` shows it: ``bench.analyse(row, "spectrum", window="flat top", scale="psd")``.

        See `pfd_panel.services.analysing.analyse`.
        """
        return analysing.analyse(self.context, row, name, settings)

    def markers(
        self, row: SignalRow, harmonics: int = 4, *, sidebands: int = 0, mains_hz: float | None = None
    ) -> list[Marker]:
        """Shaft and bearing frequencies to look for, as far as speed and bearing are known."""
        return viewing.markers(row, harmonics, sidebands=sidebands, mains_hz=mains_hz)

    def bands(self, row: SignalRow, harmonics: int = 4, *, slip: float = SLIP) -> list[MarkedBand]:
        """Where lines may lie whose frequency is not exact."""
        return viewing.bands(row, harmonics, slip=slip)

    def as_python(
        self,
        row: SignalRow,
        *,
        views: Sequence[str] = VIEWS,
        analyses: Mapping[str, Mapping[str, str]] | None = None,
        axis: str = "hz",
        band: tuple[float, float] | None = None,
        start_s: float = 0.0,
        stop_s: float = FIRST_SECONDS,
        markers: Sequence[str] = FAMILIES,
        against: Mapping[str, str] | None = None,
    ) -> str:
        """A notebook cell that reproduces what the Signal page shows."""
        return reproducing.as_python(
            self.context,
            row.dataset_id,
            row.signal_id,
            views=views,
            analyses=analyses,
            axis=axis,
            band=band,
            start_s=start_s,
            stop_s=stop_s,
            markers=markers,
            against=against,
            home=str(self.context.catalog.home),
        )
