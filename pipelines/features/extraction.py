"""The door of the package: features of a block of signals."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.features.orders_input import HasFaultOrders
from pipelines.features.reference import extract_reference


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
        Domains to compute, default all.

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
    return extract_reference(x, rate_hz, speed_rpm=speed_rpm, orders=orders, domains=domains)
