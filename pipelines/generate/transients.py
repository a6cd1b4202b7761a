"""What a machine may do during a record: change its speed, take up load, warm up."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.timeline import Timeline

TransientKind = Literal["speed_ramp", "load_step", "thermal_expansion"]
TRANSIENTS: tuple[TransientKind, ...] = get_args(TransientKind)

RAMP_RATIO = (0.85, 1.15)
RAMP_FRACTION = (0.2, 0.6)
LOAD_BEFORE, LOAD_STEP_FRACTION = 0.7, 0.4
EXPANSION_TIME_FRACTION = 0.3


def transient_profiles(
    kind: TransientKind | None, timeline: Timeline
) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[str, Any]]:
    """Speed ratio and envelope m(t) of a transient at the knots, and its parameters.

    A speed ramp changes the speed, and the amplitudes only through the law of each fault. The speed is continuous:
    85 % until a fifth of the record, 115 % after three fifths. The other two change the envelope.

    Returns
    -------
    tuple
        Speed ratio ``(K,)``, envelope ``(K,)``, parameters for the metadata.
    """
    ratio, envelope = timeline.constant(1.0), timeline.constant(1.0)
    if kind == "speed_ramp":
        ratio = np.interp(timeline.fraction, RAMP_FRACTION, RAMP_RATIO)
        begin, end = (share * timeline.duration_s for share in RAMP_FRACTION)
        return ratio, envelope, {"from": RAMP_RATIO[0], "to": RAMP_RATIO[1], "begin_s": begin, "end_s": end}
    if kind == "load_step":
        envelope = np.where(timeline.fraction < LOAD_STEP_FRACTION, LOAD_BEFORE, 1.0)
        return ratio, envelope, {"before": LOAD_BEFORE, "step_s": LOAD_STEP_FRACTION * timeline.duration_s}
    if kind == "thermal_expansion":
        envelope = 0.9 + 0.2 * (1.0 - np.exp(-timeline.fraction / EXPANSION_TIME_FRACTION))
        return ratio, envelope, {"time_constant_s": EXPANSION_TIME_FRACTION * timeline.duration_s}
    return ratio, envelope, {}
