"""Opaque places in long lists."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pfd_panel.api.wire import Page
from pfd_panel.errors import RequestError

_FORMAT = 1


class FieldError(RequestError):
    """One field of a request does not fit; `field` is its path."""

    def __init__(self, message: str, field: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


@dataclass(frozen=True)
class Place:
    """Where the next page begins, how long the list was then, and the version that it is read at."""

    offset: int = 0
    total: int | None = None
    version: int | None = None


def write(place: Place, about: Any) -> str:
    """The cursor of a place in the list that `about` (what was asked besides) describes."""
    told = json.dumps([_FORMAT, _digest(about), place.offset, place.total, place.version])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read(cursor: str | None, about: Any) -> Place:
    """The place that a cursor names; the beginning without one.

    Raises
    ------
    FieldError
        The cursor is none of ours, or belongs to a list that was asked for differently.
    """
    if cursor is None:
        return Place()
    hint = "Use the `next` of the page before with everything else unchanged, or leave the cursor out."
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        made, digest, offset, total, version = told
        if made != _FORMAT or not isinstance(offset, int) or not 0 <= offset < 2**53:
            raise ValueError("a cursor of another kind")
        place = Place(offset, *(None if one is None else int(one) for one in (total, version)))
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise FieldError("the cursor is not one that this server gave", "query.cursor", hint=hint) from error
    if digest != _digest(about):
        raise FieldError("the cursor belongs to a list that was asked for differently", "query.cursor", hint=hint)
    return place


def _digest(about: Any) -> str:
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()[:12]


def newest_first[Row](
    cursor: str | None,
    limit: int,
    about: Any,
    fetch: Callable[[int, int], tuple[Sequence[Row], int]],
    *,
    start: int = 0,
) -> Page[Row]:
    """One page of a list that grows at its head: rows that came since the page before do not shift the next one."""
    place = read(cursor, about) if cursor else Place(start)
    rows, total = fetch(place.offset, limit)
    if place.total is not None and total > place.total:
        place = Place(place.offset + total - place.total, place.total)
        rows, total = fetch(place.offset, limit)
    reached = place.offset + len(rows)
    more = reached < total and len(rows) > 0
    return Page(list(rows), total, write(Place(reached, total), about) if more else None)


def sliced[Row](rows: Sequence[Row], cursor: str | None, limit: int, about: Any) -> Page[Row]:
    """One page of a list that is at hand as a whole."""
    start = read(cursor, about).offset
    reached = start + limit
    following = write(Place(reached, len(rows)), about) if reached < len(rows) else None
    return Page(list(rows[start:reached]), len(rows), following)
