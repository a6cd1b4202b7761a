"""Filters of one waveform: band-pass, notch, detrend, envelope, integration to velocity and displacement.

Every function takes ``x`` of shape (L,) and its rate in Hz and returns a frozen dataclass with ``values`` of the same
length and dtype, without delay. An invalid band raises `InputError`; nothing is clamped and gaps are never filled.
"""

from pipelines.filters.filtering import FilteredSignal, band_pass, detrend, envelope, notch
from pipelines.filters.integration import UNITS, IntegratedSignal, integrate

__all__ = [
    "UNITS",
    "FilteredSignal",
    "IntegratedSignal",
    "band_pass",
    "detrend",
    "envelope",
    "integrate",
    "notch",
]
