"""Short-time spectrum as an image: decibels in eight bits with their scale."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.decibels import level_bytes, power_levels
from pipelines.spectra.signal_input import checked_rate, checked_signal
from pipelines.spectra.windows import window_of

# frames transformed at once: few enough for the second-level cache, enough for the transform to vectorise over them
_BLOCK_FRAMES = 64


@dataclass(frozen=True, slots=True)
class Spectrogram:
    """Level over time and frequency.

    Attributes
    ----------
    time_s : (T,) float64
        Centre of each window.
    freq_hz : (F,) float64
    level_db : (F, T) float32
        Amplitude (peak) in dB re one unit of the signal.
    image : (F, T) uint8
        `level_db` with `db_min` at 0 and `db_max` at 255.
    db_min, db_max : float
    resolution_hz : float
    method : str
    """

    time_s: NDArray[np.float64]
    freq_hz: NDArray[np.float64]
    level_db: NDArray[np.float32]
    image: NDArray[np.uint8]
    db_min: float
    db_max: float
    resolution_hz: float
    method: str


def spectrogram(
    x: ArrayLike,
    rate_hz: float,
    *,
    window: int = 256,
    hop: int = 64,
    dynamic_range_db: float = 60.0,
    window_shape: str = "hann",
) -> Spectrogram:
    """Short-time Fourier transform.

    Parameters
    ----------
    x : (L,) array_like
        One signal; its mean is removed.
    rate_hz : float
        Sampling rate, Hz.
    window, hop : int
        Samples per window and between windows: an overlap of 75 % is a hop of a quarter of the window.
    dynamic_range_db : float
        Range of the image below its highest level.
    window_shape : str
        A name of `WINDOW_SHAPES`.

    Raises
    ------
    InputError
        Unusable signal, a window outside 16 samples to the length of the signal, a hop outside 1 to the window.
    UnknownNameError
        Unknown window shape.
    """
    rate = checked_rate(rate_hz)
    signal = checked_signal(x)
    if not 16 <= window <= signal.size:
        raise InputError(f"window of {window} samples, expected 16 to {signal.size}", hint="Choose a shorter window.")
    if not 1 <= hop <= window:
        raise InputError(f"hop of {hop} samples, expected 1 to the window ({window})", hint="A quarter window suits.")
    if not dynamic_range_db > 0:
        raise InputError(f"dynamic range {dynamic_range_db} dB, expected a positive number", hint="60 dB suits.")
    shape = window_of(window_shape, window)
    taper = shape.values.astype(np.float32)
    frames = sliding_window_view(signal, window)[::hop]
    lines = window // 2 + 1
    level = np.empty((lines, frames.shape[0]), dtype=np.float32)
    scale = np.float32((2 / shape.total) ** 2)
    tapered = np.empty((_BLOCK_FRAMES, window), dtype=np.float32)
    rows = np.empty((_BLOCK_FRAMES, lines), dtype=np.float32)
    for start in range(0, frames.shape[0], _BLOCK_FRAMES):
        count = min(_BLOCK_FRAMES, frames.shape[0] - start)
        np.multiply(frames[start : start + count], taper, out=tapered[:count])
        block = scipy.fft.rfft(tapered[:count], axis=-1)
        power_levels(block.view(np.float32), scale, rows[:count], level, start)
    top = float(level.max())
    bottom = top - dynamic_range_db
    image = np.empty(level.shape, dtype=np.uint8)
    level_bytes(level, np.float32(bottom), np.float32(255 / dynamic_range_db), image)
    return Spectrogram(
        time_s=(np.arange(frames.shape[0], dtype=np.float64) * hop + window / 2) / rate,
        freq_hz=np.arange(window // 2 + 1, dtype=np.float64) * (rate / window),
        level_db=level,
        image=image,
        db_min=bottom,
        db_max=top,
        resolution_hz=rate / window,
        method=f"STFT {window}/{hop}, {shape.title}, dB re 1 unit",
    )
