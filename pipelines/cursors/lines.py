"""Values on an even grid, and what a cursor finds at a place of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cursor line reads.

    Attributes
    ----------
    name : str
        ``3×``, ``+2``, ``A``.
    place : float
        Where the line stands, in the unit of the grid (Hz or s).
    found : float
        Where the value is: the summit of the line nearby, interpolated; a sample's instant on a waveform.
    value : float
        Height there, in the unit of the values.
    """

    name: str
    place: float
    found: float
    value: float


@dataclass(frozen=True, slots=True)
class Total:
    """A number that follows from all lines of a cursor: its name, value and unit."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class CursorReading:
    """All that a cursor reads."""

    readings: tuple[Reading, ...]
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """A spectrum or a waveform as cursors see it.

    Attributes
    ----------
    values : (K,) array
        Heights, or samples.
    step : float
        Distance of two values, Hz or s.
    unit : str
        Unit of the values.
    start : float
        Place of the first value.
    x_unit : {"Hz", "s"}
        Unit of the grid: a spectrum is read at summits, a waveform at samples.
    noise_bandwidth : float, optional
        Equivalent noise bandwidth of the window in lines (Hann: 1.5), for which power in a band is corrected; None
        where the values are no amplitudes in rms (a waveform, a ratio).
    """

    values: NDArray[np.floating]
    step: float
    unit: str
    start: float = 0.0
    x_unit: str = "Hz"
    noise_bandwidth: float | None = None

    @property
    def stop(self) -> float:
        """Place of the last value."""
        return self.start + self.step * (len(self.values) - 1)

    def require_within(self, *places: float) -> None:
        """Refuse places outside the grid.

        Raises
        ------
        InputError
            One lies before the first or behind the last value, or is no number.
        """
        for place in places:
            if not self.start - self.step / 2 <= place <= self.stop + self.step / 2:
                raise InputError(
                    f"a cursor at {place:g} lies outside the plot, which reaches from {self.start:g} to {self.stop:g}",
                    hint="Put it on the plot.",
                )

    def index(self, place: float) -> int:
        """The value nearest to a place."""
        return int(np.clip(round((place - self.start) / self.step), 0, len(self.values) - 1))

    def between(self, low: float, high: float) -> NDArray[np.float64]:
        """Values from `low` to `high`, both included."""
        return np.asarray(self.values[self.index(low) : self.index(high) + 1], dtype=np.float64)

    def summit(self, name: str, place: float, within: int = 1) -> Reading:
        """The highest value within so many lines of a place, its frequency by a parabola through three lines.

        The parabola lies through the logarithms (Smith, Spectral Audio Signal Processing, 2011, "Quadratic
        Interpolation of Spectral Peaks").
        """
        near = self.index(place)
        first = max(0, near - within)
        part = self.values[first : near + within + 1]
        k = first + int(np.argmax(part))
        return Reading(name, place, self.start + self.step * (k + self._offset(k)), float(self.values[k]))

    def _offset(self, k: int) -> float:
        if not 0 < k < len(self.values) - 1:
            return 0.0
        three = np.asarray(self.values[k - 1 : k + 2], dtype=np.float64)
        if three.min() <= 0 or three[1] < three.max():
            return 0.0
        left, middle, right = np.log(three)
        curvature = left - 2 * middle + right
        return float(np.clip(0.5 * (left - right) / curvature, -0.5, 0.5)) if curvature < 0 else 0.0

    def at(self, name: str, place: float) -> Reading:
        """The value nearest to a place, as it is."""
        k = self.index(place)
        return Reading(name, place, self.start + self.step * k, float(self.values[k]))
