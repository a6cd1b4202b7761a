"""Bands of frequency in requests: two fields, or neither."""

from pfd_panel.api.cursors import FieldError


def band_of(low_hz: float | None, high_hz: float | None) -> tuple[float, float] | None:
    """The band that two fields of a request name; None where neither does."""
    if (low_hz is None) != (high_hz is None):
        raise FieldError("a band has two ends", "query.low_hz", hint="Give low_hz and high_hz, or neither.")
    if low_hz is None or high_hz is None:
        return None
    if low_hz >= high_hz:
        raise FieldError(f"the band {low_hz:g} to {high_hz:g} Hz has no width", "query.high_hz", hint="low < high.")
    return low_hz, high_hz
