"""The shaft in a record: refining a stated speed, and masking what turns with the shaft or hums with the mains."""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from pipelines.diagnose.comb import best_combs
from pipelines.diagnose.config import DiagnoseConfig
from pipelines.spectra.floor import running_floor

# Magnetic forces and rectifiers modulate at twice the mains frequency.
MAINS_MODULATION_HZ = (100.0, 120.0)


def tone_excess(x: NDArray[np.float32], rate_hz: float, max_hz: float, floor_hz: float) -> NDArray[np.float32]:
    """log(1 + power/floor) of the low spectrum of the signal itself, less its median, (K,)."""
    count = min(int(max_hz * x.size / rate_hz) + 2, x.size // 2)
    window = (0.5 - 0.5 * np.cos(np.arange(x.size) * (2 * np.pi / x.size))).astype(np.float32)
    power = np.abs(scipy.fft.rfft(x * window)[:count]).astype(np.float64) ** 2
    floor = running_floor(power, max(31, round(floor_hz * x.size / rate_hz)))
    tones = np.log1p(power / np.maximum(floor, max(float(power.max()) * 1e-12, 1e-30)))
    return (tones - np.median(tones)).astype(np.float32)


def shaft_evidence(tones: NDArray[np.float32], excess: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the signal's own lines and its modulation say together; a tone counts at most as much as a modulation."""
    count = min(tones.size, excess.size)
    return (np.minimum(excess[:count], 3.0) + np.minimum(tones[:count], 3.0) / 3).astype(np.float32)


def shaft_teeth(harmonics: int) -> NDArray[np.float64]:
    """Multiples of the shaft, the low ones weighing more: (H, 2)."""
    multiples = np.arange(1.0, harmonics + 1)
    return np.column_stack((multiples, 1 / np.sqrt(multiples)))


def refined_shaft(evidence: NDArray[np.float32], shaft_lines: float, config: DiagnoseConfig) -> float:
    """The shaft frequency (in lines) within the stated one's error that its harmonics speak for."""
    teeth = shaft_teeth(config.shaft_harmonics)
    _, deviation = best_combs(evidence, np.array([shaft_lines]), teeth, config.stated_speed_error, 3.0, 0.0)
    return shaft_lines * (1 + float(deviation[0]))


def without_multiples(
    excess: NDArray[np.float32], spacings: tuple[float, ...], config: DiagnoseConfig, fill: float = 0.0
) -> NDArray[np.float32]:
    """`excess` with every multiple of each spacing (in lines) set to `fill`, the floor unless told otherwise.

    No bearing frequency is a whole multiple of the shaft, save by coincidence, where nothing can be told apart.
    """
    masked = excess.copy()
    for spacing in spacings:
        centres = np.arange(1, int(masked.size / spacing) + 1) * spacing
        for centre in centres:
            half = 2.0 + config.mask_relative * centre
            masked[max(0, int(np.ceil(centre - half))) : int(centre + half) + 1] = fill
    return masked
