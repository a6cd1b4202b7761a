"""Networks guided by more than the class: by the orders that turn, or by severity and speed."""

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from pipelines.networks.declaration import LEAST_POSITIONS, NetworkDeclaration, NetworkSettings
from pipelines.networks.declared import fields

Order = Annotated[float, Field(gt=0.0, le=1000.0)]


class PhysicsNetworkSettings(NetworkSettings):
    """Settings of the physics-guided network."""

    orders: tuple[Order, ...] = Field(
        default=(0.45, 1.0),
        min_length=1,
        max_length=16,
        description="frequencies of faults in multiples of shaft speed: BPFO, BPFI, 2 BSF, FTF of a rolling bearing; "
        "whirl and shaft of a journal bearing",
    )
    harmonics: int = Field(default=5, ge=1, le=20, description="multiples of each order that make bands")
    tolerance: float = Field(
        default=0.05,
        ge=0.005,
        le=0.2,
        description="half width of a band as a share of its order: slip, uncertain speed",
    )
    highest_order: float = Field(default=32.0, gt=0.0, le=5000.0, description="order of the last sample of a spectrum")
    penalty: float = Field(
        default=0.1, ge=0.0, le=10.0, description="weight of the energy attended outside the bands, in the loss"
    )
    width: int = Field(default=32, ge=8, le=256, description="channels of the convolutions along the order axis")
    dropout: float = fields.dropout()

    @model_validator(mode="after")
    def _some_band(self) -> Self:
        if min(self.orders) * (1 + self.tolerance) > self.highest_order:
            raise ValueError(
                f"the lowest order {min(self.orders):g} lies above the spectrum, which ends at {self.highest_order:g}"
            )
        return self

    def smallest_length(self) -> int:
        """Fewest samples of an order spectrum: the narrowest band holds one."""
        return max(64, math.ceil(self.highest_order / (2 * self.tolerance * min(self.orders))) + 1)


PHYSICS_NETWORK = NetworkDeclaration(
    name="physics_network",
    title="Physics-guided network",
    summary="Sees an order spectrum through the bands where faults must show, and pays for looking elsewhere.",
    citation="M. Sadoughi, C. Hu, Physics-Based Convolutional Neural Network for Fault Diagnosis of Rolling Element "
    "Bearings, IEEE Sensors Journal 19 (2019) 4181-4192",
    settings=PhysicsNetworkSettings,
    input="order_spectrum",
    sees="order_bands",
)


class MultiTaskSettings(NetworkSettings):
    """Settings of the network for several tasks."""

    width: int = Field(default=16, ge=4, le=128, description="channels of the first layer; each stage doubles them")
    embedding: int = Field(default=128, ge=8, le=1024, description="numbers that all tasks share")
    severity_weight: float = Field(default=0.3, ge=0.0, le=10.0, description="weight of the severity in the loss")
    speed_weight: float = Field(default=0.1, ge=0.0, le=10.0, description="weight of the speed in the loss")
    stem_kernel: int = fields.stem_kernel()
    stem_stride: int = fields.stem_stride(16)
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: three stages take every fourth position."""
        return self.stem_stride * 4**3 * LEAST_POSITIONS


MULTI_TASK = NetworkDeclaration(
    name="multi_task",
    title="Multi-task network (fault, severity, speed)",
    summary="Tells severity and speed beside the fault: what they share makes each easier to learn.",
    citation="R. Caruana, Multitask Learning, Machine Learning 28 (1997) 41-75",
    settings=MultiTaskSettings,
    tasks=("fault", "severity", "speed"),
)
