"""Running median: the local floor that lines stand out of."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pipelines.errors import InputError


def running_floor(values: NDArray[np.floating], width: int, *, step: int | None = None) -> NDArray[np.float64]:
    """Running median over `width` neighbouring lines along the last axis.

    Parameters
    ----------
    values : (..., K) array
        Powers or amplitudes.
    width : int
        Lines in the window, at least 3; a window wider than the spectrum takes all of it.
    step : int, optional
        The median is computed at every `step`-th line and interpolated linearly between; a quarter of the width if
        omitted (a floor is smooth on that scale). 1 is exact.

    Returns
    -------
    (..., K) float64
        Near both ends the window is the nearest whole one, never mirrored lines.
    """
    if width < 3:
        raise InputError(f"floor over {width} lines, expected at least 3", hint="Widen the window of the floor.")
    count = values.shape[-1]
    width = min(width, count)
    stride = max(1, width // 4) if step is None else max(1, step)
    windows = sliding_window_view(values, width, axis=-1)[..., ::stride, :]
    medians = np.median(windows, axis=-1)
    centres = np.arange(windows.shape[-2]) * stride + (width - 1) / 2
    if centres.size == 1:
        return np.broadcast_to(medians.astype(np.float64), values.shape).copy()
    lines = np.arange(count)
    position = np.clip((lines - centres[0]) / stride, 0, centres.size - 1)
    left = np.minimum(position.astype(np.intp), centres.size - 2)
    share = position - left
    return medians[..., left] * (1 - share) + medians[..., left + 1] * share
