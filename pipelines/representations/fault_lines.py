"""Harmonics and sidebands of the four bearing frequencies, read with one slip each: a row of numbers per record."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.features.orders_input import HasFaultOrders
from pipelines.representations.config import DEFAULT, EnvelopeConfig
from pipelines.representations.order_envelope import EnvelopeOrders, envelope_orders

SHAFT_REACH = 1.5
"""Lines nearer than this to a multiple of the shaft speed belong to the shaft (a Hann line is three lines wide)."""


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A bearing frequency whose harmonics are read.

    Attributes
    ----------
    id, title : str
    order : from fault orders to the fundamental, a multiple of the shaft speed.
    spacing : from fault orders to the distance of its sidebands, None where there are none.
    """

    id: str
    title: str
    order: Callable[[HasFaultOrders], float]
    spacing: Callable[[HasFaultOrders], float] | None


FAULT_LINES = (
    # a load that turns with the shaft (imbalance) modulates an outer race too
    FaultLine("bpfo", "BPFO", lambda o: o.bpfo, lambda _: 1.0),
    FaultLine("bpfi", "BPFI", lambda o: o.bpfi, lambda _: 1.0),
    # a damaged ball strikes both races each turn of its own and meets the load once a turn of the cage
    FaultLine("2bsf", "2·BSF", lambda o: 2 * o.bsf, lambda o: o.ftf),
    FaultLine("ftf", "FTF", lambda o: o.ftf, None),
)


def fault_line_names(config: EnvelopeConfig = DEFAULT) -> tuple[str, ...]:
    """Names of the columns of `fault_lines`: per frequency the comb, its harmonics, the sidebands of each harmonic."""
    names: list[str] = []
    for line in FAULT_LINES:
        names.append(f"{line.id}_comb")
        names += [f"{line.id}_{h}x" for h in range(1, config.harmonics + 1)]
        if line.spacing is not None:
            names += [f"{line.id}_{h}x_sidebands" for h in range(1, config.harmonics + 1)]
    return tuple(names)


def fault_lines(
    x: ArrayLike,
    rate_hz: float,
    speed_rpm: ArrayLike | None,
    orders: HasFaultOrders | None,
    *,
    config: EnvelopeConfig = DEFAULT,
) -> NDArray[np.float32]:
    """Lines of the four bearing frequencies over their floor: the same for any speed, rate, gain and length.

    Parameters
    ----------
    x : (L,) or (B, L) array_like
        Signals of one length, rate and bearing.
    rate_hz : float
    speed_rpm : float or (B,) array_like
        Speed of the shaft that carries the inner ring.
    orders : HasFaultOrders
        Fault orders of the bearing, e.g. ``lookup("6205").orders()``.
    config : EnvelopeConfig

    Returns
    -------
    (B, F) float32
        Columns `fault_line_names`, no NaN. A value is ln(1 + power/floor) less its median: 0 is the floor, and the best
        of many slips in plain noise reaches about 0.3.

    Raises
    ------
    InputError
        Missing speed or fault orders, or what `envelope_orders` refuses.
    """
    spectrum = envelope_orders(x, rate_hz, speed_rpm, max_order=highest_order(orders, config), config=config)
    return read_fault_lines(spectrum, orders)


def read_fault_lines(spectrum: EnvelopeOrders, orders: HasFaultOrders | None) -> NDArray[np.float32]:
    """The same from a spectrum that reaches far enough, (B, F) float32.

    Raises
    ------
    InputError
        Missing fault orders, or a spectrum that ends below the highest harmonic.
    """
    config = spectrum.config
    needed = highest_order(orders, config)
    assert orders is not None
    if spectrum.orders[-1] < needed - 1 / config.turns:
        raise InputError(
            f"the spectrum ends at order {spectrum.orders[-1]:.4g}, the bearing's lines reach {needed:.4g}",
            hint="Compute it to a higher order, or ask for fewer harmonics.",
        )
    columns = []
    for line in FAULT_LINES:
        spacing = None if line.spacing is None else line.spacing(orders)
        # the cage's many harmonics are weak and lie on everything (n of them are the BPFO)
        others = [other.order(orders) for other in FAULT_LINES if other is not line and other.id != "ftf"]
        order = line.order(orders)
        rivals = [
            other for other in others if abs(other - order) > 2 * config.slip * order + SHAFT_REACH / config.turns
        ]
        columns.append(_comb(spectrum, order, spacing, rivals))
    return np.concatenate(columns, axis=1).astype(np.float32)


