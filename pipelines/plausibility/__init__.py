"""Whether what is said of a signal fits its samples: so far, the sampling rate."""

from pipelines.plausibility.sampling_rate import RateCheck, check_rate

__all__ = ["RateCheck", "check_rate"]
