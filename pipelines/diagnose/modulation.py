"""What modulates the noise of a record: squared-envelope spectra of many bands, each over its own floor, averaged."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from pipelines.diagnose.config import DiagnoseConfig
from pipelines.errors import InputError
from pipelines.spectra.envelope import band_envelope
from pipelines.spectra.floor import running_floor


@dataclass(frozen=True, slots=True)
class ModulationSpectrum:
    """Evidence of modulation at each frequency.

    Attributes
    ----------
    excess : (K,) float32
        Mean over bands of log(1 + power/floor), less its running median: 0 is the floor.
    depth : (K,) float32
        Line amplitude over the mean squared envelope, in the band where it is highest: a defect rings in few bands.
    floor_level : float
        What was subtracted, on average: an excess e is a power ``expm1(e + floor_level) / expm1(floor_level)`` times
        the floor.
    resolution_hz : float
    bands_hz : tuple of (float, float)
    """

    excess: NDArray[np.float32]
    depth: NDArray[np.float32]
    floor_level: float
    resolution_hz: float
    bands_hz: tuple[tuple[float, float], ...]

    def over_floor(self, line: int) -> float:
        """Power over the floor of one line, averaged over bands in the logarithm."""
        return float(np.expm1(self.excess[line] + self.floor_level) / np.expm1(self.floor_level))


def whitened(x: NDArray[np.float32], rate_hz: float, config: DiagnoseConfig) -> NDArray[np.complex64]:
    """rfft of `x` divided by its local median magnitude, with lines above the limit clipped."""
    lines = scipy.fft.rfft(x)
    magnitude = np.abs(lines)
    width = max(9, round(config.floor_whiten_hz * x.size / rate_hz))
    floor = running_floor(magnitude, width)
    # Where quantisation leaves nothing, there is nothing to amplify.
    floor = np.maximum(floor, magnitude.max() * 1e-7)
    gain = 1 / np.maximum(floor, magnitude / config.line_limit)
    return lines * gain.astype(np.float32)


def band_edges(rate_hz: float, highest_fault_hz: float, config: DiagnoseConfig) -> tuple[tuple[float, float], ...]:
    """Half-overlapping bands at several widths, none narrower than `band_per_fault` times the highest fault."""
    nyquist = rate_hz / 2
    bands = []
    for count in config.splits:
        width = nyquist / count
        if width >= config.band_per_fault * highest_fault_hz:
            bands += [(k * width / 2, k * width / 2 + width) for k in range(2 * count - 1)]
    if not bands:
        raise InputError(
            f"the highest fault frequency, {highest_fault_hz:.5g} Hz, leaves no band at a rate of {rate_hz:g} Hz",
            hint="Check the shaft speed (rpm of the shaft that carries the bearing) and the rate of the signal.",
        )
    return tuple(bands)


def modulation_spectrum(
    x: NDArray[np.float32],
    rate_hz: float,
    bands: tuple[tuple[float, float], ...],
    max_hz: float,
    floor_hz: float,
    config: DiagnoseConfig,
) -> ModulationSpectrum:
    """Average over `bands` of what stands out of each squared-envelope spectrum up to `max_hz`."""
    resolution = rate_hz / x.size
    lines = whitened(x, rate_hz, config)
    count = int(max_hz / resolution) + 2
    width = max(31, round(floor_hz / resolution))
    excess, depth, covered = np.zeros(count), np.zeros(count), np.zeros(count)
    for low, high in bands:
        lo, hi = round(low / resolution), min(round(high / resolution), lines.size)
        # Lags up to count must not meet those folded from the band's width.
        points = scipy.fft.next_fast_len(hi - lo + count, real=False)
        analytic = band_envelope(lines, lo, hi, points)
        envelope = analytic.real**2 + analytic.imag**2
        level = envelope.mean(dtype=np.float64)
        envelope -= np.float32(level)
        envelope *= _hann(points)
        kept = min(count, hi - lo, points // 2)
        spectrum = scipy.fft.rfft(envelope)[:kept]
        power = spectrum.real.astype(np.float64) ** 2 + spectrum.imag.astype(np.float64) ** 2
        floor = running_floor(power, width)
        excess[:kept] += np.log1p(power / np.maximum(floor, np.finfo(np.float64).tiny))
        np.maximum(depth[:kept], np.sqrt(power) * (4 / points / level), out=depth[:kept])
        covered[:kept] += 1
    covered = np.maximum(covered, 1)
    excess /= covered
    base = running_floor(excess, width)
    return ModulationSpectrum(
        (excess - base).astype(np.float32),
        depth.astype(np.float32),
        float(base.mean()),
        resolution,
        tuple(bands),
    )


def _hann(points: int) -> NDArray[np.float32]:
    return (0.5 - 0.5 * np.cos(np.arange(points, dtype=np.float32) * np.float32(2 * np.pi / points))).astype(np.float32)
