"""What differs between configurations, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ABSENT = None
"""Stands where a configuration has no such setting."""


@dataclass(frozen=True)
class Setting:
    """A setting by its path, ``config.split.folds``, with its value in each configuration."""

    path: str
    values: tuple[Any, ...]


def differing(configurations: Sequence[Mapping[str, Any]]) -> tuple[Setting, ...]:
    """Return the settings that are not the same in all configurations, in the order in which they are met."""
    flat = [dict(_leaves(one)) for one in configurations]
    paths = dict.fromkeys(path for one in flat for path in one)
    found = []
    for path in paths:
        values = tuple(one.get(path, ABSENT) for one in flat)
        if any(value != values[0] for value in values[1:]):
            found.append(Setting(path, values))
    return tuple(found)


def _leaves(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{path}.")
        else:
            yield path, _plain(value)


def _plain(value: Any) -> Any:
    """A value as JSON gives it back; what is empty asks for as little as what is absent."""
    if isinstance(value, tuple | list | Mapping | str):
        return (value if isinstance(value, str) else list(value)) or ABSENT
    return value
