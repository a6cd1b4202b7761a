"""One signal of a server, with the methods of the local workbench."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from data_catalog.signals import SignalRow
from data_catalog.store.segment_reader import Overview
from pfd_panel.client.api import Api
from pfd_panel.client.columns import band_ends, fields_of
from pfd_panel.client.transport import Transport
from pfd_panel.services import analysing
from pfd_panel.services.measuring import Band, Plot
from pfd_panel.services.reproducing import FAMILIES, FIRST_SECONDS, VIEWS
from pfd_panel.services.viewing import SLIP, MarkedBand, Marker
from pipelines.analyses import Analysis, Found, in_words
from pipelines.cursors import CursorReading
from pipelines.spectra import AmplitudeSpectrum, EnvelopeSpectrum, Spectrogram


class RemoteViewing:
    """The part of `RemoteWorkbench` that shows one signal."""

    api: Api
    transport: Transport

    def signal(self, dataset: str, signal_id: str) -> SignalRow:
        """One signal of a dataset, by its id."""
        found: SignalRow = self.api.get_signal(dataset=dataset, signal=signal_id)
        return found

    def waveform(
        self, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None, *, buckets: int = 1200
    ) -> Overview:
        """Lowest and highest sample of each of at most `buckets` stretches, at any length as fast."""
        told = self.api.get_pyramid(**_of(row), start_s=start_s, stop_s=stop_s, buckets=buckets)
        return Overview(told.x0, told.step, told.low, told.high)

    def spectrum(self, row: SignalRow, *, segment: int | None = 8192) -> AmplitudeSpectrum:
        """Welch amplitude spectrum in rms units."""
        told = self.api.get_spectrum(**_of(row), segment=segment)
        return AmplitudeSpectrum(**fields_of(told, AmplitudeSpectrum))

    def envelope(
        self, row: SignalRow, *, band: tuple[float, float] | None = None, max_hz: float | None = None
    ) -> EnvelopeSpectrum:
        """Squared-envelope spectrum of a band; without one, of the band that the kurtogram suggests."""
        told = self.api.get_envelope(**_of(row), **band_ends(band), max_hz=max_hz)
        return EnvelopeSpectrum(**fields_of(told, EnvelopeSpectrum))

    def read_cursor(
        self, row: SignalRow, plot: Plot, kind: str, at: Sequence[float] = (), *, count: int = 5, band: Band = None
    ) -> CursorReading:
        """What a cursor reads on a plot of a signal."""
        asked = {"plot": plot, "kind": kind, "at": tuple(at), "count": count, **band_ends(band)}
        found: CursorReading = self.api.read_cursor(**_of(row), **asked)
        return found

    def spectrogram(self, row: SignalRow, *, seconds: float = FIRST_SECONDS) -> Spectrogram:
        """Short-time spectrum of the first `seconds`."""
        told = self.api.get_spectrogram(**_of(row), seconds=seconds)
        level, low, high = told.level_db, told.db_min, told.db_max
        image = np.clip((level - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
        return Spectrogram(
            np.array(told.time_s), told.freq_hz, level, image, low, high, told.resolution_hz, told.method
        )

    def analyses(self) -> list[Analysis]:
        """Every analysis that `analyse` knows, with its settings."""
        return analysing.kinds()

    def analyse(self, row: SignalRow, name: str, **settings: Any) -> Found:
        """A signal as one of `analyses` shows it: ``bench.analyse(row, "spectrum", window="flat top", scale="psd")``.

        What comes from a server has all but `Found.result`.
        """
        said = tuple(f"{setting}:{in_words(value)}" for setting, value in settings.items())
        found: Found = self.api.analyse_signal(**_of(row), analysis=name, set=said).found()
        return found

    def markers(
        self, row: SignalRow, harmonics: int = 4, *, sidebands: int = 0, mains_hz: float | None = None
    ) -> list[Marker]:
        """Shaft and bearing frequencies to look for, as far as speed and bearing are known."""
        found: list[Marker] = self.api.get_markers(
            **_of(row), harmonics=harmonics, sidebands=sidebands, mains_hz=mains_hz
        )
        return found

    def bands(self, row: SignalRow, harmonics: int = 4, *, slip: float = SLIP) -> list[MarkedBand]:
        """Where lines may lie whose frequency is not exact."""
        found: list[MarkedBand] = self.api.get_bands(**_of(row), harmonics=harmonics, slip=slip)
        return found

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
        told = self.api.get_python(
            **_of(row),
            **band_ends(band),
            view=list(views),
            analysis=tuple(analyses or ()),
            set=tuple(
                f"{name}.{key}:{value}" for name, given in (analyses or {}).items() for key, value in given.items()
            ),
            axis=axis,
            start_s=start_s,
            stop_s=stop_s,
            marker=list(markers),
            against=tuple(f"{plot}:{chosen}" for plot, chosen in (against or {}).items()),
            server=self.transport.url,
        )
        return str(told.code)


def _of(row: SignalRow) -> dict[str, str]:
    return {"dataset": row.dataset_id, "signal": row.signal_id}
