"""The door of the package: features of a block of signals."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.features.declaration import DOMAINS, FAULT_LINES, chosen_domains, feature_names
from pipelines.features.fast.block import block_features
from pipelines.features.fault_line_domain import fault_line_features
from pipelines.features.inputs import checked
from pipelines.features.orders_input import HasFaultOrders

#: Samples of one block: about what a core's share of the cache holds.
BLOCK_SAMPLES = 8 * 102_400

#: Records longer than this are taken one by one, for the sake of memory.
LONG_RECORD = 4_000_000


def extract(
    x: ArrayLike,
    rate_hz: float,
    *,
    speed_rpm: ArrayLike | None = None,
    orders: HasFaultOrders | None = None,
    domains: Iterable[str] | None = None,
) -> NDArray[np.float64]:
    """Compute the features of a block of signals.

    Parameters
    ----------
    x : (B, L) or (L,) array of real numbers
        Signals of one length, at least 64 samples.
    rate_hz : float
        Sampling rate.
    speed_rpm : (B,) array, float or None
        Shaft speed; None or NaN where unknown, and then what needs it is NaN.
    orders : HasFaultOrders or None
        Fault orders of the rolling-element bearing; None when unknown.
    domains : iterable of str or None
        Domains to compute; `DOMAINS` unless something else is asked for.

    Returns
    -------
    (B, F) float64
        One row a signal, columns as ``feature_names(domains)``.

    Raises
    ------
    InputError
        Samples that are not finite, too short a signal, or a rate, speed or order that is not positive.
    UnknownNameError
        A domain that does not exist.
    """
    chosen = chosen_domains(domains)
    names = feature_names(chosen)
    given = checked(x, rate_hz, speed_rpm, orders)
    features = np.empty((len(given.x), len(names)))
    if FAULT_LINES in chosen:
        lines = fault_line_features(given.x, given.rate_hz, given.shaft_hz, orders)
        features[:, len(names) - lines.shape[1] :] = lines
        names = names[: -lines.shape[1]]
        chosen = tuple(domain for domain in chosen if domain in DOMAINS)
    if not chosen:
        return features
    size = _rows_at_once(given.x.shape[1])
    for start in range(0, len(given.x), size):
        part = slice(start, start + size)
        found = block_features(given.x[part], given.rate_hz, given.shaft_hz[part], orders, chosen)
        for column, name in enumerate(names):
            features[part, column] = found[name]
    return features


def _rows_at_once(length: int) -> int:
    # the transforms work on four rows at a time in vector registers; more than the cache holds only costs memory
    if length > LONG_RECORD:
        return 1
    return max(4, BLOCK_SAMPLES // length // 4 * 4)
