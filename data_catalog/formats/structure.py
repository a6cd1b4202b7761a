"""From the named arrays of a structured file (MATLAB, HDF5, NPZ) to channels, recordings and metadata."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data_catalog.errors import FormatError
from data_catalog.formats import vocabulary
from data_catalog.formats.contract import FoundChannel, Limits

MOST_CHANNELS_SIDE_BY_SIDE = 64
"""A 2-D array whose short axis is longer than this holds one recording per row, not one channel per column."""


@dataclass(frozen=True)
class Leaf:
    """One numeric array of a file: full name, shape, dtype."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class _Known:
    value: float | None
    source: str
    finding: str = ""


def channels_of(
    leaves: Sequence[Leaf], metadata: Mapping[str, float | str], limits: Limits, called: str
) -> list[FoundChannel]:
    """Channels in a file's named arrays.

    Vectors of at least ``limits.min_samples`` numbers are channels; of a matrix, the short axis counts channels (up to
    64, more are one recording each). Rates and speeds come only from names that allow one meaning
    (`vocabulary`), those in the same struct or group first.

    Raises
    ------
    FormatError
        No array is long enough, or more channels than ``limits.max_channels_per_file``.
    """
    vectors = [leaf for leaf in leaves if _is_signal(leaf, limits)]
    if not vectors:
        longest = max((math.prod(leaf.shape) for leaf in leaves), default=0)
        raise FormatError(
            f"{called} holds no numeric array of at least {limits.min_samples} samples (longest: {longest})",
            hint="export the measured samples themselves, not only their summary",
        )
    vectors, set_findings = _matching_sets(vectors, called)
    groups = _groups(vectors)
    found: list[FoundChannel] = []
    for leaf in vectors:
        found.extend(_split(leaf, groups[leaf.name], _facts(leaf, metadata), set_findings))
        if len(found) > limits.max_channels_per_file:
            raise FormatError(
                f"{called} holds more than {limits.max_channels_per_file} channels",
                hint="check that the long axis of its arrays is time, or split the file",
            )
    return found


def _is_signal(leaf: Leaf, limits: Limits) -> bool:
    long_sides = [side for side in leaf.shape if side > 1]
    if leaf.dtype.kind not in "fiu" or not 1 <= len(long_sides) <= 2 or max(long_sides) < limits.min_samples:
        return False
    return not (len(long_sides) == 1 and vocabulary.plain(leaf.name) in vocabulary.TIME_NAMES)


def _matching_sets(vectors: list[Leaf], called: str) -> tuple[list[Leaf], tuple[str, ...]]:
    """Keep the numbered set that the file's own number names, when a file holds several."""
    sets = Counter(vocabulary.numbered_set(leaf.name) for leaf in vectors)
    if "" in sets:
        return vectors, ()
    number = re.match(r"\d+", called.rsplit("/", 1)[-1])
    own = [name for name in sets if number and _number(name) == int(number[0])]
    if len(sets) == 1:
        named = next(iter(sets))
        if number is None or own:
            return vectors, ()
        return vectors, (f"the variables are named {named} but the file is {number[0]}",)
    if own:
        others = ", ".join(sorted(set(sets) - set(own)))
        kept = [leaf for leaf in vectors if vocabulary.numbered_set(leaf.name) in own]
        return kept, (f"the file also holds {others}; only {own[0]}, which the file is named for, is taken",)
    return vectors, (f"the file holds {len(sets)} sets of variables ({', '.join(sorted(sets))}): one recording each",)


def _number(name: str) -> int:
    return int(re.sub(r"\D", "", name))


def _groups(vectors: Sequence[Leaf]) -> dict[str, str]:
    """Recording of each vector inside its file: empty unless short names collide."""
    sets = {leaf.name: vocabulary.numbered_set(leaf.name) for leaf in vectors}
    if len(set(sets.values())) > 1 and "" not in sets.values():
        return sets
    short = Counter(vocabulary.channel_name(leaf.name) for leaf in vectors)
    if max(short.values()) == 1:
        return dict.fromkeys(sets, "")
    return {leaf.name: _parent(leaf.name) for leaf in vectors}


def _parent(name: str) -> str:
    return re.split(r"[./](?=[^./]*$)", name)[0] if re.search(r"[./]", name) else ""


