"""What an analysis is, what it is of, and what it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.analyses.pictures import Picture
from pipelines.analyses.settings import Setting
from pipelines.cursors import Total
from pipelines.errors import InputError
from pipelines.waveforms import finite_stretches

LEAST_SAMPLES = 64


@dataclass(frozen=True)
class Subject:
    """The signal that is analysed, and how to get at what belongs to it.

    Attributes
    ----------
    x : (L,) float32
        Samples, NaN where nothing was recorded.
    rate_hz : float
    unit : str
        Empty if it is not known.
    speed_rpm : float or None
    channel : callable
        ``channel(name)`` gives the samples of another channel of the same recording, of the same length and rate.
    channels : tuple of str
        Those there are.
    series : callable
        Names and samples of the recordings of the same channel and machine, in their order.
    """

    x: NDArray[np.float32]
    rate_hz: float
    unit: str = ""
    speed_rpm: float | None = None
    channel: Callable[[str], NDArray[np.float32]] | None = None
    channels: tuple[str, ...] = ()
    series: Callable[[], Sequence[tuple[str, NDArray[np.float32]]]] | None = None

    @property
    def unit_words(self) -> str:
        """The unit for an axis."""
        return self.unit or "unit not given"

    def part(self, start_s: float, length_s: float | None) -> "Subject":
        """A stretch of it.

        Raises
        ------
        InputError
            No such stretch.
        """
        duration = len(self.x) / self.rate_hz
        first = round(start_s * self.rate_hz)
        last = len(self.x) if length_s is None else first + round(length_s * self.rate_hz)
        if start_s < 0 or last > len(self.x) or last - first < LEAST_SAMPLES:
            raise InputError(
                f"no stretch of {length_s if length_s is not None else duration - start_s:g} s begins at {start_s:g} s",
                hint=f"The record has {duration:g} s; a stretch needs {LEAST_SAMPLES} samples.",
            )
        return replace(self, x=self.x[first:last])

    def finite(self) -> tuple["Subject", str, float]:
        """The longest stretch without gaps, what to say of that, and where it begins in seconds.

        Raises
        ------
        InputError
            None is long enough to compute anything from.
        """
        stretches = finite_stretches(self.x, at_least=LEAST_SAMPLES)
        if stretches == ((0, len(self.x)),):
            return self, "", 0.0
        if not stretches:
            raise InputError(
                f"no {LEAST_SAMPLES} samples without a gap among {len(self.x)}", hint="Look at the waveform."
            )
        first, last = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
        start, stop = first / self.rate_hz, last / self.rate_hz
        told = f"longest stretch without gaps, {start:.4g} to {stop:.4g} s"
        return replace(self, x=self.x[first:last]), told, start


@dataclass(frozen=True)
class Found:
    """What an analysis gives.

    Attributes
    ----------
    picture : Curves or Image or Path
    method : str
        How it was computed, for captions.
    totals : tuple of Total
        Numbers that belong to it.
    notes : tuple of str
        What the reader should know of it.
    settings : mapping
        Every setting with the value that was used.
    result : object
        What the computation itself returned, with everything it knows.
    """

    picture: Picture
    method: str
    totals: tuple[Total, ...] = ()
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    result: object = None


@dataclass(frozen=True)
class Analysis:
    """One kind of analysis.

    Attributes
    ----------
    name, title : str
    about : str
        What it shows and when to use it, in a few sentences.
    settings : tuple of Setting
    compute : callable
        ``compute(subject, settings)``, where every setting has a value.
    """

    name: str
    title: str
    about: str
    settings: tuple[Setting, ...]
    compute: Callable[[Subject, Mapping[str, Any]], Found]
