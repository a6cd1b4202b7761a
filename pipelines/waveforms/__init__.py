"""What a waveform says without any transform: how its samples are distributed, and where it has gaps."""

from pipelines.waveforms.gaps import GappedSignal, between_gaps, finite_stretches
from pipelines.waveforms.histogram import Histogram, histogram

__all__ = ["GappedSignal", "Histogram", "between_gaps", "finite_stretches", "histogram"]
