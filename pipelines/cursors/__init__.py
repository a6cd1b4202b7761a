"""What cursors read: lines of a spectrum or samples of a waveform where an analyst puts them."""

from pipelines.cursors.families import (
    HIGHEST_COUNT,
    band,
    delta,
    harmonics,
    periods,
    sidebands,
    single,
    stretch,
)
from pipelines.cursors.lines import CursorReading, Lines, Reading, Total
from pipelines.cursors.placing import best_family, highest_lines

__all__ = [
    "HIGHEST_COUNT",
    "CursorReading",
    "Lines",
    "Reading",
    "Total",
    "band",
    "best_family",
    "delta",
    "harmonics",
    "highest_lines",
    "periods",
    "sidebands",
    "single",
    "stretch",
]
