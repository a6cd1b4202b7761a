"""What a waveform says without any transform: how its samples are distributed."""

from pipelines.waveforms.histogram import Histogram, histogram

__all__ = ["Histogram", "histogram"]
