"""The name of a feature table's content."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def fingerprint(signal_ids: Sequence[str], names: Sequence[str], values: NDArray[np.float64]) -> str:
    """blake2b-128 over signals, features and every number, as 32 hexadecimal digits.

    Two tables that differ in anything have different names, whichever data set, version or filter they come from.
    """
    told = hashlib.blake2b(digest_size=16)
    for words in (signal_ids, names):
        told.update(f"{len(words)}\n".encode())
        told.update("\n".join(words).encode())
    # one bit pattern for every unknown number
    numbers = np.where(np.isnan(values), np.nan, np.asarray(values, dtype="<f8"))
    told.update(f"{numbers.shape}\n".encode())
    told.update(np.ascontiguousarray(numbers).tobytes())
    return told.hexdigest()
