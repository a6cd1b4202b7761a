"""The part of the notebook's door that looks into files without importing them."""

from collections.abc import Mapping
from pathlib import Path

from data_catalog.formats import Inspection
from pfd_panel.services import peeking
from pfd_panel.services.context import Context
from pipelines.spectra import AmplitudeSpectrum, EnvelopeSpectrum


class LocalPeeking:
    """Files of this machine, looked at."""

    context: Context

    def peek(self, *paths: Path | str, rates: Mapping[str, float] | None = None) -> Inspection:
        """What several files hold; `rates` are in Hz by pattern of file names. Nothing is stored."""
        return peeking.peek(self.context, paths, rates=rates)

    def peek_spectrum(
        self,
        path: Path | str,
        *,
        recording: str | None = None,
        channel: str | None = None,
        rate_hz: float | None = None,
        segment: int | None = 8192,
    ) -> AmplitudeSpectrum:
        """Welch amplitude spectrum of one channel of a file, in rms units. Nothing is stored."""
        of = {"recording": recording, "channel": channel}
        return peeking.peek_spectrum(self.context, path, **of, rate_hz=rate_hz, segment=segment)

    def peek_envelope(
        self,
        path: Path | str,
        *,
        recording: str | None = None,
        channel: str | None = None,
        rate_hz: float | None = None,
        band: tuple[float, float] | None = None,
    ) -> EnvelopeSpectrum:
        """Squared-envelope spectrum of one channel of a file. Nothing is stored."""
        of = {"recording": recording, "channel": channel}
        return peeking.peek_envelope(self.context, path, **of, rate_hz=rate_hz, band=band)
