"""Files of this machine, looked at by a server that stores no signal of them."""

from collections.abc import Mapping
from pathlib import Path

from data_catalog.formats import Inspection
from pfd_panel.client.api import Api
from pfd_panel.client.columns import band_ends, fields_of
from pfd_panel.client.uploads import Uploads
from pipelines.spectra import AmplitudeSpectrum, EnvelopeSpectrum


class RemotePeeking:
    """The part of `RemoteWorkbench` that looks into files; they are sent first."""

    api: Api
    uploads: Uploads

    def peek(self, *paths: Path | str, rates: Mapping[str, float] | None = None) -> Inspection:
        """What several files hold; `rates` are in Hz by pattern of file names. Nothing is stored."""
        sent = [self.uploads.send(path) for path in paths]
        found: Inspection = self.api.peek(uploads=sent, rates=dict(rates or {}))
        return found

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
        of = {"upload": self.uploads.send(path), "recording": recording, "channel": channel}
        told = self.api.get_peek_spectrum(**of, rate_hz=rate_hz, segment=segment)
        return AmplitudeSpectrum(**fields_of(told, AmplitudeSpectrum))

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
        of = {"upload": self.uploads.send(path), "recording": recording, "channel": channel}
        told = self.api.get_peek_envelope(**of, rate_hz=rate_hz, **band_ends(band))
        return EnvelopeSpectrum(**fields_of(told, EnvelopeSpectrum))
