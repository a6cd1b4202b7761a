"""A rough geometry from boundary dimensions, for deep groove bearings that no source covers."""

import math

from pipelines.bearings.geometry import BearingGeometry
from pipelines.errors import InputError

# Balls of deep groove bearings measure about 0.3 of the radial section and sit midway between bore and outside
# diameter; a Conrad bearing is filled over an arc of about 195 degrees (Harris and Kotzalas, Rolling Bearing
# Analysis, 5th ed., ch. 2). The ball count that follows is right for most sizes, not for all: hence `approximate`.
BALL_PER_SECTION = 0.3
FILLING_ANGLE_DEG = 195.0


def approximate_deep_groove(designation: str, bore_mm: float, outside_mm: float) -> BearingGeometry:
    """Estimate the geometry of a single-row deep groove ball bearing from its ISO 15 boundary dimensions.

    Parameters
    ----------
    designation : str
        Name to carry, e.g. ``"6308"``.
    bore_mm, outside_mm : float
        Bore and outside diameter, mm.

    Returns
    -------
    BearingGeometry
        With ``approximate=True``. The ball count may be off by one, which moves BPFO and BPFI by about a tenth:
        nothing healthy can be concluded from a search at these frequencies.
    """
    if not (math.isfinite(bore_mm) and math.isfinite(outside_mm) and 0 < bore_mm < outside_mm):
        raise InputError(
            f"bore {bore_mm} mm and outside diameter {outside_mm} mm, expected 0 < bore < outside",
            hint="Both stand in the catalogue, e.g. 40 and 90 mm for a 6308.",
        )
    ball = BALL_PER_SECTION * (outside_mm - bore_mm)
    pitch = (outside_mm + bore_mm) / 2
    count = round(1 + math.radians(FILLING_ANGLE_DEG) / (2 * math.asin(ball / pitch)))
    return BearingGeometry(
        designation,
        max(3, count),
        round(ball, 3),
        round(pitch, 3),
        source="approximation: ball 0.3 (outside - bore), pitch (outside + bore)/2, filling angle 195 degrees",
        approximate=True,
    )
