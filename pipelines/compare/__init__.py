"""Several signals against one another: aligned and subtracted, and one against the band that healthy ones span.

Arrays in, frozen dataclasses out; nothing is aligned, resampled or left out without words that say so.
"""

from pipelines.compare.alignment import Alignment, Difference, difference, suggest_offset
from pipelines.compare.bands import (
    LEAST_PIECES,
    STANDS_OUT_DB,
    Excess,
    ReferenceBand,
    over_band,
    reference_band,
    standing_out,
)
from pipelines.compare.conditions import Condition, Nearest, nearest_condition
from pipelines.compare.levels import level_difference
from pipelines.compare.numbers import Beside, beside
from pipelines.compare.pieces import AVERAGED, MOST_PIECES, envelope_pieces, spectrum_pieces

__all__ = [
    "AVERAGED",
    "LEAST_PIECES",
    "MOST_PIECES",
    "STANDS_OUT_DB",
    "Alignment",
    "Beside",
    "Condition",
    "Difference",
    "Excess",
    "Nearest",
    "ReferenceBand",
    "beside",
    "difference",
    "envelope_pieces",
    "level_difference",
    "nearest_condition",
    "over_band",
    "reference_band",
    "spectrum_pieces",
    "standing_out",
    "suggest_offset",
]
