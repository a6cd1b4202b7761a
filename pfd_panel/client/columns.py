"""From answers of columns back to what the services answer, and from bands to what is asked."""

from typing import Any


def fields_of(told: Any, kind: Any) -> dict[str, Any]:
    """What an answer says of each field of a dataclass."""
    return {name: getattr(told, name) for name in kind.__dataclass_fields__}


def band_ends(band: tuple[float, float] | None) -> dict[str, float]:
    """A band as two fields of a request; none without one."""
    return {} if band is None else {"low_hz": band[0], "high_hz": band[1]}
