"""Orders: speed curves from a tacho, a table or a ridge, and what a signal shows over shaft angle.

Every function takes ``x`` of shape (L,), its rate in Hz and a speed (a `SpeedCurve`, a constant in rpm, or None, which
is refused in words) and returns a frozen dataclass.
"""

from pipelines.orders.angular import AngularSignal, resample_to_angle
from pipelines.orders.orbit import Orbit, orbit
from pipelines.orders.order_spectrum import (
    OrderMap,
    OrderSpectrum,
    SynchronousAverage,
    order_map,
    order_spectrum,
    synchronous_average,
)
from pipelines.orders.ridge import Ridge, follow_ridge, speed_from_ridge
from pipelines.orders.speed_curve import SpeedCurve, constant_speed, speed_curve
from pipelines.orders.tacho import pulse_times, speed_from_tacho

__all__ = [
    "AngularSignal",
    "Orbit",
    "OrderMap",
    "OrderSpectrum",
    "Ridge",
    "SpeedCurve",
    "SynchronousAverage",
    "constant_speed",
    "follow_ridge",
    "orbit",
    "order_map",
    "order_spectrum",
    "pulse_times",
    "resample_to_angle",
    "speed_curve",
    "speed_from_ridge",
    "speed_from_tacho",
    "synchronous_average",
]
