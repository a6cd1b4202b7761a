"""The windows a spectrum can be taken through, and what each costs in resolution."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import get_window

from pipelines.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class WindowShape:
    """One offered window: its name, its title in plots, the overlap that suits it, and what it is good for."""

    name: str
    title: str
    scipy_name: str
    overlap: float
    use: str


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a given length.

    Attributes
    ----------
    values : (N,) float64
        Read-only; periodic, as a transform wants it.
    total : float
        Sum of the values: N times the coherent gain.
    power : float
        Sum of the squares.
    enbw_bins : float
        Equivalent noise bandwidth in lines, N·Σw²/(Σw)² (Harris 1978, eq. 11).
    title : str
    """

    values: NDArray[np.float64]
    total: float
    power: float
    enbw_bins: float
    title: str


#: Overlaps by Heinzel, Rüdiger and Schilling, Spectrum and spectral density estimation by the DFT, 2002, appendix C.
WINDOW_SHAPES: dict[str, WindowShape] = {
    shape.name: shape
    for shape in (
        WindowShape("hann", "Hann", "hann", 0.5, "Most spectra: little leakage, fair resolution."),
        WindowShape("hamming", "Hamming", "hamming", 0.5, "Two close lines of like height."),
        WindowShape("blackman", "Blackman", "blackman", 0.61, "Weak lines beside strong ones."),
        WindowShape(
            "blackman-harris", "Blackman-Harris", "blackmanharris", 0.66, "Weak lines 90 dB below strong ones."
        ),
        WindowShape("flat top", "Flat top", "flattop", 0.75, "Amplitudes read exactly between two lines."),
        WindowShape("rectangular", "Rectangular", "boxcar", 0.0, "Whole periods, transients that die out inside."),
    )
}


@lru_cache(maxsize=32)
def window_of(name: str, samples: int) -> Window:
    """The window of a name from `WINDOW_SHAPES`; raises UnknownNameError for another."""
    if name not in WINDOW_SHAPES:
        raise UnknownNameError(
            f"window {name!r} is not known", hint="Choose one of " + ", ".join(sorted(WINDOW_SHAPES)) + "."
        )
    shape = WINDOW_SHAPES[name]
    values = np.asarray(get_window(shape.scipy_name, samples, fftbins=True), dtype=np.float64)
    values.setflags(write=False)
    total, power = float(values.sum()), float((values**2).sum())
    return Window(values, total, power, samples * power / total**2, shape.title)
