"""Fault frequencies of a rolling-element bearing as multiples of the shaft speed."""

from dataclasses import dataclass
from typing import Protocol


class HasFaultOrders(Protocol):
    """Anything that knows the four fault orders, for example a bearing geometry's ``orders()``."""

    @property
    def bpfo(self) -> float: ...
    @property
    def bpfi(self) -> float: ...
    @property
    def bsf(self) -> float: ...
    @property
    def ftf(self) -> float: ...


@dataclass(frozen=True)
class FaultOrders:
    """Fault frequency divided by shaft frequency.

    Attributes
    ----------
    bpfo : ball pass frequency, outer race.
    bpfi : ball pass frequency, inner race.
    bsf : ball spin frequency (a ball defect shows at twice this).
    ftf : fundamental train (cage) frequency.
    """

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float
