"""Numbers as an engineer writes them: sensible digits, a real minus sign, units apart from values."""

import math
from datetime import UTC, datetime

MINUS = "\u2212"
THIN = "\u2009"
DASH = "\u2013"

_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"))
_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB")


def _missing(value: float | None) -> bool:
    return value is None or not math.isfinite(value)


def integer(value: float | None) -> str:
    """``12345`` as ``12,345``; missing or not finite as an en dash."""
    if _missing(value):
        return DASH
    assert value is not None
    return f"{round(value):,}".replace("-", MINUS)


def number(value: float | None, digits: int = 4, *, signed: bool = False) -> str:
    """Value with `digits` significant digits, plain between 1e-3 and 1e6, else ``1.2×10⁶``.

    Trailing digits are kept: ``0.2290`` and ``0.2310`` differ in the third digit, and a column of them lines up.
    """
    if _missing(value):
        return DASH
    assert value is not None
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if size >= 6 or size < -3:
        mantissa = f"{value / 10.0**size:.{min(digits, 3) - 1}f}"
        power = str(size).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
        text = f"{mantissa}×10{power}"
    else:
        text = f"{value:,.{max(0, digits - 1 - size)}f}"
    if signed and value > 0:
        text = "+" + text
    return text.replace("-", MINUS)


def fixed(value: float | None, decimals: int = 1, *, signed: bool = False) -> str:
    """Value with a fixed count of decimals."""
    if _missing(value):
        return DASH
    text = f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"
    return text.replace("-", MINUS)


def percent(share: float | None, decimals: int = 1) -> str:
    """A share 0–1 as ``98.9 %``."""
    return DASH if _missing(share) else f"{fixed(100 * float(share or 0), decimals)} %"


def with_unit(value: float | None, unit: str, digits: int = 4) -> str:
    """``1797, "rpm"`` as ``1,797 rpm``; without a unit only the number."""
    return number(value, digits) + (f" {unit}" if unit and not _missing(value) else "")


def engineering(value: float | None, unit: str, digits: int = 3) -> str:
    """Value with the SI prefix that leaves 1 to 999 before the point: ``12000, "Hz"`` as ``12 kHz``."""
    if _missing(value):
        return DASH
    assert value is not None
    factor, prefix = next(((f, p) for f, p in _PREFIXES if abs(value) >= f), _PREFIXES[-1])
    if value == 0:
        factor, prefix = 1.0, ""
    text = f"{value / factor:.{digits}g}" if abs(value / factor) < 1000 else f"{value / factor:,.0f}"
    return f"{text} {prefix}{unit}".replace("-", MINUS)


def rate(hertz: float | None) -> str:
    """A sampling rate: ``12 kHz``, ``97.656 kHz``; unknown is said, never guessed."""
    return "rate unknown" if _missing(hertz) else engineering(hertz, "Hz", 6)


def size(byte_count: float | None) -> str:
    """``71_000_000`` as ``71 MB`` (decimal units)."""
    if _missing(byte_count):
        return DASH
    value = float(byte_count or 0)
    for unit in _BYTE_UNITS:
        if value < 1000 or unit == _BYTE_UNITS[-1]:
            return f"{value:.0f} {unit}" if value >= 100 or unit == "B" else f"{value:.3g} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def duration(seconds: float | None) -> str:
    """``80`` as ``1 min 20 s``; ``0.034`` as ``34 ms``."""
    if _missing(seconds):
        return DASH
    assert seconds is not None
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    if seconds < 60:
        return f"{seconds:.3g} s" if seconds < 9.95 else f"{seconds:.0f} s"
    whole = round(seconds)
    for big, small, per in (("d", "h", 86400), ("h", "min", 3600), ("min", "s", 60)):
        if whole >= per:
            count, rest = divmod(whole, per)
            rest //= {"d": 3600, "h": 60, "min": 1}[big]
            return f"{count} {big} {rest} {small}" if rest else f"{count} {big}"
    raise AssertionError("unreachable")


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago an aware moment was: ``just now``, ``4 min ago``, ``3 d ago``, else the date."""
    if moment is None:
        return DASH
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 3570:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 86400:
        return f"{max(1, round(seconds / 3600))} h ago"
    return f"{round(seconds / 86400)} d ago" if seconds < 14 * 86400 else f"{moment:%Y-%m-%d}"


def clock(moment: datetime | None) -> str:
    """An aware moment as ``2026-03-01 06:31 UTC``."""
    return DASH if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
