"""Fault frequencies of a rolling-element bearing in orders of the shaft speed, with slip of the cage."""

from dataclasses import dataclass
from math import cos, radians


@dataclass(frozen=True)
class FaultOrders:
    """Events per turn of the shaft.

    Parameters
    ----------
    bpfo, bpfi
        Passes of rolling elements over a point of the outer and of the inner race.
    ball
        Passes of a point of a rolling element over either race: twice the spin frequency (2·BSF).
    ftf
        Turns of the cage.
    """

    bpfo: float
    bpfi: float
    ball: float
    ftf: float


def fault_orders(n: int, d_mm: float, D_mm: float, alpha_deg: float, slip: float = 0.0) -> FaultOrders:
    """Orders from geometry (outer ring fixed); a cage that lags by ``slip`` lowers FTF, BPFO, BSF and raises BPFI.

    Parameters
    ----------
    n
        Number of rolling elements.
    d_mm, D_mm
        Diameter of an element and of the pitch circle.
    alpha_deg
        Contact angle.
    slip
        Share by which the cage lags behind pure rolling.

    Notes
    -----
    FTF = (1 - d/D cos α)/2, BPFO = n FTF, BPFI = n (1 - FTF), BSF = D/(2d) (1 - (d/D cos α)²); Randall & Antoni,
    Rolling element bearing diagnostics - a tutorial, MSSP 25 (2011).
    """
    ratio = d_mm / D_mm * cos(radians(alpha_deg))
    ftf = 0.5 * (1.0 - ratio) * (1.0 - slip)
    ball = D_mm / d_mm * (1.0 - ratio**2) * (1.0 - slip)
    return FaultOrders(bpfo=n * ftf, bpfi=n * (1.0 - ftf), ball=ball, ftf=ftf)
