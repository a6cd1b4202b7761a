"""Spectra of one signal: amplitude, envelope, spectrogram, kurtogram, running floor and peaks.

Every function takes ``x`` of shape (L,) and its rate in Hz and returns a frozen dataclass of arrays with the words
that describe how it was computed. An invalid band raises `InputError`; nothing is clamped.
"""

from pipelines.spectra.amplitude import AmplitudeSpectrum, amplitude_spectrum
from pipelines.spectra.envelope import EnvelopeSpectrum, envelope_spectrum
from pipelines.spectra.floor import running_floor
from pipelines.spectra.kurtogram import Kurtogram, kurtogram
from pipelines.spectra.peaks import Peak, peaks
from pipelines.spectra.spectrogram import Spectrogram, spectrogram

__all__ = [
    "AmplitudeSpectrum",
    "EnvelopeSpectrum",
    "Kurtogram",
    "Peak",
    "Spectrogram",
    "amplitude_spectrum",
    "envelope_spectrum",
    "kurtogram",
    "peaks",
    "running_floor",
    "spectrogram",
]
