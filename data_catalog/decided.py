"""Conditions that are decided beside the database, because what they ask of lies there: features and marks."""

from collections.abc import Callable

import numpy as np
from sqlalchemy import ColumnElement, LargeBinary, literal

from data_catalog.packed_bytes import picked


class Decided:
    """Which members meet a condition.

    However many such conditions a query has, its statement asks one byte of each member.

    Parameters
    ----------
    member_ids : int64 (N,)
        Of whom it is known; ascending, each once.
    met : bool (N,)
        Whether they meet it.
    others : bool
        Whether all other members do.
    """

    def __init__(self, member_ids: np.ndarray, met: np.ndarray, others: bool) -> None:
        self._ids, self._met, self._others = member_ids, met, others

    def __and__(self, other: "Decided") -> "Decided":
        return self._with(other, np.logical_and)

    def __or__(self, other: "Decided") -> "Decided":
        return self._with(other, np.logical_or)

    def __invert__(self) -> "Decided":
        return Decided(self._ids, ~self._met, not self._others)

    def in_sql(self) -> ColumnElement[bool]:
        """The condition on members, for a statement."""
        byte = picked(self._ids, self._met.astype(np.uint8), bytes([self._others]))
        return byte == literal(b"\x01", LargeBinary)

    def _with(self, other: "Decided", join: Callable[..., np.ndarray]) -> "Decided":
        ids = self._ids
        if ids is not other._ids and not np.array_equal(ids, other._ids):
            ids = np.union1d(ids, other._ids)
        others = bool(join(self._others, other._others))
        return Decided(ids, join(self._at(ids), other._at(ids)), others)

    def _at(self, ids: np.ndarray) -> np.ndarray:
        if len(ids) == len(self._ids):  # a union that is no longer holds the same
            return self._met
        found = np.full(len(ids), self._others)
        found[np.searchsorted(ids, self._ids)] = self._met
        return found
