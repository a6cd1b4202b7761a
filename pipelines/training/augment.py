"""Changes of training windows that leave the label true, drawn from one generator: same seed, same windows.

Every function takes x (B, C, L) float32 and a generator and returns a new array of that shape. After T. T. Um et al.,
Data Augmentation of Wearable Sensor Data (ICMI 2017) where nothing else is said.
"""

import numpy as np
from numpy.typing import NDArray

from pipelines.training.settings import AugmentSettings

Windows = NDArray[np.float32]
KNOTS = 4
"""Places at which a slow random curve is drawn; between them it is a cosine of at most half a period."""


def add_noise(x: Windows, rng: np.random.Generator, snr_db: float) -> Windows:
    """White noise at a signal-to-noise ratio drawn between `snr_db` and 20 dB more, against each window's variance."""
    drawn = rng.uniform(snr_db, snr_db + 20.0, (len(x), 1, 1)).astype(np.float32)
    spread = x.std(axis=-1, keepdims=True) * np.float32(10.0) ** (-drawn / 20.0)
    return (x + spread * rng.standard_normal(x.shape, dtype=np.float32)).astype(np.float32, copy=False)


def shift(x: Windows, rng: np.random.Generator) -> Windows:
    """A circular shift by any number of samples, the same in all channels."""
    length = x.shape[-1]
    places = (np.arange(length) + rng.integers(0, length, (len(x), 1))) % length
    return np.take_along_axis(x, places[:, None, :], axis=-1)


def scale(x: Windows, rng: np.random.Generator, largest: float) -> Windows:
    """Amplitude times a factor between 1 - `largest` and 1 + `largest`."""
    return x * rng.uniform(1.0 - largest, 1.0 + largest, (len(x), 1, 1)).astype(np.float32)


def magnitude_warp(x: Windows, rng: np.random.Generator, spread: float) -> Windows:
    """Amplitude times a slow random curve around 1 with standard deviation `spread`."""
    return x * (1.0 + spread * _slow(len(x), x.shape[-1], rng))[:, None, :].astype(np.float32)


def time_warp(x: Windows, rng: np.random.Generator, largest: float) -> Windows:
    """Time that runs up to `largest` faster or slower here and there; first and last sample keep their places."""
    length = x.shape[-1]
    pace = 1.0 + largest * np.clip(_slow(len(x), length - 1, rng), -1.0, 1.0)
    moments = np.concatenate([np.zeros((len(x), 1)), np.cumsum(pace, axis=1)], axis=1)
    return _read_at(x, moments * ((length - 1) / moments[:, -1:]))


def change_speed(x: Windows, rng: np.random.Generator, largest: float) -> Windows:
    """The window as at a shaft speed up to `largest` higher or lower: read faster, or slower, about its middle.

    What a faster reading has no samples for continues in mirror image.
    """
    length = x.shape[-1]
    factor = rng.uniform(1.0 - largest, 1.0 + largest, (len(x), 1))
    middle = (length - 1) / 2.0
    moments = middle + factor * (np.arange(length) - middle)
    return _read_at(x, (length - 1) - np.abs((length - 1) - np.abs(moments)))


def mask(x: Windows, rng: np.random.Generator, longest: float) -> Windows:
    """One stretch of up to the share `longest` of a window at zero (SpecAugment's mask: D. S. Park et al., 2019)."""
    length = x.shape[-1]
    width = rng.uniform(0.0, longest, (len(x), 1)) * length
    begin = rng.uniform(0.0, 1.0, (len(x), 1)) * (length - width)
    place = np.arange(length)
    return np.where(((place >= begin) & (place < begin + width))[:, None, :], np.float32(0.0), x)


def mixup(
    x: Windows, target: NDArray[np.float32], rng: np.random.Generator, strength: float
) -> tuple[Windows, NDArray[np.float32]]:
    """Windows and targets (B, C) mixed with those of another window (H. Zhang et al., mixup, ICLR 2018)."""
    other = rng.permutation(len(x))
    share = rng.beta(strength, strength, len(x)).astype(np.float32)
    mixed = share[:, None, None] * x + (1.0 - share)[:, None, None] * x[other]
    return mixed, share[:, None] * target + (1.0 - share)[:, None] * target[other]


def cutmix(
    x: Windows, target: NDArray[np.float32], rng: np.random.Generator, strength: float
) -> tuple[Windows, NDArray[np.float32]]:
    """A stretch of another window in place of one's own, targets by length (S. Yun et al., CutMix, ICCV 2019)."""
    length = x.shape[-1]
    other = rng.permutation(len(x))
    width = np.round((1.0 - rng.beta(strength, strength, len(x))) * length).astype(np.int64)
    begin = (rng.uniform(size=len(x)) * (length - width + 1)).astype(np.int64)
    place = np.arange(length)
    inside = (place >= begin[:, None]) & (place < (begin + width)[:, None])
    share = (1.0 - width / length).astype(np.float32)[:, None]
    return np.where(inside[:, None, :], x[other], x), share * target + (1.0 - share) * target[other]


def augment(
    x: Windows, target: NDArray[np.float32], settings: AugmentSettings, rng: np.random.Generator
) -> tuple[Windows, NDArray[np.float32]]:
    """Apply whatever is set, in the order in which it happens to a signal: speed and time, amplitude, noise, mixing."""
    if settings.speed:
        x = change_speed(x, rng, settings.speed)
    if settings.time_warp:
        x = time_warp(x, rng, settings.time_warp)
    if settings.shift:
        x = shift(x, rng)
    if settings.scale:
        x = scale(x, rng, settings.scale)
    if settings.magnitude_warp:
        x = magnitude_warp(x, rng, settings.magnitude_warp)
    if settings.noise_snr_db is not None:
        x = add_noise(x, rng, settings.noise_snr_db)
    if settings.masking:
        x = mask(x, rng, settings.masking)
    if settings.mixup:
        x, target = mixup(x, target, rng, settings.mixup)
    if settings.cutmix:
        x, target = cutmix(x, target, rng, settings.cutmix)
    return x, target


def _slow(rows: int, length: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Random curves (rows, length), standard normal at `KNOTS` knots."""
    knots = rng.standard_normal((rows, KNOTS))
    place = np.linspace(0.0, KNOTS - 1.0, length)
    left = np.minimum(place.astype(np.int64), KNOTS - 2)
    part = 0.5 - 0.5 * np.cos(np.pi * (place - left))
    return knots[:, left] * (1.0 - part) + knots[:, left + 1] * part


def _read_at(x: Windows, moments: NDArray[np.float64]) -> Windows:
    """Interpolate linearly at `moments` (B, L), in samples."""
    left = np.clip(moments.astype(np.int64), 0, x.shape[-1] - 2)
    part = (moments - left).astype(np.float32)[:, None, :]
    before = np.take_along_axis(x, left[:, None, :], axis=-1)
    after = np.take_along_axis(x, left[:, None, :] + 1, axis=-1)
    return before + part * (after - before)
