"""One record of a journal bearing: conditions, fault, rotor physics, noise, augmentation, converter, in this order."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.advanced import add_axial, shape_motion, speed_profile
from pipelines.generate.augment import apply_augmentation, draw_augmentation
from pipelines.generate.journal_config import JournalConfig
from pipelines.generate.journal_state import (
    Conditions,
    JournalState,
    load_factor,
    sommerfeld_number,
    temperature_factor,
)
from pipelines.generate.noise import Background, add_noise, convert
from pipelines.generate.plan import SignalSpec, streams
from pipelines.generate.reference_conditions import add_reference_noise, reference_profiles
from pipelines.generate.reference_faults import REFERENCE_SIGNATURES
from pipelines.generate.registry import fault_class
from pipelines.generate.severity import draw_severity
from pipelines.generate.signal import GENERATOR_VERSION, GeneratedSignal, amplitude_metadata, plain
from pipelines.generate.timeline import Timeline
from pipelines.generate.transients import transient_profiles


def generate_journal(config: JournalConfig, spec: SignalSpec, *, keep_parts: bool = False) -> GeneratedSignal:
    """Simulate one record; see `pipelines.generate.generate`."""
    for_operation, for_fault, for_physics, for_noise = streams(spec.seed, 4)
    timeline = Timeline.of(config.samples, config.rate_hz)
    fault = fault_class(spec.class_id)
    conditions = draw_conditions(config, for_operation)
    severity = draw_severity(spec.severity_level, config.evolution_probability, for_operation, timeline)
    transient = _draw_transient(config, for_operation)
    profiles = reference_profiles if config.reference_compat else transient_profiles
    ratio, envelope, transient_parameters = profiles(transient, timeline)
    physics_ratio, ramp, physics_draws = speed_profile(config.advanced, for_operation, timeline)
    state = JournalState(timeline, conditions, severity, ratio * physics_ratio, envelope * ramp)
    simulate = _as_the_reference if config.reference_compat else _simulate
    made = simulate(config, spec, state, (for_fault, for_physics, for_noise), keep_parts)
    signal = made.samples

    metadata = {
        "synthetic": True,
        "bearing_type": "journal",
        "reference_compat": config.reference_compat,
        "fault": fault.id,
        "fault_title": fault.title,
        "mixed": fault.mixed,
        "components": list(fault.components),
        "severity": spec.severity_level,
        "severity_slot": spec.severity_slot,
        "severity_initial": severity.initial,
        "severity_mean": severity.mean,
        "severity_final": severity.final,
        "severity_final_level": severity.final_level,
        "evolving": severity.evolving,
        "speed_rpm": 60.0
        * float(np.interp(timeline.duration_s, timeline.seconds, state.shaft_turns))
        / timeline.duration_s,
        "speed_start_rpm": 60.0 * state.speed_hz[0],
        "speed_end_rpm": 60.0 * state.speed_hz[-1],
        "speed_factor": conditions.speed_factor,
        "load_percent": conditions.load_percent,
        "temperature_c": conditions.temperature_c,
        "operating_factor": conditions.operating_factor,
        "base_amplitude": conditions.amplitude,
        "sommerfeld": conditions.sommerfeld,
        "reynolds": conditions.reynolds,
        "clearance_ratio": conditions.clearance_ratio,
        "physics_factor": state.physics_factor[0],
        "transient": transient,
        "transient_parameters": transient_parameters,
        "advanced": physics_draws,
        "fault_parameters": made.fault,
        "noise": config.noise.model_dump(),
        "noise_drawn": made.noise,
        "augmentation": spec.augmentation,
        "augmentation_parameters": made.augmentation,
        "rate_hz": config.rate_hz,
        "duration_s": timeline.duration_s,
        "samples": timeline.samples,
        "unit": "g",
        **amplitude_metadata(signal),
        "generator_version": GENERATOR_VERSION,
        "dataset_seed": config.seed,
        "seed": spec.seed,
        "index": spec.index,
    }
    return GeneratedSignal(signal, plain(metadata), made.parts)


@dataclass(frozen=True)
class _Made:
    """Samples ``(N,)``, what was drawn for fault, noise and augmentation, and the parts if they are kept."""

    samples: NDArray[np.float32]
    fault: dict[str, Any]
    noise: dict[str, Any]
    augmentation: dict[str, Any]
    parts: dict[str, NDArray[np.float32]] | None


_Streams = tuple[np.random.Generator, np.random.Generator, np.random.Generator]
"""Sources of the draws of fault, physics with augmentation, and noise."""


def _simulate(config: JournalConfig, spec: SignalSpec, state: JournalState, rngs: _Streams, keep: bool) -> _Made:
    for_fault, for_physics, for_noise = rngs
    signal = np.zeros(state.timeline.samples, dtype=np.float32)
    fault = fault_class(spec.class_id).signature(state, for_fault, signal)
    parts = {"fault": signal.copy()} if keep else None
    shape_motion(config.advanced, state, signal, for_physics)
    if parts is not None:
        parts["motion"] = signal.copy()
    augmentation = draw_augmentation(spec.augmentation, for_physics)
    floor = float(np.hypot(config.baseline * state.conditions.amplitude, augmentation.get("added_noise", 0.0)))
    noise = add_noise(signal, config.noise, Background(floor), for_noise, state.timeline)
    add_axial(config.advanced, state, signal, for_physics)
    if parts is not None:
        parts["noise"] = signal - parts["motion"]
    signal = apply_augmentation(augmentation, signal)
    convert(signal, config.noise)
    return _Made(signal, fault, noise, augmentation, parts)


def _as_the_reference(
    config: JournalConfig, spec: SignalSpec, state: JournalState, rngs: _Streams, keep: bool
) -> _Made:
    """Noise, converter and some noise again, then the fault, then augmentation; see `reference_conditions`."""
    for_fault, for_physics, for_noise = rngs
    motion = np.zeros(state.timeline.samples, dtype=np.float32)
    fault = REFERENCE_SIGNATURES[spec.class_id](state, for_fault, motion)
    signal = np.zeros_like(motion)
    floor = config.baseline * state.conditions.amplitude
    noise = add_reference_noise(signal, config.noise, floor, for_noise, state.timeline)
    augmentation = draw_augmentation(spec.augmentation, for_physics)
    if "added_noise" in augmentation:
        added = np.float32(augmentation["added_noise"])
        signal += added * for_physics.standard_normal(signal.size, dtype=np.float32)
    parts = {"fault": motion, "motion": motion.copy(), "noise": signal.copy()} if keep else None
    return _Made(apply_augmentation(augmentation, signal + motion), fault, noise, augmentation, parts)


def draw_conditions(config: JournalConfig, rng: np.random.Generator) -> Conditions:
    """Draw speed, load, temperature, film numbers and base amplitude A0 = (0.2 + 0.1 U) · of."""
    u: list[Any] = rng.random(7).tolist()
    factor = 1.0 + config.speed_variation * (2.0 * u[0] - 1.0)
    load = config.load_min_percent + (config.load_max_percent - config.load_min_percent) * u[1]
    temperature = config.temperature_min_c + (config.temperature_max_c - config.temperature_min_c) * u[2]
    if config.sommerfeld_from_conditions:
        sommerfeld = sommerfeld_number(temperature, factor, load_factor(load))
    else:
        sommerfeld = 0.15 + 0.2 * (u[3] - 0.5)
    return Conditions(
        speed_factor=factor,
        speed_hz=config.nominal_speed_hz * factor,
        load_percent=load,
        temperature_c=temperature,
        sommerfeld=sommerfeld,
        reynolds=500.0 + 4500.0 * u[4],
        clearance_ratio=0.001 + 0.002 * u[5],
        amplitude=(0.2 + 0.1 * u[6]) * load_factor(load) * temperature_factor(temperature),
    )


def _draw_transient(config: JournalConfig, rng: np.random.Generator) -> Any:
    chance, which = rng.random(2)
    if chance >= config.transient_probability:
        return None
    return config.transients[int(which * len(config.transients))]
