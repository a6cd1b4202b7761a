"""Named places at which a test may kill this process, to prove that a crash there loses nothing.

Dormant unless the entry of a process calls `configure`; then `reach` costs one comparison everywhere else too.
"""

import os
import signal

POINTS = (
    "segment.before_fsync",
    "segment.after_fsync",
    "segment.after_rename",
    "commit.before",
    "commit.after",
)

_armed: dict[str, int] = {}


def configure(name: str, *, after: int = 1) -> None:
    """Kill this process with SIGKILL when `name` is reached for the `after`-th time.

    Parameters
    ----------
    name
        One of `POINTS`.
    after
        Which arrival is the fatal one, counted from 1.

    Raises
    ------
    ValueError
        Unknown point, or `after` below 1.
    """
    if name not in POINTS:
        raise ValueError(f"unknown fault point {name!r}; known: {', '.join(POINTS)}")
    if after < 1:
        raise ValueError(f"after must be at least 1, got {after}")
    _armed[name] = after


def reach(name: str) -> None:
    """Say that execution has come to `name`; does nothing unless that point was configured."""
    if name not in _armed:
        return
    _armed[name] -= 1
    if _armed[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