def _facts(leaf: Leaf, metadata: Mapping[str, float | str]) -> FoundChannel:
    own_set = vocabulary.numbered_set(leaf.name)
    mine = {k: v for k, v in metadata.items() if not own_set or vocabulary.numbered_set(k) in ("", own_set)}
    rate, speed = _rate(leaf, mine), _positive(leaf, mine, vocabulary.is_speed)
    units = _closest(leaf, {k: v for k, v in mine.items() if vocabulary.plain(_word(k)) in vocabulary.UNIT_NAMES})
    return FoundChannel(
        group="",
        name=vocabulary.channel_name(leaf.name),
        variable=leaf.name,
        length=0,
        dtype=leaf.dtype.newbyteorder("=").name,
        inner={},
        rate_hz=rate.value,
        rate_source=rate.source,
        speed_rpm=speed.value,
        speed_source=speed.source,
        unit=next((value for value in units.values() if isinstance(value, str)), ""),
        findings=tuple(one.finding for one in (rate, speed) if one.finding),
    )


def _word(key: str) -> str:
    """The attribute or variable that a metadata key names, without the object that carries it."""
    return key.rsplit("@", 1)[-1]


def _scope(key: str) -> str:
    """The object a piece of metadata speaks of: the carrier of an attribute, the struct or group of a scalar."""
    return key.rsplit("@", 1)[0] if "@" in key else _parent(key)


def _closest(leaf: Leaf, told: Mapping[str, float | str]) -> dict[str, float | str]:
    """Of several values, those nearest to the leaf; values of unrelated branches count only if nothing is nearer."""
    above = {k: len(_scope(k)) for k in told if leaf.name == _scope(k) or _is_below(leaf.name, _scope(k))}
    nearest = max(above.values(), default=None)
    return dict(told) if nearest is None else {k: told[k] for k, length in above.items() if length == nearest}


def _is_below(name: str, scope: str) -> bool:
    return not scope or name.startswith((scope + ".", scope + "/"))


def _rate(leaf: Leaf, metadata: Mapping[str, float | str]) -> _Known:
    direct = _positive(leaf, metadata, vocabulary.is_rate)
    if direct.value is not None or direct.finding:
        return direct
    interval = _positive(leaf, metadata, vocabulary.is_interval)
    return replace(interval, value=1.0 / interval.value) if interval.value else interval


def _positive(leaf: Leaf, metadata: Mapping[str, float | str], says: Callable[[str], bool]) -> _Known:
    numbers = {key: value for key, value in metadata.items() if isinstance(value, float) and says(_word(key))}
    told = {key: float(value) for key, value in _closest(leaf, numbers).items()}
    good = {key: value for key, value in told.items() if math.isfinite(value) and value > 0}
    if not told:
        return _Known(None, "")
    if not good:
        key, value = next(iter(told.items()))
        return _Known(None, "", f"{key} in the file is {value:g}, which cannot be right; it is not used")
    if len(set(good.values())) > 1:
        listed = ", ".join(f"{key} = {value:g}" for key, value in good.items())
        return _Known(None, "", f"the file contradicts itself ({listed}); none is used")
    key = next(iter(good))
    return _Known(good[key], f"file ({key.replace('@', ' attribute ').strip()})")


def _split(leaf: Leaf, group: str, facts: FoundChannel, findings: tuple[str, ...]) -> list[FoundChannel]:
    """One channel per column of the short axis, or one recording per row when there are too many to be channels."""
    long_sides = [side for side in leaf.shape if side > 1]
    base = replace(facts, group=group, length=max(long_sides), findings=facts.findings + findings)
    if len(long_sides) == 1:
        return [replace(base, inner={"variable": leaf.name, "column": None})]
    count, axis = min(long_sides), int(np.argmin(long_sides))
    many = count > MOST_CHANNELS_SIDE_BY_SIDE
    note = (f"{leaf.name} is {long_sides[0]} x {long_sides[1]}: {count} recordings of {base.length} samples",)
    return [
        replace(
            base,
            inner={"variable": leaf.name, "column": column, "axis": axis},
            group=f"{group}#{column + 1}" if many else group,
            name=base.name if many else f"{base.name}[{column + 1}]",
            findings=base.findings + (note if many else ()),
        )
        for column in range(count)
    ]
