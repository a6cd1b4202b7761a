"""With `reference_compat` the generator departs from physics as the reference does, and only then."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import hilbert

from pipelines.errors import InputError
from pipelines.generate import JournalConfig, classes_of, generate, plan
from pipelines.generate.reference_conditions import random_walk
from pipelines.generate.reference_faults import REFERENCE_SIGNATURES

RATE = 20480.0
MIXED = ("misalignment_imbalance", "wear_lubrication", "cavitation_looseness")
# medians of twelve complete signals of each class, measured on the reference generator
REFERENCE_RMS = {
    "healthy": 0.044,
    "misalignment": 0.26,
    "imbalance": 0.20,
    "looseness": 0.17,
    "lubrication": 0.18,
    "cavitation": 0.047,
    "wear": 0.19,
    "oil_whirl": 0.38,
    "misalignment_imbalance": 0.22,
    "wear_lubrication": 0.15,
    "cavitation_looseness": 0.11,
}


@pytest.fixture
def both(quiet_journal, every_signal):
    """The same plan as the reference simulates it, and as physics has it."""

    def build(**changes):
        return tuple(every_signal(quiet_journal(reference_compat=on, **changes)) for on in (True, False))

    return build


def test_every_class_has_a_signature_of_the_reference():
    assert tuple(REFERENCE_SIGNATURES) == classes_of("journal")


@pytest.mark.parametrize("class_id", REFERENCE_RMS)
def test_the_median_level_of_each_class_is_that_of_the_reference(class_id):
    config = JournalConfig(classes=(class_id,), per_class=24, augmentation={"share": 0}, reference_compat=True)
    median = np.median([generate(config, spec).metadata["rms"] for spec in plan(config)])
    assert median == pytest.approx(REFERENCE_RMS[class_id], rel=0.35)


def test_operating_conditions_stay_those_of_the_same_seed(both):
    same = ("speed_factor", "load_percent", "temperature_c", "sommerfeld", "severity_mean", "base_amplitude")
    for reference, physics in zip(*both(per_class=1, duration_s=0.5), strict=True):
        assert [reference.metadata[name] for name in same] == [physics.metadata[name] for name in same]
        assert (reference.metadata["reference_compat"], physics.metadata["reference_compat"]) == (True, False)


def test_a_mixed_fault_carries_severity_twice(both, level_at):
    for reference, physics in zip(
        *both(classes=("misalignment_imbalance",), severities=("incipient",), duration_s=1.0), strict=True
    ):
        severity, second = physics.metadata["severity_mean"], physics.metadata["speed_rpm"] / 30
        assert level_at(physics.samples, RATE, second) == pytest.approx(0.25 * severity, rel=0.03)
        assert level_at(reference.samples, RATE, second) == pytest.approx(0.25 * severity**2, rel=0.03)


@pytest.mark.parametrize("class_id", MIXED)
def test_a_slight_mixed_fault_is_weaker_than_physics_has_it(class_id, both):
    for reference, physics in zip(
        *both(classes=(class_id,), severities=("incipient",), per_class=2, duration_s=1.0), strict=True
    ):
        assert reference.parts["fault"].std() < 0.75 * physics.parts["fault"].std()


def test_a_speed_ramp_changes_the_amplitude_and_leaves_the_frequency(both):
    ramp = {"classes": ("imbalance",), "transient_probability": 1.0, "transients": ("speed_ramp",), "per_class": 2}
    for reference, physics in zip(*both(**ramp), strict=True):
        turning = [np.unwrap(np.angle(hilbert(signal.samples.astype(float)))) for signal in (reference, physics)]
        early, late = slice(2048, 20000), slice(70000, 100000)
        steady, ramped = (np.diff(phase[late]).mean() / np.diff(phase[early]).mean() for phase in turning)
        assert steady == pytest.approx(1.0, abs=1e-3)
        assert ramped == pytest.approx(1.15 / 0.85, rel=1e-2)
        # 1 outside, 0.85 right after a fifth and 1.15 right before three fifths of the record
        level = [np.ptp(reference.samples[at : at + 1024]) for at in (10000, 20600, 60300, 90000)]
        assert level / level[0] == pytest.approx([1.0, 0.85, 1.15, 1.0], abs=0.02)


@pytest.mark.parametrize("class_id", ["looseness", "oil_whirl", "lubrication"])
def test_tones_start_at_phase_zero(class_id, both):
    reference, physics = both(classes=(class_id,), per_class=6, duration_s=1.0)
    starts, drawn = ([abs(float(signal.samples[0])) for signal in signals] for signals in (reference, physics))
    assert max(starts) < 1e-3 < np.median(drawn)


def test_bursts_keep_to_no_shaft_angle(both):
    def together(signals):
        """Length of the mean of the bursts' shaft angles as unit vectors, averaged over records: 1 where all agree."""
        found = []
        for signal in signals:
            turns = np.array(signal.metadata["fault_parameters"]["burst_seconds"]) * signal.metadata["speed_rpm"] / 60
            found.append(abs(np.exp(2j * np.pi * turns).mean()))
        return np.mean(found)

    reference, physics = both(classes=("cavitation",), per_class=16, severities=("severe",))
    assert together(reference) < 0.6 < 0.9 < together(physics)


