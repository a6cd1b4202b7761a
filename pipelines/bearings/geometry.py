"""Geometry of a rolling-element bearing and the kinematic fault orders that follow from it."""

import math
from dataclasses import dataclass

from pipelines.errors import InputError


@dataclass(frozen=True, slots=True)
class FaultOrders:
    """Fault frequencies as multiples of shaft speed (outer ring at rest).

    Attributes
    ----------
    bpfo, bpfi : float
        Ball pass frequency of the outer and the inner race.
    bsf : float
        Spin of a rolling element about itself; a ball defect strikes both races and shows at ``2 * bsf``.
    ftf : float
        Fundamental train (cage) frequency.
    """

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float

    def __post_init__(self) -> None:
        for name in ("bpfo", "bpfi", "bsf", "ftf"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise InputError(
                    f"fault order {name} is {value}, expected a positive number",
                    hint="Fault orders are multiples of shaft speed, e.g. BPFO 3.585.",
                )
        if not (self.ftf < 1 and self.bpfo < self.bpfi):
            raise InputError(
                f"fault orders do not fit one bearing: FTF {self.ftf:g}, BPFO {self.bpfo:g}, BPFI {self.bpfi:g}",
                hint="With the outer ring at rest FTF is below 1 and BPFO below BPFI; check the order of the columns.",
            )


@dataclass(frozen=True, slots=True)
class FaultFrequencies:
    """Fault frequencies in Hz at one shaft speed; the attributes are those of `FaultOrders` and the shaft."""

    shaft: float
    bpfo: float
    bpfi: float
    bsf: float
    ftf: float


@dataclass(frozen=True, slots=True)
class BearingGeometry:
    """What a bearing's fault orders need to be known.

    Parameters
    ----------
    designation : str
        Name on the ring, e.g. ``"6205-2RS"``.
    n : int
        Rolling elements in one row.
    d_mm, D_mm : float or None
        Diameter of a rolling element and of the pitch circle, mm. None only with `published_orders`.
    alpha_deg : float
        Contact angle, degrees.
    source : str
        Where the numbers come from.
    maker : str
        Manufacturer, where the source names one: ball counts differ between makers of one designation.
    published_orders : FaultOrders or None
        Orders as published, where the source gives them instead of a geometry.
    approximate : bool
        True when the numbers were not published but estimated; every display says so.

    Raises
    ------
    InputError
        Fewer than three elements, diameters that are not positive, elements that do not fit the pitch circle, a
        contact angle outside 0 to 90 degrees.
    """

    designation: str
    n: int
    d_mm: float | None
    D_mm: float | None
    alpha_deg: float = 0.0
    source: str = "entered by hand"
    maker: str = ""
    published_orders: FaultOrders | None = None
    approximate: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.n, bool) or int(self.n) != self.n or self.n < 3:
            raise InputError(
                f"a bearing with {self.n} rolling elements, expected a whole number of at least 3",
                hint="Give the number of balls or rollers in one row.",
            )
        if not (math.isfinite(self.alpha_deg) and 0 <= self.alpha_deg < 90):
            raise InputError(
                f"contact angle {self.alpha_deg} degrees, expected 0 up to (not including) 90",
                hint="Deep groove ball and cylindrical roller bearings have 0, angular contact 15 to 40.",
            )
        if self.d_mm is None or self.D_mm is None:
            if self.published_orders is None:
                raise InputError(
                    "neither diameters nor published orders are given for this bearing",
                    hint="Give element and pitch diameter in mm, or the four fault orders of the data sheet.",
                )
            return
        if not (math.isfinite(self.d_mm) and math.isfinite(self.D_mm) and 0 < self.d_mm < self.D_mm):
            raise InputError(
                f"element diameter {self.d_mm} mm and pitch diameter {self.D_mm} mm, expected 0 < element < pitch",
                hint="The pitch diameter is measured through the centres of the rolling elements.",
            )
        if self.n * math.asin(self.d_mm / self.D_mm) > math.pi:
            raise InputError(
                f"{self.n} elements of {self.d_mm:g} mm do not fit on a pitch circle of {self.D_mm:g} mm",
                hint="Check the number of elements (one row only) and the unit of both diameters.",
            )

    def orders(self) -> FaultOrders:
        """Fault orders, multiples of shaft speed, outer ring at rest.

        BPFO = n/2 (1 - d/D cos a), BPFI = n/2 (1 + d/D cos a), BSF = D/2d (1 - (d/D cos a)^2),
        FTF = (1 - d/D cos a)/2 (Randall and Antoni, Mech. Syst. Signal Process. 25 (2011) 485, eqs. 1 to 4).
        """
        if self.published_orders is not None:
            return self.published_orders
        assert self.d_mm is not None
        assert self.D_mm is not None
        ratio = self.d_mm / self.D_mm
        projected = ratio * math.cos(math.radians(self.alpha_deg))
        return FaultOrders(
            bpfo=self.n / 2 * (1 - projected),
            bpfi=self.n / 2 * (1 + projected),
            bsf=(1 - projected**2) / (2 * ratio),
            ftf=(1 - projected) / 2,
        )

    def frequencies(self, speed_rpm: float) -> FaultFrequencies:
        """Fault frequencies in Hz at `speed_rpm` revolutions per minute."""
        if not (math.isfinite(speed_rpm) and speed_rpm > 0):
            raise InputError(
                f"shaft speed {speed_rpm} rpm, expected a positive number",
                hint="Give the speed of the shaft that carries the inner ring, in revolutions per minute.",
            )
        shaft = speed_rpm / 60
        orders = self.orders()
        return FaultFrequencies(shaft, orders.bpfo * shaft, orders.bpfi * shaft, orders.bsf * shaft, orders.ftf * shaft)
