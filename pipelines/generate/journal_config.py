"""Every control of the journal-bearing generator."""

from typing import Literal

from pydantic import Field, model_validator

from pipelines.errors import InputError
from pipelines.generate import faults  # noqa: F401  (registers the classes)
from pipelines.generate.advanced import AdvancedConfig
from pipelines.generate.augment import AugmentationConfig
from pipelines.generate.declared import Declared, control, require_names, require_range, require_record
from pipelines.generate.noise import NoiseConfig
from pipelines.generate.registry import FAULT_CLASSES, classes_of
from pipelines.generate.severity import SEVERITY_LEVELS, SeverityLevel
from pipelines.generate.transients import RAMP_RATIO, TRANSIENTS, TransientKind

JOURNAL_CLASSES = classes_of("journal")


class JournalConfig(Declared):
    """Records of hydrodynamic journal bearings: eleven classes, four severities, conditions, transients, noise.

    Raises
    ------
    InputError
        If a value is out of its range, a list of names is empty or unknown, or a record cannot hold its content.
    """

    kind: Literal["journal"] = "journal"
    seed: int = control(42, "Seed of the data set; different seeds share no signal", ge=0, le=2**63 - 1)
    classes: tuple[str, ...] = control(JOURNAL_CLASSES, "Classes to generate", choices=JOURNAL_CLASSES)
    per_class: int = control(100, "Records of each class before augmentation", ge=1, le=100_000)
    severities: tuple[SeverityLevel, ...] = control(
        SEVERITY_LEVELS, "Severity levels, used in equal numbers", choices=SEVERITY_LEVELS
    )
    evolution_probability: float = control(0.30, "Share of faulty records whose fault grows", ge=0, le=1)
    rate_hz: float = control(20480.0, "Sampling rate", unit="Hz", ge=1000, le=1_000_000)
    duration_s: float = control(5.0, "Length of a record", unit="s", ge=0.1, le=3600)
    nominal_speed_hz: float = control(60.0, "Nominal shaft speed", unit="Hz", ge=1, le=1000)
    speed_variation: float = control(0.10, "Speed differs between records by up to this share", ge=0, le=0.9)
    load_min_percent: float = control(30.0, "Lowest load", unit="%", ge=0, le=100)
    load_max_percent: float = control(100.0, "Highest load", unit="%", ge=0, le=100)
    temperature_min_c: float = control(40.0, "Lowest oil temperature", unit="°C", ge=0, le=150)
    temperature_max_c: float = control(80.0, "Highest oil temperature", unit="°C", ge=0, le=150)
    sommerfeld_from_conditions: bool = control(
        True, "Compute the Sommerfeld number from speed, load and temperature; otherwise draw it from 0.05 to 0.25"
    )
    transient_probability: float = control(0.25, "Share of records with a transient", ge=0, le=1)
    transients: tuple[TransientKind, ...] = control(
        TRANSIENTS, "Kinds of transient", needs="transient_probability", choices=TRANSIENTS
    )
    reference_compat: bool = control(
        False,
        "Simulate as the reference generator of these classes does, departures from physics included: severity twice "
        "in mixed faults, ramps without a change of frequency, bursts at any shaft angle, fixed phases, 1/f² noise",
    )
    baseline: float = control(0.05, "Noise of the structure as a share of the base amplitude", ge=0, le=10)
    noise: NoiseConfig = Field(default=NoiseConfig(), description="The eight layers of noise")
    augmentation: AugmentationConfig = Field(default=AugmentationConfig(), description="Extra, changed records")
    advanced: AdvancedConfig = Field(default=AdvancedConfig(), description="Optional rotor physics")

    @property
    def samples(self) -> int:
        """Samples in a record."""
        return round(self.rate_hz * self.duration_s)

    @property
    def highest_speed_hz(self) -> float:
        """The fastest the shaft can turn under this configuration."""
        speed = self.nominal_speed_hz * (1 + self.speed_variation) * (1 + 3 * self.advanced.speed_fluctuation)
        ramps = self.transient_probability > 0 and "speed_ramp" in self.transients
        return speed * (RAMP_RATIO[1] if ramps else 1.0)

    @model_validator(mode="after")
    def _possible(self) -> "JournalConfig":
        require_names(self.classes, JOURNAL_CLASSES, "class")
        require_names(self.severities, SEVERITY_LEVELS, "severity")
        if self.transient_probability:
            require_names(self.transients, TRANSIENTS, "transient")
        require_range(self.load_min_percent, self.load_max_percent, "load")
        require_range(self.temperature_min_c, self.temperature_max_c, "temperature")
        for name in self.classes:
            fault = FAULT_CLASSES[name]
            highest = max(fault.highest_hz, fault.highest_order * self.highest_speed_hz)
            require_record(self.rate_hz, self.duration_s, highest, f"class {name}")
        if self.reference_compat and self.advanced.active:
            raise InputError(
                f"reference_compat has no rotor physics, and {' and '.join(self.advanced.active)} would need it",
                hint="Turn either off; compare rotor physics without reference_compat.",
            )
        if self.advanced.critical_speed:
            require_record(self.rate_hz, self.duration_s, self.advanced.critical_speed_hz, "the critical speed")
        return self
