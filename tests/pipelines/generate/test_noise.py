"""Each layer of noise has the law it declares, and the converter comes last."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import welch

from pipelines.generate import JournalConfig, NoiseConfig, generate, plan
from pipelines.generate.noise import Background, add_noise, convert, gaussian
from pipelines.generate.timeline import Timeline

RATE, SAMPLES = 20480.0, 102400
SILENT = dict.fromkeys(NoiseConfig.model_fields, 0.0)


def layer(seed=0, **levels):
    out = np.zeros(SAMPLES, dtype=np.float32)
    drawn = add_noise(
        out, NoiseConfig(**(SILENT | levels)), Background(), np.random.default_rng(seed), Timeline.of(SAMPLES, RATE)
    )
    return out, drawn


def log_slope(x, low=10.0, high=5000.0):
    frequencies, power = welch(x, fs=RATE, nperseg=16384)
    # equal weight to every decade
    edges = np.geomspace(low, high, 30)
    middle, level = [], []
    for a, b in pairwise(edges):
        inside = (frequencies >= a) & (frequencies < b)
        if inside.any():
            middle.append(np.log(frequencies[inside]).mean())
            level.append(np.log(power[inside].mean()))
    return np.polyfit(middle, level, 1)[0]


def test_pink_noise_has_a_spectral_slope_of_minus_one():
    slopes = [log_slope(layer(seed, pink=0.02)[0]) for seed in range(8)]
    assert np.mean(slopes) == pytest.approx(-1.0, abs=0.03)


def test_pink_noise_has_its_standard_deviation_and_measurement_noise_a_flat_spectrum():
    pink = [np.std(layer(seed, pink=0.02)[0]) for seed in range(20)]
    assert np.mean(pink) == pytest.approx(0.02, rel=0.05)
    white, _ = layer(measurement=0.03)
    assert np.std(white) == pytest.approx(0.03, rel=0.02)
    assert log_slope(white) == pytest.approx(0.0, abs=0.05)


def test_white_and_pink_drawn_together_have_the_sum_of_their_spectra():
    both = np.mean([welch(layer(s, pink=0.02, measurement=0.03)[0], RATE, nperseg=2048)[1] for s in range(8)], axis=0)
    pink = np.mean([welch(layer(s, pink=0.02)[0], RATE, nperseg=2048)[1] for s in range(8)], axis=0)
    white = 0.03**2 / (RATE / 2)
    np.testing.assert_allclose(both[2:-2], pink[2:-2] + white, rtol=0.25)
    assert np.mean(both[2:-2] / (pink[2:-2] + white)) == pytest.approx(1.0, abs=0.02)


def test_gaussian_noise_has_the_right_variance_for_awkward_lengths_too():
    rng = np.random.default_rng(0)
    for samples in (1, 2, 7, 1000, 10007):
        assert gaussian(rng, samples, 0.1, 0.1).shape == (samples,)
    variances = [np.mean(gaussian(rng, 997, 0.03, 0.02) ** 2) for _ in range(400)]
    assert np.mean(variances) == pytest.approx(0.03**2 + 0.02**2, rel=0.05)


def test_the_end_of_a_pink_record_does_not_join_its_start():
    rng = np.random.default_rng(1)
    made = [gaussian(rng, 4096, 0.0, 1.0) for _ in range(400)]
    jump = np.mean([(x[0] - x[-1]) ** 2 for x in made])
    step = np.mean([(x[1] - x[0]) ** 2 for x in made])
    assert jump > 2 * step


def test_interference_is_one_tone_of_50_to_60_hz_with_random_phase():
    starts = []
    for seed in range(6):
        x, drawn = layer(seed, emi=0.01)
        strongest = np.argmax(np.abs(np.fft.rfft(x))) * RATE / SAMPLES
        assert strongest == pytest.approx(drawn["emi_hz"], abs=0.2)
        assert 50 <= drawn["emi_hz"] <= 60
        assert 0.01 <= np.abs(x).max() <= 0.01501
        starts.append(x[0] / drawn["emi_amplitude"])
    assert np.std(starts) > 0.3


def test_drift_wanders_with_its_own_period_and_phase_in_each_record():
    records = [layer(seed, drift=0.015) for seed in range(6)]
    assert len({drawn["drift_period_s"] for _, drawn in records}) == 6
    assert np.std([x[0] for x, _ in records]) > 0.003
    assert all(np.abs(x).max() == pytest.approx(0.015, rel=0.01) for x, _ in records)


def test_sensor_drift_is_a_straight_line_per_second():
    x, drawn = layer(sensor_drift=0.001)
    assert abs(x[-1]) == pytest.approx(0.005, rel=1e-4)
    assert x[SAMPLES // 2] == pytest.approx(drawn["sensor_drift_per_s"] * 2.5, rel=1e-3)


def test_impulses_come_at_their_rate_and_last_five_samples():
    x, drawn = layer(impulse=2.0)
    assert drawn["impulse_count"] == 10
    assert 0 < np.count_nonzero(x) <= 50
    counts = Counter(layer(seed, impulse=0.5)[1]["impulse_count"] for seed in range(60))
    assert set(counts) == {2, 3}


def test_a_tone_beyond_half_the_rate_appears_folded():
    x, drawn = layer(aliasing=0.005, aliasing_probability=1.0)
    assert drawn["aliased"]
    folded = RATE - drawn["aliased_from_hz"]
    assert 9940 <= folded <= 10140
    assert np.argmax(np.abs(np.fft.rfft(x))) * RATE / SAMPLES == pytest.approx(folded, abs=0.2)


def test_about_a_tenth_of_the_records_is_aliased():
    config = JournalConfig(classes=("healthy",), per_class=400, duration_s=0.1, augmentation={"share": 0})
    share = np.mean([generate(config, spec).metadata["noise_drawn"]["aliased"] for spec in plan(config)])
    assert 0.06 < share < 0.15


@pytest.mark.parametrize("step", [0.001, 0.01])
def test_every_sample_is_a_multiple_of_the_converter_step(step, every_signal):
    config = JournalConfig(
        per_class=2,
        duration_s=0.5,
        noise={"quantisation": step},
        augmentation={"share": 1.5},
        transient_probability=1,
        advanced={"axial_vibration": 0.15, "cross_coupling": 0.3, "run_up": True},
    )
    for signal in every_signal(config):
        steps = signal.samples.astype(np.float64) / step
        np.testing.assert_allclose(steps, np.rint(steps), atol=1e-3)
        assert signal.samples.any()


def test_the_converter_rounds_the_sum_of_fault_and_noise(every_signal):
    config = JournalConfig(per_class=1, duration_s=0.5, augmentation={"share": 0})
    for signal in every_signal(config):
        total = signal.parts["fault"] + signal.parts["noise"]
        assert np.abs(signal.samples - total).max() <= 0.5001 * config.noise.quantisation
        assert np.abs(signal.samples - total).max() > 0


def test_without_a_step_nothing_is_rounded():
    x = np.array([0.1234567], dtype=np.float32)
    before = x.copy()
    convert(x, NoiseConfig(quantisation=0))
    assert (x == before).all()


def test_silence_is_silent():
    x, drawn = layer()
    assert not x.any()
    assert drawn == {"aliased": False, "impulse_count": 0}
