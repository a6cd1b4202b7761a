"""What is known about a signal is stored with it, and is true."""

import json

import numpy as np
import pytest

from pipelines.generate import GENERATOR_VERSION, JournalConfig, RollingConfig, generate, plan

COMMON = {
    "synthetic", "bearing_type", "fault", "fault_title", "mixed", "components", "severity", "severity_slot",
    "severity_initial", "severity_mean", "severity_final", "severity_final_level", "evolving", "speed_rpm",
    "speed_start_rpm", "speed_end_rpm", "speed_factor", "load_percent", "fault_parameters", "noise", "noise_drawn",
    "augmentation", "rate_hz", "duration_s", "samples", "unit", "rms", "peak", "crest_factor", "generator_version",
    "dataset_seed", "seed", "index", "timestamp",
}  # fmt: skip
JOURNAL = {
    "temperature_c", "operating_factor", "base_amplitude", "sommerfeld", "reynolds", "clearance_ratio",
    "physics_factor", "transient", "transient_parameters", "augmentation_parameters", "advanced", "reference_compat",
}  # fmt: skip
ROLLING = {
    "asset", "bearing", "n", "d_mm", "D_mm", "alpha_deg", "orders", "orders_with_slip", "slip", "jitter",
    "resonances_hz", "dampings", "path_gain", "load_zone",
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "own"),
    [(JournalConfig(per_class=2, duration_s=0.3), JOURNAL), (RollingConfig(per_class=2, duration_s=0.3), ROLLING)],
)
def test_every_signal_carries_all_of_its_metadata_as_plain_values(config, own):
    for spec in plan(config):
        signal = generate(config, spec)
        made = signal.metadata
        assert set(made) == COMMON | own
        assert json.loads(json.dumps(made, allow_nan=False)) == made
        assert made["fault"] == spec.class_id
        assert made["seed"] == spec.seed
        assert made["generator_version"] == GENERATOR_VERSION
        assert made["samples"] == signal.samples.size == round(config.rate_hz * config.duration_s)
        assert made["rms"] == pytest.approx(np.sqrt(np.mean(signal.samples.astype(float) ** 2)), rel=1e-5)
        assert made["peak"] == pytest.approx(np.abs(signal.samples).max())
        assert made["crest_factor"] == pytest.approx(made["peak"] / made["rms"])
        assert signal.samples.dtype == np.float32
        assert signal.parts is None


def test_conditions_stay_in_their_ranges_and_fill_them():
    config = JournalConfig(classes=("healthy",), per_class=300, duration_s=0.1)
    made = [generate(config, spec).metadata for spec in plan(config)]
    ranges = {
        "speed_factor": (0.9, 1.1),
        "load_percent": (30, 100),
        "temperature_c": (40, 80),
        "sommerfeld": (0.05, 0.5),
        "reynolds": (500, 5000),
        "clearance_ratio": (0.001, 0.003),
        "operating_factor": (0.51 * 0.9, 1.1),
    }
    for name, (low, high) in ranges.items():
        values = np.array([m[name] for m in made])
        assert low <= values.min() < values.max() <= high, name
        assert np.ptp(values) > 0.7 * (high - low), name


def test_the_sommerfeld_number_follows_from_speed_load_and_temperature():
    config = JournalConfig(classes=("healthy",), per_class=50, duration_s=0.1)
    for spec in plan(config):
        m = generate(config, spec).metadata
        load = 0.3 + 0.7 * m["load_percent"] / 100
        number = 0.15 * np.exp(-0.03 * (m["temperature_c"] - 60)) * m["speed_factor"] / load
        assert m["sommerfeld"] == pytest.approx(np.clip(number, 0.05, 0.5))
        assert m["physics_factor"] == pytest.approx(np.sqrt(m["sommerfeld"] / 0.15), rel=0.2)


def test_about_a_quarter_of_the_records_has_a_transient_of_each_kind():
    config = JournalConfig(classes=("healthy",), per_class=1000, duration_s=0.1, augmentation={"share": 0})
    kinds = [generate(config, spec).metadata["transient"] for spec in plan(config)]
    assert 0.21 < np.mean([k is not None for k in kinds]) < 0.29
    for kind in config.transients:
        assert 55 < kinds.count(kind) < 115


def test_the_clock_is_never_read():
    config = JournalConfig(per_class=1, duration_s=0.1)
    spec = plan(config)[0]
    assert generate(config, spec).metadata == generate(config, spec).metadata
    assert generate(config, spec).metadata["timestamp"] is None
