"""Order spectrum, order map and time-synchronous average: what the shaft does, whatever its speed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.orders.angular import resample_to_angle
from pipelines.orders.speed_curve import SpeedCurve
from pipelines.spectra.averaged import averaged_spectrum
from pipelines.spectra.signal_input import checked_overlap


@dataclass(frozen=True, slots=True)
class OrderSpectrum:
    """Amplitude over order.

    Attributes
    ----------
    order : (K,) float64
        Multiples of the shaft speed.
    amplitude : (K,) float32 or float64, as the signal
        In the unit of the signal.
    resolution_orders : float
    segments : int
        Stretches averaged.
    revolutions : int
        Revolutions used.
    rpm_range : (float, float)
    method : str
    """

    order: NDArray[np.float64]
    amplitude: NDArray[np.floating]
    resolution_orders: float
    segments: int
    revolutions: int
    rpm_range: tuple[float, float]
    method: str


@dataclass(frozen=True, slots=True)
class OrderMap:
    """Amplitude over order and time: its columns are the tracks of the orders over speed.

    Attributes
    ----------
    revolution : (T,) float64
        Centre of each stretch, in revolutions.
    time_s : (T,) float64
        The same in seconds of the record.
    rpm : (T,) float64
        Mean speed of each stretch.
    order : (K,) float64
    amplitude : (T, K) float32
    method : str
    """

    revolution: NDArray[np.float64]
    time_s: NDArray[np.float64]
    rpm: NDArray[np.float64]
    order: NDArray[np.float64]
    amplitude: NDArray[np.float32]
    method: str


@dataclass(frozen=True, slots=True)
class SynchronousAverage:
    """Mean revolution.

    Attributes
    ----------
    angle_deg : (S,) float64
        0 up to 360, 0 where the speed curve begins to count.
    mean : (S,) float32 or float64, as the signal
    residual_rms : float
        Of what does not repeat every revolution.
    synchronous_rms : float
        Of `mean`.
    revolutions : int
        Averaged; what is not synchronous is left with 1/√revolutions of its rms.
    method : str
    """

    angle_deg: NDArray[np.float64]
    mean: NDArray[np.floating]
    residual_rms: float
    synchronous_rms: float
    revolutions: int
    method: str


def order_spectrum(
    x: ArrayLike,
    rate_hz: float,
    speed: SpeedCurve | float | None,
    *,
    max_order: float | None = None,
    resolution_orders: float | None = None,
    scale: Literal["peak", "rms"] = "rms",
    window: str = "hann",
    overlap: float = 0.5,
) -> OrderSpectrum:
    """Spectrum of the signal over shaft angle: a multiple of the shaft is one line at any speed.

    Parameters
    ----------
    x, rate_hz, speed, max_order
        As in `resample_to_angle`.
    resolution_orders : float, optional
        Distance of two lines: 0.1 averages stretches of ten revolutions; all revolutions at once if omitted.
    scale, window, overlap
        As in `averaged_spectrum`.

    Raises
    ------
    InputError
        As in `resample_to_angle` and `averaged_spectrum`, or a resolution finer than the revolutions allow.
    UnknownNameError
        Unknown window.
    """
    turned = resample_to_angle(x, rate_hz, speed, max_order=max_order)
    each = turned.revolutions if resolution_orders is None else _stretch(resolution_orders, turned.revolutions)
    found = averaged_spectrum(
        turned.values,
        float(turned.samples_per_revolution),
        scale=scale,
        window=window,
        segment=each * turned.samples_per_revolution,
        overlap=overlap,
    )
    kept = int(turned.max_order * each * (1 + 1e-9)) + 1
    return OrderSpectrum(
        order=found.freq_hz[:kept],
        amplitude=found.values[:kept],
        resolution_orders=1 / each,
        segments=found.segments,
        revolutions=turned.revolutions,
        rpm_range=turned.rpm_range,
        method=f"orders, {turned.method}, {each} a segment, {found.segments} segments",
    )


def order_map(
    x: ArrayLike,
    rate_hz: float,
    speed: SpeedCurve | float | None,
    *,
    max_order: float | None = None,
    resolution_orders: float = 0.1,
    overlap: float = 0.5,
    scale: Literal["peak", "rms"] = "rms",
    window: str = "hann",
) -> OrderMap:
    """Order spectra one after the other; parameters and errors as in `order_spectrum`."""
    turned = resample_to_angle(x, rate_hz, speed, max_order=max_order)
    each = _stretch(resolution_orders, turned.revolutions)
    size = each * turned.samples_per_revolution
    step = max(1, round(each * (1 - checked_overlap(overlap)))) * turned.samples_per_revolution
    starts = range(0, turned.values.size - size + 1, step)
    kept = int(turned.max_order * each * (1 + 1e-9)) + 1
    rows = [
        averaged_spectrum(
            turned.values[start : start + size], float(turned.samples_per_revolution), scale=scale, window=window
        )
        for start in starts
    ]
    first = np.array(starts) // turned.samples_per_revolution
    centre = first + each / 2
    return OrderMap(
        revolution=centre,
        time_s=np.interp(centre, np.arange(turned.turn_s.size), turned.turn_s),
        rpm=60 * each / (turned.turn_s[first + each] - turned.turn_s[first]),
        order=rows[0].freq_hz[:kept],
        amplitude=np.array([row.values[:kept] for row in rows], dtype=np.float32),
        method=f"order map, {turned.method}, {each} a row",
    )


def synchronous_average(
    x: ArrayLike, rate_hz: float, speed: SpeedCurve | float | None, *, max_order: float | None = None
) -> SynchronousAverage:
    """Mean over all revolutions (McFadden, Mech. Syst. Signal Process. 1 (1987) 83): keeps what the shaft repeats.

    Parameters and errors as in `resample_to_angle`.
    """
    turned = resample_to_angle(x, rate_hz, speed, max_order=max_order)
    rows = turned.by_revolution()
    mean = rows.mean(axis=0, dtype=np.float64)
    residual = float(np.sqrt(np.mean((rows - mean) ** 2, dtype=np.float64)))
    return SynchronousAverage(
        angle_deg=np.arange(mean.size, dtype=np.float64) * (360 / mean.size),
        mean=mean.astype(rows.dtype),
        residual_rms=residual,
        synchronous_rms=float(np.sqrt(np.mean(mean**2))),
        revolutions=turned.revolutions,
        method=f"time-synchronous average, {turned.method}",
    )


def _stretch(resolution_orders: float, revolutions: int) -> int:
    """Revolutions that resolve so finely; raises unless the record has them."""
    if not 0 < resolution_orders <= 1:
        raise InputError(
            f"resolution of {resolution_orders} orders, expected more than 0 and at most 1", hint="0.1 suits."
        )
    each = round(1 / resolution_orders)
    if each > revolutions:
        raise InputError(
            f"resolution of {resolution_orders:g} orders needs {each} revolutions, the record has {revolutions}",
            hint=f"Use a resolution of {1 / revolutions:.2g} orders or coarser, or a longer record.",
        )
    return each
