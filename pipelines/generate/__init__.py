"""Synthetic vibration signals of journal and rolling-element bearings, with everything known about each of them.

- ``plan(config)``: the signals a configuration makes, in a stable order, each with its own seed;
- ``generate(config, spec)``: one signal with its metadata;
- ``generate_block(config, specs)``: several in one array.

A configuration is a `JournalConfig` or a `RollingConfig`; `FAULT_CLASSES` says what can be generated.
"""

from pipelines.generate.advanced import AdvancedConfig
from pipelines.generate.augment import AugmentationConfig
from pipelines.generate.generator import GenerateConfig, generate, generate_block, parse_config
from pipelines.generate.journal_config import JournalConfig
from pipelines.generate.noise import NoiseConfig
from pipelines.generate.plan import SignalSpec, plan
from pipelines.generate.registry import FAULT_CLASSES, FaultClass, classes_of, fault_class
from pipelines.generate.rolling_config import RollingConfig
from pipelines.generate.severity import SEVERITY_LEVELS
from pipelines.generate.signal import GENERATOR_VERSION, GeneratedSignal

__all__ = [
    "FAULT_CLASSES",
    "GENERATOR_VERSION",
    "SEVERITY_LEVELS",
    "AdvancedConfig",
    "AugmentationConfig",
    "FaultClass",
    "GenerateConfig",
    "GeneratedSignal",
    "JournalConfig",
    "NoiseConfig",
    "RollingConfig",
    "SignalSpec",
    "classes_of",
    "fault_class",
    "generate",
    "generate_block",
    "parse_config",
    "plan",
]
