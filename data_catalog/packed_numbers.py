"""One number for each of many members, kept beside the database and used in its statements like a column.

Values of features lie in Zarr. What is asked of them is decided beside the database, see `Decided`; a statement that
compares them with one another carries them as one block of bytes, eight for each member in the order of their ids, and
the database picks a member's eight by position. The eight bytes order like the numbers.
"""

import numpy as np
from sqlalchemy import ColumnElement, LargeBinary, func, literal

from data_catalog.decided import Decided
from data_catalog.id_places import IdPlaces
from data_catalog.packed_bytes import picked

WIDTH = 8
_TOP = 1 << 63
_UNKNOWN = bytes(WIDTH)
_LEAST, _GREATEST = 1, 2**64 - 1


def keys_of(values: np.ndarray) -> np.ndarray:
    """Numbers that order as `values` do, uint64 (N,); 0 for what is not known (NaN).

    The sign bit of a positive double is set and a negative one is inverted: then the bits order as the numbers.
    """
    given = np.asarray(values, np.float64) + 0.0  # adding makes a negative zero a zero
    bits = given.view(np.uint64)
    found = np.where(bits >> np.uint64(63) == 1, ~bits, bits | np.uint64(_TOP))
    return np.where(np.isnan(given), np.uint64(0), found)


class PackedNumbers:
    """Numbers of members, in numpy and as an SQL expression, for SQLite and PostgreSQL.

    Parameters
    ----------
    member_ids : int64 (N,)
        Whose numbers; in any order, each once.
    values : float64 (N,)
        Their numbers; NaN where one is not known. Other members have none.
    """

    def __init__(self, member_ids: np.ndarray, values: np.ndarray) -> None:
        ids = np.asarray(member_ids, np.int64)
        # mostly in order already, and then the same array for every feature
        if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
            order = np.argsort(ids)
            ids, values = ids[order], np.asarray(values)[order]
        self._place = IdPlaces(ids)
        self._ids, self._keys = ids, keys_of(np.asarray(values))
        self._key = picked(ids, self._keys.astype(">u8").view(f"V{WIDTH}"), _UNKNOWN)

    @property
    def ordered(self) -> ColumnElement[bytes]:
        """Keys that compare as the numbers do; null where the number is not known."""
        return func.nullif(self._key, literal(_UNKNOWN, LargeBinary), type_=LargeBinary)

    def order_keys(self, *, unknown_greatest: bool) -> ColumnElement[bytes]:
        """Keys that order as the numbers do, never null; what is not known has the greatest of all, or the least."""
        if not unknown_greatest:
            return self._key
        return func.coalesce(self.ordered, literal(_GREATEST.to_bytes(WIDTH, "big"), LargeBinary), type_=LargeBinary)

    def is_unknown(self) -> Decided:
        """Members whose number is not known."""
        return Decided(self._ids, self._keys == 0, True)

    def compare(self, operator: str, value: float) -> Decided:
        """Members whose number is known and stands in that relation to `value`."""
        key = int(keys_of(np.array([value]))[0])
        if operator == "!=":
            return Decided(self._ids, (self._keys != np.uint64(key)) & (self._keys != 0), False)
        low, high = {
            "=": (key, key),
            "<": (_LEAST, key - 1),
            "<=": (_LEAST, key),
            ">": (key + 1, _GREATEST),
            ">=": (key, _GREATEST),
        }[operator]
        return self._within(low, high)

    def between(self, low: float | None, high: float | None) -> Decided:
        """Members whose number is known and lies between the bounds, both included; None: no bound."""
        ends = np.array([-np.inf if low is None else low, np.inf if high is None else high])
        first, last = map(int, keys_of(ends))
        return self._within(first, last)

    def first(self, member_ids: np.ndarray, count: int, *, descending: bool) -> np.ndarray:
        """The first `count` of members in the order of their numbers, int64; unknown last, equal ones by id."""
        keys = self._keys_at(member_ids)
        rank = ~keys if descending else np.where(keys == 0, np.uint64(_GREATEST), keys)
        if count < len(rank):
            bound = np.partition(rank, count - 1)[count - 1] if count else np.uint64(0)
            near = rank <= bound
            member_ids, rank = member_ids[near], rank[near]
        return member_ids[np.lexsort((member_ids, rank))][:count]

    def _keys_at(self, member_ids: np.ndarray) -> np.ndarray:
        """Keys of members, uint64 (N,); 0 for those whose number is not known."""
        place = self._place.of(member_ids)
        return (
            np.where(place >= 0, self._keys[place], np.uint64(0))
            if len(self._keys)
            else np.zeros(len(place), np.uint64)
        )

    def _within(self, low: int, high: int) -> Decided:
        return Decided(self._ids, (self._keys >= np.uint64(low)) & (self._keys <= np.uint64(high)), False)
