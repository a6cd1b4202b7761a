"""The reference: every definition evaluated on its own in float64, slow and plain."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import UnknownNameError
from pipelines.features.declaration import DEFINITIONS, feature_names
from pipelines.features.inputs import checked, require_finite
from pipelines.features.orders_input import HasFaultOrders
from pipelines.features.representation import Representation


def extract_reference(
    x: ArrayLike,
    rate_hz: float,
    *,
    speed_rpm: ArrayLike | None = None,
    orders: HasFaultOrders | None = None,
    domains: Iterable[str] | None = None,
) -> NDArray[np.float64]:
    """Compute the features as their formulas read; `extract` takes the same arguments and is proven against this.

    Returns
    -------
    (B, F) float64
        One row a signal, columns as ``feature_names(domains)``.
    """
    names = feature_names(domains)
    if missing := [name for name in names if name not in DEFINITIONS]:
        raise UnknownNameError(
            f"{missing[0]} has no definition by itself", hint="Domains that are read together have no reference."
        )
    given = checked(x, rate_hz, speed_rpm, orders)
    require_finite(given.x)
    rows = np.empty((len(given.x), len(names)))
    for row, samples, shaft_hz in zip(rows, given.x, given.shaft_hz, strict=True):
        signal = Representation(samples.astype(np.float64), given.rate_hz, float(shaft_hz), orders)
        row[:] = [DEFINITIONS[name](signal) for name in names]
    return rows
