"""What the generator hands back, and the numbers every signal is described with."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

GENERATOR_VERSION = "1.0.0"
"""Changes whenever the same configuration would give other samples."""


@dataclass(frozen=True)
class GeneratedSignal:
    """One synthetic signal.

    Parameters
    ----------
    samples
        float32, shape ``(N,)``, in g.
    metadata
        Everything known about the signal, plain values only.
    parts
        On request: ``fault`` (the signature alone), ``motion`` (the signature after rotor physics or transfer path)
        and ``noise`` (everything else before augmentation and conversion), float32, shape ``(N,)`` each; else None.
    """

    samples: NDArray[np.float32]
    metadata: dict[str, Any]
    parts: dict[str, NDArray[np.float32]] | None = None


def amplitude_metadata(samples: NDArray[np.float32]) -> dict[str, float]:
    """RMS, peak and crest factor of a signal."""
    rms = float(np.sqrt(np.dot(samples, samples) / samples.size))
    peak = float(max(samples.max(), -samples.min()))
    return {"rms": rms, "peak": peak, "crest_factor": peak / rms if rms else 0.0}


def plain(value: Any) -> Any:
    """The same value in types that JSON knows."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
