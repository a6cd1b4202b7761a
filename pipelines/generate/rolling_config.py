"""Every control of the rolling-element generator."""

from math import pi
from typing import Literal

from pydantic import Field, model_validator

from pipelines.errors import InputError
from pipelines.generate import faults  # noqa: F401  (registers the classes)
from pipelines.generate.declared import Declared, control, require_names, require_range, require_record
from pipelines.generate.kinematics import fault_orders
from pipelines.generate.noise import NoiseConfig
from pipelines.generate.registry import classes_of
from pipelines.generate.severity import SEVERITY_LEVELS, SeverityLevel

ROLLING_CLASSES = classes_of("rolling")


class RollingConfig(Declared):
    """Records of rolling-element bearings: five classes on several simulated bearings of one geometry.

    The default geometry is the SKF 6205-2RS of the Case Western Reserve rig.

    Raises
    ------
    InputError
        If a value is out of its range, a list of names is empty or unknown, the elements do not fit the pitch circle
        or a record cannot hold its content.
    """

    kind: Literal["rolling"] = "rolling"
    seed: int = control(42, "Seed of the data set; different seeds share no signal", ge=0, le=2**63 - 1)
    classes: tuple[str, ...] = control(ROLLING_CLASSES, "Classes to generate", choices=ROLLING_CLASSES)
    per_class: int = control(24, "Records of each class, dealt to the bearings in turn", ge=1, le=100_000)
    severities: tuple[SeverityLevel, ...] = control(
        SEVERITY_LEVELS, "Severity levels, used in equal numbers", choices=SEVERITY_LEVELS
    )
    evolution_probability: float = control(0.0, "Share of faulty records whose fault grows", ge=0, le=1)
    rate_hz: float = control(12000.0, "Sampling rate", unit="Hz", ge=1000, le=1_000_000)
    duration_s: float = control(10.0, "Length of a record", unit="s", ge=0.1, le=3600)
    nominal_speed_hz: float = control(29.95, "Nominal shaft speed", unit="Hz", ge=0.5, le=1000)
    speed_variation: float = control(0.02, "Speed differs between records by up to this share", ge=0, le=0.9)
    speed_fluctuation: float = control(
        0.001, "Wander of the speed within a record below 5 Hz, standard deviation as a share", ge=0, le=0.1
    )
    load_min_percent: float = control(0.0, "Lowest load", unit="%", ge=0, le=100)
    load_max_percent: float = control(100.0, "Highest load", unit="%", ge=0, le=100)
    designation: str = control("6205-2RS", "Name of the bearing in the metadata", label_only=True)
    n: int = control(9, "Number of rolling elements", ge=3, le=100)
    d_mm: float = control(7.94, "Diameter of a rolling element", unit="mm", gt=0, le=500)
    D_mm: float = control(39.04, "Pitch diameter", unit="mm", gt=0, le=5000)
    alpha_deg: float = control(0.0, "Contact angle", unit="°", ge=0, le=80)
    bearings: int = control(6, "Simulated bearings, each with its own resonances and transfer path", ge=1, le=1000)
    slip: float = control(0.01, "Largest lag of the cage behind pure rolling, at no load", ge=0, le=0.1)
    jitter: float = control(0.01, "Random deviation of each interval between impacts, as a share of it", ge=0, le=0.2)
    resonance_min_hz: float = control(2000.0, "Lowest resonance of the bearings", unit="Hz", ge=50, le=400_000)
    resonance_max_hz: float = control(4500.0, "Highest resonance of the bearings", unit="Hz", ge=50, le=400_000)
    damping: float = control(
        0.04, "Damping ratio of the resonances, which differ by up to half of it", ge=0.002, le=0.5
    )
    impact: float = control(0.5, "Amplitude of an impact of a full-scale fault at full load", unit="g", ge=0, le=1000)
    shaft: float = control(
        0.03, "Amplitude of the first order of the shaft, half of it at the second", unit="g", ge=0, le=1000
    )
    background: float = control(0.03, "Noise of the machine as heard through the resonances", unit="g", ge=0, le=1000)
    noise: NoiseConfig = Field(default=NoiseConfig(), description="The eight layers of noise")

    @property
    def samples(self) -> int:
        """Samples in a record."""
        return round(self.rate_hz * self.duration_s)

    @model_validator(mode="after")
    def _possible(self) -> "RollingConfig":
        require_names(self.classes, ROLLING_CLASSES, "class")
        require_names(self.severities, SEVERITY_LEVELS, "severity")
        require_range(self.load_min_percent, self.load_max_percent, "load")
        require_range(self.resonance_min_hz, self.resonance_max_hz, "resonance")
        if self.n * self.d_mm >= pi * self.D_mm:
            raise InputError(
                f"{self.n} elements of {self.d_mm:g} mm do not fit on a pitch circle of {self.D_mm:g} mm",
                hint=f"At most {int(pi * self.D_mm / self.d_mm)} fit; check n, d_mm and D_mm.",
            )
        require_record(self.rate_hz, self.duration_s, self.resonance_max_hz, "a resonance")
        self._require_events()
        fastest = self.nominal_speed_hz * (1 + self.speed_variation) * (1 + 3 * self.speed_fluctuation)
        highest = fault_orders(self.n, self.d_mm, self.D_mm, self.alpha_deg, self.slip).bpfi * fastest
        require_record(self.rate_hz, self.duration_s, highest, "the inner-race frequency")
        return self

    def _require_events(self) -> None:
        """Refuse records in which a fault could pass without striking once: they would be healthy by construction."""
        slowest = self.nominal_speed_hz * (1 - self.speed_variation) * (1 - 3 * self.speed_fluctuation)
        orders = fault_orders(self.n, self.d_mm, self.D_mm, self.alpha_deg, self.slip)
        rates = {"outer_race": orders.bpfo, "inner_race": orders.bpfi, "ball": orders.ball, "cage": orders.ftf}
        for name, order in rates.items():
            if name in self.classes and order * slowest * self.duration_s < 1.0:
                raise InputError(
                    f"a record of {self.duration_s:g} s may hold less than one event of class {name}",
                    hint=f"Lengthen duration_s to {1.0 / (order * slowest):.2g} s or more.",
                )
