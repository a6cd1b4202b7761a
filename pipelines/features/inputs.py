"""What extraction accepts, and what it says when it does not."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.features.grid import MIN_SAMPLES
from pipelines.features.orders_input import HasFaultOrders

Samples = NDArray[np.float32] | NDArray[np.float64]

#: The range of float32: beyond it no sensor's unit makes sense and third powers leave float64.
LARGEST = 3.4e38


@dataclass(frozen=True)
class Checked:
    """Arguments of an extraction after all checks.

    Attributes
    ----------
    x : (B, L) float32 or float64, C-contiguous.
    rate_hz : float
    shaft_hz : (B,) float64, NaN where the speed is unknown.
    """

    x: Samples
    rate_hz: float
    shaft_hz: NDArray[np.float64]


def checked(x: ArrayLike, rate_hz: float, speed_rpm: ArrayLike | None, orders: HasFaultOrders | None) -> Checked:
    """Check and normalise the arguments of an extraction, except that samples are finite (`require_finite`).

    Raises
    ------
    InputError
        Samples that are not real, signals shorter than 64 samples, a rate, speed or order that is not
        positive, or speeds whose number differs from the number of signals.
    """
    block = _block(x)
    if not (math.isfinite(rate_hz) and rate_hz > 0):
        raise InputError(f"sampling rate {rate_hz} Hz, expected a positive number", hint="State the rate in Hz.")
    _check_orders(orders)
    return Checked(block, float(rate_hz), _shaft_hz(speed_rpm, len(block)))


def _block(x: ArrayLike) -> Samples:
    raw = np.asarray(x)
    if raw.dtype.kind not in "fiub":
        raise InputError(f"samples of type {raw.dtype}, expected real numbers", hint="Pass one real channel.")
    if raw.ndim not in (1, 2):
        raise InputError(f"array of shape {raw.shape}, expected (signals, samples) or (samples,)")
    if raw.shape[-1] < MIN_SAMPLES:
        raise InputError(
            f"signal of {raw.shape[-1]} samples, expected at least {MIN_SAMPLES}", hint="Use a longer recording."
        )
    dtype: Any = np.float32 if raw.dtype in (np.float16, np.float32, np.int16, np.int8, np.uint8) else np.float64
    return np.atleast_2d(np.ascontiguousarray(raw, dtype=dtype))


def require_finite(block: Samples) -> None:
    """Refuse samples that are NaN, infinite or beyond any unit.

    Raises
    ------
    InputError
        Says how many.
    """
    # NaN propagates through the extremes and fails both comparisons
    if block.size == 0 or (block.max() <= LARGEST and block.min() >= -LARGEST):
        return
    nan, infinite = int(np.isnan(block).sum()), int(np.isinf(block).sum())
    if nan or infinite:
        raise InputError(
            f"{nan} NaN and {infinite} infinite of {block.size} samples, expected finite numbers",
            hint="Cut the gap out, or interpolate it and say so in the notes.",
        )
    raise InputError(f"samples up to {np.abs(block).max():.3g}, expected magnitudes below {LARGEST:.3g}")


def _shaft_hz(speed_rpm: ArrayLike | None, count: int) -> NDArray[np.float64]:
    if speed_rpm is None:
        return np.full(count, np.nan)
    rpm = np.asarray(speed_rpm, dtype=np.float64)
    if rpm.ndim > 1 or (rpm.ndim == 1 and len(rpm) != count):
        raise InputError(f"speeds of shape {rpm.shape}, expected one number or one for each of {count} signals")
    if np.any(rpm <= 0) or np.any(np.isinf(rpm)):
        raise InputError(
            "shaft speed that is not positive and finite", hint="Leave an unknown speed out (None or NaN)."
        )
    return np.broadcast_to(rpm / 60, (count,))


def _check_orders(orders: HasFaultOrders | None) -> None:
    if orders is None:
        return
    for name in ("bpfo", "bpfi", "bsf", "ftf"):
        value = getattr(orders, name)
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"fault order {name} = {value}, expected a positive multiple of the shaft speed")
