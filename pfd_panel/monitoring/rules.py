"""When a rule speaks: a pure function from where it stood and what was measured to where it stands and what is told."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

State = Literal["calm", "pending", "firing"]
Told = Literal["fired", "recovered"]

QUIET = timedelta(minutes=5)
"""A rule that fires again this soon after it was told is not told again."""

GAP = timedelta(seconds=60)
"""After a pause this long between two looks nobody knows what happened meanwhile: waiting begins anew."""


@dataclass(frozen=True)
class Limit:
    """What is wrong: a value above (or below) `threshold` for at least `duration`."""

    threshold: float
    above: bool = True
    duration: timedelta = timedelta(0)

    def crossed(self, value: float) -> bool:
        """Whether a value is on the wrong side."""
        return value > self.threshold if self.above else value < self.threshold


@dataclass(frozen=True)
class Standing:
    """Where a rule stands.

    Attributes
    ----------
    state : {"calm", "pending", "firing"}
        Fine; wrong but not yet for long enough; wrong.
    since : datetime
        Since when.
    seen_at : datetime
        When the value was last looked at.
    told_at : datetime, optional
        When somebody was last told that it fires.
    told : bool
        Whether the present firing has been told.
    value : float, optional
        The last value.
    """

    state: State
    since: datetime
    seen_at: datetime
    told_at: datetime | None = None
    told: bool = False
    value: float | None = None


def advance(limit: Limit, before: Standing | None, value: float | None, now: datetime) -> tuple[Standing, Told | None]:
    """Judge one look.

    A recovery is told only if the firing was. A value that is not known ends waiting and leaves a firing rule alone.
    """
    stood = before or Standing("calm", now, now)
    if value is None:
        if stood.state == "pending":
            return replace(stood, state="calm", since=now, seen_at=now, value=None), None
        return replace(stood, seen_at=now, value=None), None
    seen = replace(stood, seen_at=now, value=value)
    if not limit.crossed(value):
        if stood.state == "calm":
            return seen, None
        return replace(seen, state="calm", since=now, told=False), "recovered" if stood.told else None
    if stood.state == "calm" or (stood.state == "pending" and now - stood.seen_at > GAP):
        seen = replace(seen, state="pending", since=now)
    if seen.state == "pending":
        if now - seen.since < limit.duration:
            return seen, None
        seen = replace(seen, state="firing")
    if seen.told or (seen.told_at is not None and now - seen.told_at < QUIET):
        return seen, None
    return replace(seen, told=True, told_at=now), "fired"
