"""Run-to-failure folders: files that differ only in a counter or a clock are snapshots of one asset, in order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

FEWEST = 3
"""With fewer files of one pattern a number in a name may mean anything."""

_COUNTER = re.compile(r"^(?P<before>.*?)(?P<number>\d{3,})$")
_CLOCK = re.compile(
    r"(?P<year>(?:19|20)\d\d)[-._]?(?P<month>\d\d)[-._]?(?P<day>\d\d)[-._T ]?"
    r"(?P<hour>\d\d)[-._]?(?P<minute>\d\d)[-._]?(?P<second>\d\d)$"
)


@dataclass(frozen=True)
class Snapshot:
    """Place of a file in its run: the folder is the asset, `order` its counter (or rank by clock)."""

    asset: str
    order: int
    started_at: datetime | None


def snapshots(paths: Sequence[str]) -> dict[str, Snapshot]:
    """Which of these paths (forward slashes) are snapshots.

    At least `FEWEST` files of one folder whose names differ only in a final zero-padded counter of equal width
    (``acc_00001``), or in a date and time to the second (``2004.02.12.10.32.39``, taken as UTC).
    """
    counted: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    clocked: dict[tuple[str, ...], dict[str, datetime]] = defaultdict(dict)
    for path in paths:
        posix = PurePosixPath(path)
        if clock := _clock(posix.name) or _clock(posix.stem):
            before, moment = clock
            clocked[str(posix.parent), before][path] = moment
        elif counter := _COUNTER.match(posix.stem):
            width = str(len(counter["number"]))
            counted[str(posix.parent), counter["before"], posix.suffix, width][path] = int(counter["number"])
    found: dict[str, Snapshot] = {}
    for (folder, *_), places in counted.items():
        if len(places) >= FEWEST:
            asset = PurePosixPath(folder).name
            found |= {path: Snapshot(asset, number, None) for path, number in places.items()}
    for (folder, *_), moments in clocked.items():
        if len(moments) >= FEWEST:
            asset = PurePosixPath(folder).name
            ranked = sorted(moments, key=lambda path: moments[path])
            found |= {path: Snapshot(asset, rank, moments[path]) for rank, path in enumerate(ranked)}
    return found


def _clock(name: str) -> tuple[str, datetime] | None:
    found = _CLOCK.search(name)
    if not found:
        return None
    try:
        moment = datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    return name[: found.start()], moment