def highest_order(orders: HasFaultOrders | None, config: EnvelopeConfig) -> float:
    """The highest shaft order that any line of the bearing reaches with slip, and one line more."""
    if orders is None:
        raise InputError(
            "the bearing's fault orders are missing: where its lines lie is unknown",
            hint="Give the bearing's geometry or its fault orders; a journal bearing has none.",
        )
    reaches = []
    for line in FAULT_LINES:
        order = line.order(orders)
        if not (math.isfinite(order) and order > 0):
            raise InputError(f"order {order} of {line.title}, expected a positive multiple of the shaft speed")
        spacing = 0.0 if line.spacing is None else line.spacing(orders)
        reaches.append(config.harmonics * order * (1 + config.slip) + spacing)
    return max(reaches) + 2 / config.turns


def _comb(spectrum: EnvelopeOrders, order: float, spacing: float | None, rivals: list[float]) -> NDArray[np.float64]:
    """Comb mean, harmonics and sidebands (mean of both sides) at the slip of the highest comb, (B, 1 + H or 1 + 2H)."""
    config = spectrum.config
    multiples = np.arange(1, config.harmonics + 1, dtype=np.float64)
    # neighbouring slips move the highest harmonic by one line
    steps = math.ceil(config.slip * order * config.harmonics * config.turns)
    slips = 1 + np.linspace(-config.slip, config.slip, 2 * steps + 1)
    centres = slips[:, None] * order * multiples
    nominal = order * multiples
    meets = _met(nominal, rivals, config)
    combs, harmonics = _told(_read(spectrum, centres, meets))
    best = combs.argmax(axis=1)
    rows = np.arange(len(best))
    parts = [combs[rows, best][:, None], harmonics[rows, best]]
    if spacing is not None:
        sides = [(side, meets | _met(np.abs(nominal + side), rivals, config)) for side in (-spacing, spacing)]
        both = np.stack([_read(spectrum, centres + side, met) for side, met in sides])
        seen = ~np.isnan(both)
        sidebands = np.where(seen, both, 0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        sidebands = np.where(seen.any(axis=0), sidebands, np.nan)
        parts.append(_told(sidebands[rows, best])[1])
    return np.concatenate(parts, axis=1)


def _told(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean over the last axis, and the values with it where another line hides them.

    Which harmonic meets the shaft or another comb depends on the bearing and on its slip of the day, so what is hidden
    is taken to be like the others. Where more than half are hidden the mean counts the missing ones as floor: one line
    is no comb.
    """
    seen = ~np.isnan(values)
    least = (values.shape[-1] + 1) // 2
    mean = np.where(seen, values, 0).sum(axis=-1) / np.maximum(seen.sum(axis=-1), least)
    return mean, np.where(seen, values, mean[..., None])


def _met(nominal: NDArray[np.float64], rivals: list[float], config: EnvelopeConfig) -> NDArray[np.bool_]:
    """Which of (H,) orders a harmonic of another bearing frequency can reach, each of the two having slipped.

    A strong outer race would else show as the inner race's second harmonic in one bearing and as the ball's third in
    the next, and a model would learn the geometry instead of the fault. Two frequencies so alike that already their
    fundamentals meet cannot be told apart at all: both are read, for something is there.
    """
    met = np.zeros(nominal.shape, dtype=bool)
    for rival in rivals:
        nearest = np.maximum(1, np.rint(nominal / rival)) * rival
        met |= np.abs(nominal - nearest) <= 2 * config.slip * nearest + SHAFT_REACH / config.turns
    return met


def _read(spectrum: EnvelopeOrders, orders: NDArray[np.float64], met: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Excess at (S, H) orders, (B, S, H); NaN where a multiple of the shaft speed or another comb is met."""
    turns = spectrum.config.turns
    # a difference below zero folds to its mirror
    positions = np.clip(np.rint(np.abs(orders) * turns).astype(np.int64), 1, spectrum.excess.shape[1] - 1)
    shaft = np.abs(positions - np.rint(positions / turns) * turns) < SHAFT_REACH
    return np.where(shaft | met, np.nan, spectrum.excess[:, positions].astype(np.float64))
