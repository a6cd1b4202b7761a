"""Histogram of the samples and its moments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_samples


@dataclass(frozen=True, slots=True)
class Histogram:
    """Distribution of the samples.

    Attributes
    ----------
    edges : (B + 1,) float64
        In the unit of the signal.
    counts : (B,) int64
    density : (B,) float64
        Per unit of the signal; its integral is 1.
    mean, standard_deviation, rms : float
    skewness : float
        0 for a symmetrical distribution; NaN for a constant signal.
    kurtosis : float
        Excess: 0 for a Gaussian; NaN for a constant signal.
    lowest, highest : float
    crest_factor : float
        Largest magnitude over `rms`.
    method : str
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    density: NDArray[np.float64]
    mean: float
    standard_deviation: float
    rms: float
    skewness: float
    kurtosis: float
    lowest: float
    highest: float
    crest_factor: float
    method: str

    def gaussian(self) -> NDArray[np.float64]:
        """Density of the Gaussian of the same mean and standard deviation at the centres of the bins, (B,)."""
        if not self.standard_deviation > 0:
            return np.zeros(self.counts.size)
        distance = ((self.edges[1:] + self.edges[:-1]) / 2 - self.mean) / self.standard_deviation
        return np.exp(-0.5 * distance**2) / (self.standard_deviation * np.sqrt(2 * np.pi))


def histogram(x: ArrayLike, *, bins: int | None = None) -> Histogram:
    """Histogram in equal bins from the lowest to the highest sample.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    bins : int, optional
        2 to 4096; by the rule of Freedman and Diaconis (Z. Wahrscheinlichkeitstheorie 57 (1981) 453), at most 512, if
        omitted.

    Raises
    ------
    InputError
        Unusable signal or number of bins.
    """
    values = checked_samples(x).astype(np.float64)
    if bins is not None and not 2 <= bins <= 4096:
        raise InputError(f"{bins} bins, expected 2 to 4096", hint="100 suits.")
    lowest, highest = float(values.min()), float(values.max())
    count = _freedman_diaconis(values, highest - lowest) if bins is None else int(bins)
    counts, edges = np.histogram(values, bins=count, range=(lowest, highest))
    width = float(edges[1] - edges[0])
    mean = float(values.mean())
    apart = values - mean
    square = apart * apart
    variance = float(square.mean())
    rms = float(np.sqrt(np.mean(values**2)))
    # a constant signal's samples differ from their mean by rounding only
    varies = variance > (1e-12 * max(abs(lowest), abs(highest))) ** 2
    return Histogram(
        edges=edges,
        counts=counts.astype(np.int64),
        density=counts / (values.size * width),
        mean=mean,
        standard_deviation=float(np.sqrt(variance)),
        rms=rms,
        skewness=float(np.mean(square * apart) / variance**1.5) if varies else float("nan"),
        kurtosis=float(np.mean(square * square) / variance**2 - 3) if varies else float("nan"),
        lowest=lowest,
        highest=highest,
        crest_factor=max(abs(lowest), abs(highest)) / rms if rms > 0 else float("nan"),
        method=f"{values.size} samples in {count} bins of {width:.3g}",
    )


def _freedman_diaconis(values: NDArray[np.float64], span: float) -> int:
    quarter, three_quarters = np.quantile(values, [0.25, 0.75])
    width = 2 * float(three_quarters - quarter) / values.size ** (1 / 3)
    return min(512, max(2, round(span / width))) if width > 0 and span / width < 1e6 else 100
