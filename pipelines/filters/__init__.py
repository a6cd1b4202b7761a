"""Filters of one waveform: band-pass, notch, detrend, envelope, integration to velocity and displacement, another rate.

Every function takes ``x`` of shape (L,) and its rate in Hz and returns a frozen dataclass with ``values`` of the same
length (but for another rate) and dtype, without delay. An invalid band raises `InputError`; nothing is clamped and gaps
are never filled.
"""

from pipelines.filters.filtering import FilteredSignal, band_pass, detrend, envelope, notch
from pipelines.filters.integration import UNITS, IntegratedSignal, integrate
from pipelines.filters.resampling import ResampledSignal, resample

__all__ = [
    "UNITS",
    "FilteredSignal",
    "IntegratedSignal",
    "ResampledSignal",
    "band_pass",
    "detrend",
    "envelope",
    "integrate",
    "notch",
    "resample",
]