def test_bursts_feel_no_transient(both):
    step = {"classes": ("cavitation",), "severities": ("severe",), "transient_probability": 1.0}
    reference, physics = both(**step, transients=("load_step",), per_class=12)

    def spread(signals):
        """Peak of the largest burst before the load step over that after it."""
        peaks = [(np.abs(s.samples[:40000]).max(), np.abs(s.samples[42000:]).max()) for s in signals]
        before, after = np.transpose([pair for pair in peaks if min(pair) > 0.05])
        return np.median(before / after)

    assert spread(reference) == pytest.approx(1.0, abs=0.12)
    assert spread(physics) < 0.85


def test_pink_noise_is_a_random_walk():
    x = random_walk(np.random.default_rng(3), 2**17, 0.02)
    assert x.std() == pytest.approx(0.02, rel=1e-4)
    power = np.abs(np.fft.rfft((x - x.mean()) * np.hanning(x.size))) ** 2
    edges = np.geomspace(16, 8192, 10).astype(int)
    level = [power[a:b].mean() for a, b in pairwise(edges)]
    slope = np.polyfit(np.log(np.sqrt(edges[:-1] * edges[1:])), np.log(level), 1)[0]
    assert slope == pytest.approx(-2.0, abs=0.15)


def test_the_baseline_wanders_alike_and_the_sensor_drifts_to_the_same_end_in_all_records(both, silent):
    for changes in ({"drift": 0.015}, {"sensor_drift": 0.001}):
        noise = silent.model_dump() | changes
        reference, physics = both(classes=("healthy",), per_class=8, noise=noise, duration_s=3.0)
        assert len({signal.samples.tobytes() for signal in reference}) == 1
        assert len({signal.samples.tobytes() for signal in physics}) > 1
        if "sensor_drift" in changes:
            assert reference[0].samples[-1] == pytest.approx(0.001, rel=1e-3)
            assert abs(physics[0].samples[-1]) == pytest.approx(0.003, rel=1e-3)


def test_the_converter_rounds_noise_and_never_the_fault(both, silent):
    noise = silent.model_dump() | {"measurement": 0.03, "quantisation": 0.01}
    for reference, physics in zip(*both(classes=("imbalance",), per_class=1, noise=noise, duration_s=0.5), strict=True):
        steps = [np.abs(x / 0.01 - np.rint(x / 0.01)).max() for x in (reference.samples, reference.parts["noise"])]
        assert steps[1] < 1e-3 < 0.4 < steps[0]
        assert np.abs(physics.samples / 0.01 - np.rint(physics.samples / 0.01)).max() < 1e-3


def test_rotor_physics_is_refused_with_it():
    with pytest.raises(InputError, match="critical_speed") as refused:
        JournalConfig(reference_compat=True, advanced={"critical_speed": True})
    assert "reference_compat" in str(refused.value)


def test_augmented_records_can_be_made_with_it():
    config = JournalConfig(classes=("imbalance",), per_class=3, augmentation={"share": 1.0}, reference_compat=True)
    kinds = {spec.augmentation: generate(config, spec).samples for spec in plan(config)}
    assert set(kinds) == {None, "time_shift", "amplitude_scale", "noise_injection"}
    assert all(np.isfinite(samples).all() for samples in kinds.values())
