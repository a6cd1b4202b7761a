"""One record of a rolling-element bearing: fault impacts, machine, sensor noise, converter, in this order."""

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.advanced import slow_noise
from pipelines.generate.journal_state import load_factor
from pipelines.generate.kernels import add_tone, colour
from pipelines.generate.kinematics import fault_orders
from pipelines.generate.noise import Background, add_noise, convert
from pipelines.generate.plan import SignalSpec, signal_entropy, streams
from pipelines.generate.registry import fault_class
from pipelines.generate.rolling_config import RollingConfig
from pipelines.generate.rolling_state import Mode, RollingState, SimulatedBearing
from pipelines.generate.severity import draw_severity
from pipelines.generate.signal import GENERATOR_VERSION, GeneratedSignal, amplitude_metadata, plain
from pipelines.generate.timeline import Timeline

MODES = 2


def simulated_bearing(config: RollingConfig, number: int) -> SimulatedBearing:
    """Draw one bearing of a data set; every record of it sees the same one."""
    (rng,) = streams(signal_entropy(config.seed, config.kind, "bearing", number), 1)
    modes = tuple(
        Mode(
            frequency_hz=rng.uniform(config.resonance_min_hz, config.resonance_max_hz),
            damping=config.damping * rng.uniform(0.5, 1.5),
            gain=1.0 if mode == 0 else rng.uniform(0.2, 0.8),
        )
        for mode in range(MODES)
    )
    return SimulatedBearing(
        asset_id=f"bearing-{number + 1:02d}",
        modes=modes,
        gain=rng.uniform(0.7, 1.4),
        load_zone=rng.uniform(0.35, 0.5),
        shaft=rng.uniform(0.5, 1.5),
        background=rng.uniform(0.6, 1.4),
    )


def generate_rolling(config: RollingConfig, spec: SignalSpec, *, keep_parts: bool = False) -> GeneratedSignal:
    """Simulate one record; see `pipelines.generate.generate`."""
    for_operation, for_fault, for_machine, for_noise = streams(spec.seed, 4)
    timeline = Timeline.of(config.samples, config.rate_hz)
    fault = fault_class(spec.class_id)
    number = spec.bearing or 0
    bearing = simulated_bearing(config, number)
    u: list[float] = for_operation.random(3).tolist()
    load_percent = config.load_min_percent + (config.load_max_percent - config.load_min_percent) * u[1]
    # a loaded element grips, so the cage lags less
    slip = config.slip * u[2] * (1.0 - 0.7 * load_percent / 100.0)
    speed_hz = config.nominal_speed_hz * (1.0 + config.speed_variation * (2.0 * u[0] - 1.0))
    severity = draw_severity(spec.severity_level, config.evolution_probability, for_operation, timeline)
    speed = speed_hz * (1.0 + config.speed_fluctuation * slow_noise(for_operation, timeline))
    state = RollingState(
        timeline=timeline,
        bearing=bearing,
        severity=severity,
        shaft_turns=timeline.integral(speed),
        orders=fault_orders(config.n, config.d_mm, config.D_mm, config.alpha_deg, slip),
        jitter=config.jitter,
        impact=config.impact * load_factor(load_percent),
    )

    signal = np.zeros(timeline.samples, dtype=np.float32)
    fault_draws = fault.signature(state, for_fault, signal)
    parts = {"fault": signal.copy()} if keep_parts else None
    _add_machine(config, state, signal, for_machine)
    if parts is not None:
        parts["motion"] = signal.copy()
    noise_draws = add_noise(signal, config.noise, Background(), for_noise, timeline)
    if parts is not None:
        parts["noise"] = signal - parts["motion"]
    convert(signal, config.noise)

    kinematic = fault_orders(config.n, config.d_mm, config.D_mm, config.alpha_deg)
    metadata = {
        "synthetic": True,
        "bearing_type": "rolling",
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
        "asset": bearing.asset_id,
        "bearing": config.designation,
        "n": config.n,
        "d_mm": config.d_mm,
        "D_mm": config.D_mm,
        "alpha_deg": config.alpha_deg,
        "orders": vars(kinematic),
        "orders_with_slip": vars(state.orders),
        "slip": slip,
        "jitter": config.jitter,
        "resonances_hz": [mode.frequency_hz for mode in bearing.modes],
        "dampings": [mode.damping for mode in bearing.modes],
        "path_gain": bearing.gain,
        "load_zone": bearing.load_zone,
        "speed_rpm": 60.0
        * float(np.interp(timeline.duration_s, timeline.seconds, state.shaft_turns))
        / timeline.duration_s,
        "speed_start_rpm": 60.0 * speed[0],
        "speed_end_rpm": 60.0 * speed[-1],
        "speed_factor": speed_hz / config.nominal_speed_hz,
        "load_percent": load_percent,
        "fault_parameters": fault_draws,
        "noise": config.noise.model_dump(),
        "noise_drawn": noise_draws,
        "augmentation": None,
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
    return GeneratedSignal(signal, plain(metadata), parts)


def _add_machine(
    config: RollingConfig, state: RollingState, out: NDArray[np.float32], rng: np.random.Generator
) -> None:
    """Add what a machine sounds like without a fault: shaft orders, and broadband noise through the same modes."""
    first, second = rng.random(2)
    level = config.shaft * state.bearing.shaft
    for order, phase, amplitude in ((1.0, first, level), (2.0, second, 0.5 * level)):
        add_tone(out, order * state.shaft_turns + phase, state.timeline.constant(amplitude), state.timeline.block)
    if config.background:
        broadband = rng.standard_normal(out.size, dtype=np.float32)
        share = config.background * state.bearing.background * state.bearing.gain / np.sqrt(MODES)
        for mode in state.bearing.modes:
            colour(out, broadband, state.timeline.rate_hz, mode.frequency_hz, mode.damping, share)
