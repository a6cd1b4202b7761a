"""Saved models that this process has read, kept for the next question.

A model is found by the hash of its bytes, and asked for only by whoever has looked it up in the catalog with the rights
of its user: what is kept here opens nothing to anybody.
"""

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any

from data_catalog.store import ArtifactStore

MOST_BYTES = 2**28
"""Of stored models; in memory a forest takes some times as much."""


class LoadedModels:
    """The models that were used last, up to a number of bytes.

    May be asked by several threads; a model that two ask for at once may be read twice.

    Parameters
    ----------
    most_bytes : int
        Stored size of all that are kept; one that is larger is read for every question.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[Path, str], tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, store: ArtifactStore, artifact_id: str) -> Any:
        """The model stored under a hash; its bytes are checked against it when they are read."""
        key = store.root, artifact_id
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        from pipelines.training.reading import load_any

        data = store.read(artifact_id)
        model = load_any(data)
        self._keep(key, model, len(data))
        return model

    def _keep(self, key: tuple[Path, str], model: Any, size: int) -> None:
        with self._lock:
            if key in self._kept or size > self._most_bytes:
                return
            self._kept[key] = model, size
            self._bytes += size
            while self._bytes > self._most_bytes:
                self._bytes -= self._kept.popitem(last=False)[1][1]


LOADED = LoadedModels()
"""Those of this process; read-only copies of immutable files."""
