"""One number for each of many members, kept beside the database and used in its statements like a column.

Values of features lie in Zarr. A statement that filters or sorts by one carries its values as one block of bytes, eight
for each member in the order of their ids, and the database picks a member's eight by position: no table is written, no
list of ids is joined, and one scan of the index of living members is enough. The eight bytes order like the numbers.
"""

from collections.abc import Iterable

import numpy as np
from sqlalchemy import ColumnElement, Integer, LargeBinary, and_, case, func, literal

from data_catalog.schema import Member

WIDTH = 8
MOST_BLOCKS = 32
_GAP = 4096
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
    """Numbers of members as an SQL expression, for SQLite and PostgreSQL.

    Parameters
    ----------
    member_ids : int64 (N,)
        Whose numbers; in any order, each once.
    values : float64 (N,)
        Their numbers; NaN where one is not known. Other members have none.
    """

    def __init__(self, member_ids: np.ndarray, values: np.ndarray) -> None:
        order = np.argsort(member_ids)
        ids, keys = np.asarray(member_ids, np.int64)[order], keys_of(np.asarray(values)[order])
        self._ids, self._keys = ids, keys
        blocks, packed, offset = [], [], 0
        for some, numbers in zip(*_cut(ids, keys), strict=True):
            first, last = int(some[0]), int(some[-1])
            wide = np.zeros(last - first + 1, ">u8")
            wide[some - first] = numbers
            blocks.append((first, last, offset))
            packed.append(wide.tobytes())
            offset += len(wide)
        self._key = _picked(blocks, b"".join(packed)) if blocks else literal(_UNKNOWN, LargeBinary)

    @property
    def ordered(self) -> ColumnElement[bytes]:
        """Keys that compare as the numbers do; null where the number is not known."""
        return func.nullif(self._key, literal(_UNKNOWN, LargeBinary), type_=LargeBinary)

    def order_keys(self, *, unknown_greatest: bool) -> ColumnElement[bytes]:
        """Keys that order as the numbers do, never null; what is not known has the greatest of all, or the least."""
        if not unknown_greatest:
            return self._key
        return func.coalesce(self.ordered, _bytes(_GREATEST), type_=LargeBinary)

    def is_unknown(self) -> ColumnElement[bool]:
        """Members whose number is not known."""
        return self._key == literal(_UNKNOWN, LargeBinary)

    def compare(self, operator: str, value: float) -> ColumnElement[bool]:
        """Members whose number is known and stands in that relation to `value`."""
        key = int(keys_of(np.array([value]))[0])
        if operator == "!=":
            return and_(self._key != _bytes(key), self._key != literal(_UNKNOWN, LargeBinary))
        low, high = {
            "=": (key, key),
            "<": (_LEAST, key - 1),
            "<=": (_LEAST, key),
            ">": (key + 1, _GREATEST),
            ">=": (key, _GREATEST),
        }[operator]
        return self._key.between(_bytes(low), _bytes(high))

    def keys_at(self, member_ids: np.ndarray) -> np.ndarray:
        """Keys of members, uint64 (N,); 0 for those whose number is not known."""
        if not len(self._ids):
            return np.zeros(len(member_ids), np.uint64)
        place = np.minimum(np.searchsorted(self._ids, member_ids), len(self._ids) - 1)
        return np.where(self._ids[place] == member_ids, self._keys[place], np.uint64(0))

    def first(self, member_ids: np.ndarray, count: int, *, descending: bool) -> np.ndarray:
        """The first `count` of members in the order of their numbers, int64; unknown last, equal ones by id."""
        keys = self.keys_at(member_ids)
        rank = ~keys if descending else np.where(keys == 0, np.uint64(_GREATEST), keys)
        if count < len(rank):
            bound = np.partition(rank, count - 1)[count - 1] if count else np.uint64(0)
            near = rank <= bound
            member_ids, rank = member_ids[near], rank[near]
        return member_ids[np.lexsort((member_ids, rank))][:count]

    @staticmethod
    def key_of(value: float) -> bytes:
        """The key of a number."""
        return int(keys_of(np.array([value]))[0]).to_bytes(WIDTH, "big")

    def among(self, values: Iterable[float]) -> ColumnElement[bool]:
        """Members whose number is one of `values`."""
        return self._key.in_([literal(self.key_of(value), LargeBinary) for value in values])

    def between(self, low: float | None, high: float | None) -> ColumnElement[bool]:
        """Members whose number is known and lies between the bounds, both included; None: no bound."""
        ends = np.array([-np.inf if low is None else low, np.inf if high is None else high])
        first, last = map(int, keys_of(ends))
        return self._key.between(_bytes(first), _bytes(last))


def _cut(ids: np.ndarray, keys: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Runs of ids that lie close together, so that what others added between them takes no room."""
    if not len(ids):
        return [], []
    gaps = np.diff(ids)
    wide = np.flatnonzero(gaps > _GAP)
    wide = np.sort(wide[np.argsort(gaps[wide])[::-1][: MOST_BLOCKS - 1]]) + 1
    return np.split(ids, wide), np.split(keys, wide)


def _picked(blocks: list[tuple[int, int, int]], packed: bytes) -> ColumnElement[bytes]:
    data = literal(packed, LargeBinary)
    cases = [
        (
            Member.id.between(first, last),
            func.substr(data, (Member.id - literal(first - offset, Integer)) * WIDTH + 1, WIDTH, type_=LargeBinary),
        )
        for first, last, offset in blocks
    ]
    return case(*cases, else_=literal(_UNKNOWN, LargeBinary))


def _bytes(key: int) -> ColumnElement[bytes]:
    return literal(key.to_bytes(WIDTH, "big"), LargeBinary)
