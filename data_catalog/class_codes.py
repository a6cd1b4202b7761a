"""In which combination of classes each member of a version is; read once for a version, see `marks`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, String, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from data_catalog.id_places import IdPlaces
from data_catalog.schema import Member

CLASSES = ("fault", "fault_size", "load", "severity", "position", "bearing", "asset", "channel", "rate_hz")
"""The leading columns of the index of living members: few values, walked over in the order of the index."""


class ClassCodes:
    """Combinations of classes, and which one each member has.

    Attributes
    ----------
    combinations : list of tuple
        Values of `CLASSES`.
    ids, places : int64 (N,)
        Members, and the place of the combination of each.
    """

    def __init__(self, combinations: Sequence[Sequence[Any]], ids: np.ndarray, places: np.ndarray) -> None:
        self.combinations = [tuple(one) for one in combinations]
        order = np.argsort(ids, kind="stable")
        self.ids, self.places = ids[order], places[order]
        self._place = IdPlaces(self.ids)

    def of(self, member_ids: np.ndarray) -> np.ndarray | None:
        """The place of the combination of each member, int64; None if one of them is not known here."""
        at = self._place.of(member_ids)
        return None if (at < 0).any() else self.places[at]


def class_codes(session: Session, conditions: Sequence[ColumnElement[bool]]) -> ClassCodes:
    """Combinations of those members that meet conditions."""
    columns = [getattr(Member, name) for name in CLASSES]
    rows = session.execute(select(*columns, ids_as_text()).where(*conditions).group_by(*columns)).all()
    amounts = np.array([row[-1].count(",") + 1 for row in rows], np.int64)
    ids = numbers_of(",".join(row[-1] for row in rows))
    return ClassCodes([row[:-1] for row in rows], ids, np.repeat(np.arange(len(rows)), amounts))


def ids_as_text() -> ColumnElement[str]:
    """Ids of members as one text, for `numbers_of`: several times faster to read than rows."""
    return func.aggregate_strings(sql_cast(Member.id, String), ",")


def numbers_of(text: str | None) -> np.ndarray:
    """Ids that were read as one text, int64."""
    return np.fromstring(text, np.int64, sep=",") if text else np.empty(0, np.int64)
