"""Working memory that is kept between blocks: fresh pages cost as much as the arithmetic."""

import threading

import numpy as np
from numpy.typing import NDArray

#: Larger buffers belong to single very long records and are given back at once.
KEEP_BYTES = 32 << 20


class Scratch(threading.local):
    """Named float32 buffers, one set a thread; their content is never read before it is written."""

    def __init__(self) -> None:
        self._buffers: dict[str, NDArray[np.float32]] = {}

    def get(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """Return a (rows, columns) C-contiguous array of undefined content."""
        size = rows * columns
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size:
            buffer = np.empty(size, dtype=np.float32)
            if buffer.nbytes <= KEEP_BYTES:
                self._buffers[name] = buffer
        return buffer[:size].reshape(rows, columns)
