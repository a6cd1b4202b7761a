"""One record: features of the whole and of each window."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.features.config import FeatureConfig
from pipelines.features.declaration import feature_names
from pipelines.features.extraction import extract
from pipelines.features.grid import MIN_SAMPLES
from pipelines.features.orders_input import HasFaultOrders

#: Windows that are copied out of a record together.
WINDOWS_AT_ONCE = 512


@dataclass(frozen=True)
class RecordFeatures:
    """Features of one record.

    Attributes
    ----------
    whole : (F,) float64, of the whole record.
    windows : (W, F) float64, of each window; W may be 0.
    starts : (W,) int64, first sample of each window.
    """

    whole: NDArray[np.float64]
    windows: NDArray[np.float64]
    starts: NDArray[np.int64]


def windows(length: int, rate_hz: float, config: FeatureConfig) -> list[tuple[int, int]]:
    """Cut a record into whole windows (start, stop) in samples; a rest shorter than a window is left out.

    Raises
    ------
    InputError
        A window of less than 64 samples at this rate.
    """
    if config.window_s is None:
        return []
    size = round(config.window_s * rate_hz)
    if size < MIN_SAMPLES:
        raise InputError(
            f"window of {config.window_s:g} s is {size} samples at {rate_hz:g} Hz, expected at least {MIN_SAMPLES}",
            hint=f"Use windows of {MIN_SAMPLES / rate_hz:.3g} s or more." if rate_hz > 0 else "State the rate in Hz.",
        )
    step = max(1, round(size * (1 - config.overlap)))
    return [(start, start + size) for start in range(0, length - size + 1, step)]


def extract_record(
    x: ArrayLike,
    rate_hz: float,
    speed_rpm: float | None = None,
    orders: HasFaultOrders | None = None,
    config: FeatureConfig | None = None,
) -> RecordFeatures:
    """Compute the features of a record, whole and window by window.

    Parameters
    ----------
    x : (L,) array
    rate_hz : float
    speed_rpm : float or None
        Shaft speed, constant over the record; None when unknown.
    orders : HasFaultOrders or None
        Fault orders of the bearing; None when the geometry is unknown or the bearing has an oil film.
    config : FeatureConfig or None
        Default: all domains, windows of 1 s without overlap.

    Raises
    ------
    InputError
        See `extract` and `windows`.
    """
    chosen = config or FeatureConfig()
    samples = np.asarray(x)
    if samples.ndim != 1:
        raise InputError(f"record of shape {samples.shape}, expected one channel (samples,)")
    whole = extract(samples, rate_hz, speed_rpm=speed_rpm, orders=orders, domains=chosen.domains)[0]
    cuts = windows(len(samples), rate_hz, chosen)
    starts = np.array([start for start, _ in cuts], dtype=np.int64)
    if not cuts:
        return RecordFeatures(whole, np.empty((0, len(feature_names(chosen.domains)))), starts)
    # a view of all windows; copied part by part, so that overlap does not multiply the record in memory
    cut = np.lib.stride_tricks.sliding_window_view(samples, cuts[0][1] - cuts[0][0])
    rows = [
        extract(cut[part], rate_hz, speed_rpm=speed_rpm, orders=orders, domains=chosen.domains)
        for part in np.array_split(starts, -(-len(starts) // WINDOWS_AT_ONCE))
    ]
    return RecordFeatures(whole, np.concatenate(rows), starts)
