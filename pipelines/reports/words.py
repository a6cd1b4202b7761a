"""Numbers and names as reports write them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

MINUS = "\u2212"
NOT_KNOWN = "\u2013"


def integer(value: float | None) -> str:
    """``12,345``; an en dash where there is none."""
    return NOT_KNOWN if value is None or not math.isfinite(value) else f"{round(value):,}".replace("-", MINUS)


def percent(share: float | None, decimals: int = 1) -> str:
    """A share from 0 to 1 as ``98.9 %``."""
    if share is None or not math.isfinite(share):
        return NOT_KNOWN
    return f"{100 * share:.{decimals}f} %".replace("-", MINUS)


def number(value: float | None, digits: int = 4) -> str:
    """A value with significant digits: ``0.2290``, ``1,797``."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    text = f"{value:,.0f}" if abs(value) >= 10.0**digits else f"{value:,.{digits}g}"
    return text.replace("-", MINUS)


def interval(bounds: Mapping[str, Any] | None) -> str:
    """``73.0–99.9 %``."""
    if not bounds or bounds.get("low") is None or bounds.get("high") is None:
        return NOT_KNOWN
    return between(bounds["low"], bounds["high"])


def between(low: float, high: float) -> str:
    """Two shares as ``73.0–99.9 %``; an en dash where there are none, or no way between them."""
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:  # a bootstrap of groups that are all alike
        return NOT_KNOWN
    return f"{100 * low:.1f}\u2013{100 * high:.1f} %"


def p_value(p: float) -> str:
    """``0.031``, ``< 0.001``."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def column(name: str) -> str:
    """``fault_size`` as ``fault size``, ``speed_rpm`` as ``speed (rpm)``."""
    for unit, said in (("_rpm", "rpm"), ("_hz", "Hz"), ("_db", "dB"), ("_s", "s")):
        if name.endswith(unit):
            return f"{name.removesuffix(unit).replace('_', ' ')} ({said})"
    return name.replace("_", " ")


def sentence(text: str) -> str:
    """A text that begins with a capital."""
    return text[:1].upper() + text[1:]


def counted(count: int, noun: str) -> str:
    """``1 recording``, ``2 recordings``."""
    return f"{integer(count)} {noun}{'' if count == 1 else 's'}"


def listed(names: Sequence[str], most: int = 8) -> str:
    """``a, b and c``; of many the first, and how many more there are."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def counts(found: Mapping[str, int], most: int = 24) -> str:
    """``inner 7, outer 6``."""
    told = [f"{name} {integer(count)}" for name, count in list(found.items())[:most]]
    return ", ".join(told) + (f" and {len(found) - most} more" if len(found) > most else "")


def size(count: float) -> str:
    """``1.4 MB``."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.3g} {unit}"


def setting(value: Any) -> str:
    """A value of a configuration: ``none``, ``yes``, ``1, 2``."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(setting, value)) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={setting(one)}" for name, one in value.items()) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def flat(config: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """A configuration as one value a line: ``split.folds`` is ``5``."""
    told: dict[str, str] = {}
    for name, value in config.items():
        if isinstance(value, Mapping) and value:
            told |= flat(value, f"{before}{name}.")
        else:
            told[f"{before}{name}"] = setting(value) if value != {} else "defaults"
    return told
