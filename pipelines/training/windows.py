"""Signals as windows of one length at one rate, read when they are asked for."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.training.representation import SHOWN, Series, length_of_series, samples_of_window, series_rate, to_series
from pipelines.training.settings import InputSettings

KEPT_BYTES = 2**29
"""Series kept in memory after they were read; beyond it they are read and resampled again every epoch."""
FITTED_ON = 1024
"""Windows that mean and spread are learned from: their error is then below 1 % for any signal with a spread."""


@dataclass(frozen=True)
class Source:
    """What is known of a signal before it is read: samples, rate in Hz, and shaft speed in rpm if known."""

    length: int
    rate_hz: float
    speed_rpm: float | None = None


@dataclass(frozen=True)
class Scaling:
    """Mean and spread of training windows; without them every window by its own."""

    mean: float | None = None
    spread: float | None = None

    def apply(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scale windows (..., length)."""
        if self.mean is not None and self.spread is not None:
            return (x - np.float32(self.mean)) / np.float32(self.spread)
        spread = x.std(axis=-1, keepdims=True)
        scaled = (x - x.mean(axis=-1, keepdims=True)) / np.where(spread > 0, spread, np.float32(1.0))
        return scaled.astype(np.float32, copy=False)


class SignalWindows:
    """The windows of some signals, in the order of the signals.

    Parameters
    ----------
    sources : sequence of Source
    read : callable
        ``read(i)`` returns the samples of signal i, (length,).
    settings : InputSettings
    rate_hz : float, optional
        The rate that signals are brought to; that of the settings, or else the lowest among the sources.
    kept_bytes : int
        Memory for series that were read.

    Attributes
    ----------
    signal, start : (W,) int64
        Signal of each window, and its first sample in the series of that.
    rate_hz : float

    Raises
    ------
    InputError
        No rate, or no shaft speed where it is needed.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        read: Callable[[int], NDArray[np.floating]],
        settings: InputSettings,
        *,
        rate_hz: float | None = None,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self.rate_hz = rate_hz or settings.rate_hz or min(source.rate_hz for source in sources)
        self._sources, self._read, self._settings = sources, read, settings
        self._needed = samples_of_window(settings)
        self._show = SHOWN[settings.representation]
        self._series: dict[int, Series] = {}
        self._room = kept_bytes
        self._lock = threading.Lock()
        starts = [self._starts(source) for source in sources]
        self.signal = np.repeat(np.arange(len(sources)), [len(of_one) for of_one in starts])
        self.start = np.concatenate(starts) if starts else np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.signal)

    def read(self, rows: NDArray[np.int64], scaling: Scaling | None = None) -> NDArray[np.float32]:
        """Return windows (len(rows), 1, length); a signal shorter than one window is continued with zeros."""
        blocks = np.zeros((len(rows), self._needed), dtype=np.float32)
        for place, row in enumerate(rows):
            series, start = self._series_of(int(self.signal[row])), int(self.start[row])
            part = series[start : start + self._needed]
            blocks[place, : len(part)] = part
        shown = self._show(blocks)
        return (shown if scaling is None else scaling.apply(shown))[:, None, :]

    def fit(self, rows: NDArray[np.int64], rng: np.random.Generator) -> Scaling:
        """Learn the scaling from training windows (a seeded draw of them), if it is to be learned."""
        if self._settings.scaling != "training":
            return Scaling() if self._settings.scaling == "window" else Scaling(0.0, 1.0)
        drawn = np.sort(rng.choice(rows, min(FITTED_ON, len(rows)), replace=False))
        x = self.read(drawn)
        spread = float(x.std(dtype=np.float64))
        if not spread > 0:
            raise InputError("the training signals do not move at all", hint="Look at them: they hold one value only.")
        return Scaling(float(x.mean(dtype=np.float64)), spread)

    def _starts(self, source: Source) -> NDArray[np.int64]:
        wanted = series_rate(self._settings, self.rate_hz, source.speed_rpm)
        length = length_of_series(source.length, source.rate_hz, wanted)
        step = max(1, round(self._needed * (1.0 - self._settings.overlap)))
        return np.arange(0, max(length - self._needed, 0) + 1, step)

    def _series_of(self, signal: int) -> Series:
        kept = self._series.get(signal)
        if kept is not None:
            return kept
        source = self._sources[signal]
        made = to_series(self._read(signal), source.rate_hz, source.speed_rpm, self._settings, self.rate_hz)
        with self._lock:
            if made.nbytes <= self._room and signal not in self._series:
                self._series[signal] = made
                self._room -= made.nbytes
        return made
