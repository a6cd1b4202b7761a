"""Spectra of one signal: averaged, envelope, spectrogram, wavelets, Wigner-Ville, cepstrum, kurtogram, floor and peaks.

Every function takes ``x`` of shape (L,) and its rate in Hz and returns a frozen dataclass of arrays with the words
that describe how it was computed. An invalid band raises `InputError`; nothing is clamped.
"""

from pipelines.spectra.amplitude import AmplitudeSpectrum, amplitude_spectrum
from pipelines.spectra.autocorrelation import Autocorrelation, autocorrelation
from pipelines.spectra.averaged import SCALE_UNITS, AveragedSpectrum, averaged_spectrum
from pipelines.spectra.cepstrum import Cepstrum, cepstrum
from pipelines.spectra.envelope import EnvelopeSpectrum, envelope_spectrum
from pipelines.spectra.floor import running_floor
from pipelines.spectra.kurtogram import Kurtogram, KurtogramCell, kurtogram
from pipelines.spectra.peaks import Peak, peaks
from pipelines.spectra.scalogram import Scalogram, scalogram
from pipelines.spectra.spectrogram import Spectrogram, spectrogram
from pipelines.spectra.waterfall import Waterfall, cascade, waterfall
from pipelines.spectra.wigner_ville import WignerVille, wigner_ville
from pipelines.spectra.windows import WINDOW_SHAPES, WindowShape

__all__ = [
    "SCALE_UNITS",
    "WINDOW_SHAPES",
    "AmplitudeSpectrum",
    "Autocorrelation",
    "AveragedSpectrum",
    "Cepstrum",
    "EnvelopeSpectrum",
    "Kurtogram",
    "KurtogramCell",
    "Peak",
    "Scalogram",
    "Spectrogram",
    "Waterfall",
    "WignerVille",
    "WindowShape",
    "amplitude_spectrum",
    "autocorrelation",
    "averaged_spectrum",
    "cascade",
    "cepstrum",
    "envelope_spectrum",
    "kurtogram",
    "peaks",
    "running_floor",
    "scalogram",
    "spectrogram",
    "waterfall",
    "wigner_ville",
]
