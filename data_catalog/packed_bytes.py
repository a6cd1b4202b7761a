"""Bytes for each of many members, carried by a statement as one block.

The database picks a member's bytes by position: no table is written, no list of ids is joined, and one scan of the
index of living members is enough.
"""

import numpy as np
from sqlalchemy import ColumnElement, Integer, LargeBinary, case, func, literal

from data_catalog.schema import Member

MOST_BLOCKS = 32
_GAP = 4096


def picked(member_ids: np.ndarray, values: np.ndarray, otherwise: bytes) -> ColumnElement[bytes]:
    """The bytes of a member, as an SQL expression for SQLite and PostgreSQL.

    Parameters
    ----------
    member_ids : int64 (N,)
        Whose bytes; ascending, each once.
    values : (N,)
        Of any type of fixed size; its bytes in memory are what is picked.
    otherwise : bytes
        What other members have; as many bytes.
    """
    width = len(otherwise)
    nothing = np.frombuffer(otherwise, values.dtype)
    packed, blocks, offset = [], [], 0
    for some, mine in zip(*_cut(member_ids, values), strict=True):
        first, last = int(some[0]), int(some[-1])
        if last - first + 1 == len(some):
            packed.append(mine.tobytes())
        else:
            wide = np.repeat(nothing, last - first + 1)
            wide[some - first] = mine
            packed.append(wide.tobytes())
        blocks.append((first, last, offset))
        offset += last - first + 1
    if not blocks:
        return literal(otherwise, LargeBinary)
    data = literal(b"".join(packed), LargeBinary)
    cases = [
        (
            Member.id.between(first, last),
            func.substr(data, (Member.id - literal(first - at, Integer)) * width + 1, width, type_=LargeBinary),
        )
        for first, last, at in blocks
    ]
    return case(*cases, else_=literal(otherwise, LargeBinary))


def _cut(ids: np.ndarray, values: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Runs of ids that lie close together, so that what others added between them takes no room."""
    if not len(ids):
        return [], []
    gaps = np.diff(ids)
    wide = np.flatnonzero(gaps > _GAP)
    wide = np.sort(wide[np.argsort(gaps[wide])[::-1][: MOST_BLOCKS - 1]]) + 1
    return np.split(ids, wide), np.split(values, wide)
