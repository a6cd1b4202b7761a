"""Recordings at the operating condition that comes nearest to another one's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import NotEnoughDataError

SAME_SPEED = 0.01
"""Speeds within one percent count as one condition: slip moves an induction motor by as much."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a machine ran: shaft speed in rpm and load in the unit of its dataset; None where it is not known."""

    speed_rpm: float | None = None
    load: float | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """Which recordings were chosen.

    Attributes
    ----------
    chosen : tuple of int
        Their places in what was offered.
    speed_off : float or None
        Their mean speed over the wanted one, less 1; None where one is not known.
    load_off : float or None
        Their load less the wanted one.
    words : str
        Which condition that is and how far off, for captions.
    """

    chosen: tuple[int, ...]
    speed_off: float | None
    load_off: float | None
    words: str


def nearest_condition(wanted: Condition, known: Sequence[Condition]) -> Nearest:
    """The recordings nearest in speed (within one percent of the nearest), and of those nearest in load.

    What is not known of the wanted one excludes nothing; a recording whose speed is unknown comes after all others.

    Raises
    ------
    NotEnoughDataError
        Nothing was offered.
    """
    if not known:
        raise NotEnoughDataError("there is no recording to compare with", hint="Widen the reference.")
    chosen = list(range(len(known)))
    if wanted.speed_rpm:
        off = [abs(math.log(one.speed_rpm / wanted.speed_rpm)) if one.speed_rpm else math.inf for one in known]
        least = min(off)
        chosen = [k for k in chosen if off[k] <= least + SAME_SPEED or off[k] == least]
    if wanted.load is not None:
        away = {k: abs(load - wanted.load) if (load := known[k].load) is not None else math.inf for k in chosen}
        least = min(away.values())
        chosen = [k for k in chosen if away[k] == least]
    speeds = [speed for k in chosen if (speed := known[k].speed_rpm)]
    loads = [load for k in chosen if (load := known[k].load) is not None]
    speed = sum(speeds) / len(speeds) if speeds else None
    load = sum(loads) / len(loads) if loads else None
    speed_off = speed / wanted.speed_rpm - 1 if speed and wanted.speed_rpm else None
    load_off = load - wanted.load if load is not None and wanted.load is not None else None
    return Nearest(tuple(chosen), speed_off, load_off, _words(wanted, speed, load, speed_off, load_off))


def _words(
    wanted: Condition, speed: float | None, load: float | None, speed_off: float | None, load_off: float | None
) -> str:
    if speed is None or not wanted.speed_rpm:
        told = "speed not compared (not known)"
    elif speed_off is not None and abs(speed_off) < 5e-4:
        told = f"{speed:.0f} rpm, the same speed"
    else:
        told = f"{speed:.0f} rpm, {abs(100 * (speed_off or 0)):.1f} % {'faster' if (speed_off or 0) > 0 else 'slower'}"
    if load is None or wanted.load is None:
        return f"{told}; load not compared (not known)"
    if not load_off:
        return f"{told}; load {load:g}, the same"
    return f"{told}; load {load:g}, {abs(load_off):g} {'more' if load_off > 0 else 'less'}"
