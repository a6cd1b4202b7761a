"""The fast path equals the reference: over random signals, and on the corner cases of the definitions."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.features import DOMAINS, FEATURES, FaultOrders, extract, extract_reference, feature_names
from pipelines.features.representation import Representation

ORDERS = FaultOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.357, ftf=0.39828)

#: What float32 transforms and kernels are allowed: this part of the value and of the feature's natural size.
TOLERANCE = 2e-4


def natural_size(name: str, x: NDArray[np.float64], rate: float) -> float:
    """Return the size against which a feature near 0 is compared."""
    unit = FEATURES[name].unit
    swing = float(np.std(x))
    return {
        "–": 1.0,
        "nat": 1.0,
        "Hz": 0.1 * rate,
        "s": len(x) / rate,
        "{unit}": swing,
        "{unit}²": 0.01 * swing**2,
        "{unit}³": 0.01 * swing**3,
    }[unit]


def positions(x: NDArray[np.float64], rate: float) -> dict[str, NDArray[np.float64]]:
    """Return the spectra whose largest bin a feature names."""
    signal = Representation(x, rate, float("nan"), None)
    envelope = signal.envelope
    return {
        "dominant_frequency": np.sqrt(signal.power),
        "modulation_frequency": np.abs(np.fft.rfft(envelope - envelope.mean())),
    }


def assert_equal_to_reference(x: NDArray[np.floating], rate: float, speed: float | None) -> None:
    fast = extract(x, rate, speed_rpm=speed, orders=ORDERS)[0]
    slow = extract_reference(x, rate, speed_rpm=speed, orders=ORDERS)[0]
    samples = x.astype(np.float64)
    spectra = positions(samples, rate)
    for name, ours, theirs in zip(feature_names(), fast, slow, strict=True):
        if np.isnan(theirs) or np.isnan(ours):
            assert np.isnan(ours), f"{name}: fast {ours}, reference NaN"
            assert np.isnan(theirs), f"{name}: fast NaN, reference {theirs}"
        elif name in spectra and ours != theirs:
            # two bins of equal height: either is right
            resolution = rate / (2 * (len(spectra[name]) - 1))
            heights = spectra[name][[round(ours / resolution), round(theirs / resolution)]]
            assert heights[0] == pytest.approx(heights[1], rel=TOLERANCE), name
        else:
            allowed = TOLERANCE * (abs(theirs) + natural_size(name, samples, rate))
            assert abs(ours - theirs) <= allowed, f"{name}: fast {ours}, reference {theirs}"


@st.composite
def measured(draw: st.DrawFn) -> tuple[NDArray[np.floating], float, float | None]:
    """Draw what a sensor may deliver: noise, tones, impacts and an offset, of any length, rate, size and type."""
    length = draw(st.one_of(st.integers(64, 700), st.integers(700, 9000), st.sampled_from([2048, 4096, 10_240])))
    rate = draw(st.sampled_from([200.0, 1000.0, 8000.0, 12_000.0, 20_480.0, 25_600.0, 48_828.125]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    t = np.arange(length) / rate
    x = draw(st.sampled_from([0.01, 0.1, 1.0])) * rng.standard_normal(length)
    for _ in range(draw(st.integers(0, 3))):
        x += rng.uniform(0.05, 1) * np.sin(2 * np.pi * rng.uniform(0.001, 0.49) * rate * t + rng.uniform(0, 6))
    for _ in range(draw(st.integers(0, 4))):
        x[rng.integers(length)] += rng.uniform(-5, 5)
    x += draw(st.sampled_from([0.0, -0.3, 10.0, 1000.0]))
    x *= 10.0 ** draw(st.integers(-12, 12))
    speed = draw(st.one_of(st.none(), st.floats(0.001, 0.3).map(lambda part: part * rate * 60)))
    return x.astype(draw(st.sampled_from([np.float32, np.float64]))), rate, speed


@given(measured())
@settings(max_examples=250, deadline=None, derandomize=True)
def test_the_fast_path_equals_the_reference_on_any_signal(
    case: tuple[NDArray[np.floating], float, float | None],
) -> None:
    assert_equal_to_reference(*case)


@pytest.mark.parametrize("length", [102_400, 121_265, 60_001])
def test_the_fast_path_equals_the_reference_on_long_records(length: int) -> None:
    rng = np.random.default_rng(length)
    x = rng.standard_normal(length) + np.sin(np.arange(length) * 0.02)
    assert_equal_to_reference(x.astype(np.float32), 12_000.0, 1797.0)


@pytest.mark.parametrize("size", [1e-37, 1e-30, 1e30, 1e37])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_ends_of_the_range_of_float32_are_computed_right(size: float, dtype: type) -> None:
    x = (np.random.default_rng(0).standard_normal(5000) * size).astype(dtype)
    assert_equal_to_reference(x, 12_000.0, 1797.0)


@given(st.integers(1, 40), st.integers(0, 1000))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_a_row_does_not_depend_on_the_rows_beside_it(rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    block = rng.standard_normal((rows, 1500)).astype(np.float32) * 10.0 ** rng.integers(-3, 4, (rows, 1))
    speeds = rng.uniform(600, 6000, rows)
    speeds[::3] = np.nan
    together = extract(block, 1000.0, speed_rpm=speeds, orders=ORDERS)
    alone = [extract(row, 1000.0, speed_rpm=rpm, orders=ORDERS)[0] for row, rpm in zip(block, speeds, strict=True)]
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("level", [0.0, 3.0, -0.1, 1e30])
@pytest.mark.parametrize("length", [64, 1001, 4096])
def test_a_constant_signal_has_defined_answers_and_no_warnings(level: float, length: int) -> None:
    x = np.full(length, level)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast = extract(x, 1000.0, speed_rpm=600.0, orders=ORDERS)[0]
        slow = extract_reference(x, 1000.0, speed_rpm=600.0, orders=ORDERS)[0]
    np.testing.assert_allclose(fast, slow, rtol=1e-12)
    found = dict(zip(feature_names(), fast, strict=True))
    assert found["rms"] == pytest.approx(abs(level))
    assert found["total_spectral_power"] == found["envelope_rms"] == found["envelope_peak"] == 0
    for name in ("kurtosis", "dominant_frequency", "cepstral_peak_ratio", "phase_coupling", "envelope_bpfo"):
        assert np.isnan(found[name]), name
    assert np.isnan(found["crest_factor"]) if level == 0 else found["crest_factor"] == pytest.approx(1)


@pytest.mark.parametrize(
    "x",
    [
        np.eye(1, 4096, 7)[0],
        np.sin(2 * np.pi * 64 * np.arange(4096) / 4096),
        np.arange(4096.0),
        np.tile([1.0, -1.0], 2048),
        np.append(np.zeros(4096), np.ones(3)),
        np.sign(np.sin(np.arange(4096) * 0.01)),
    ],
    ids=["impulse", "exact tone", "ramp", "nyquist tone", "silence before a step", "square wave"],
)
def test_textbook_signals_give_no_warnings_and_know_the_same_features(x: NDArray[np.float64]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast = extract(x, 4096.0, speed_rpm=600.0, orders=ORDERS)[0]
        slow = extract_reference(x, 4096.0, speed_rpm=600.0, orders=ORDERS)[0]
    time = slice(0, 7)
    np.testing.assert_allclose(fast[time], slow[time], rtol=1e-4, atol=1e-4)
    assert not np.isinf(fast).any()


CHOICES = (
    [(domain,) for domain in DOMAINS] + [(domain, "order") for domain in DOMAINS[:-1]] + [("cepstrum", "envelope")]
)


@pytest.mark.parametrize("domains", CHOICES)
def test_a_choice_of_domains_gives_the_same_columns_as_all(domains: tuple[str, ...]) -> None:
    x = np.random.default_rng(5).standard_normal((3, 4000))
    whole = extract(x, 2000.0, speed_rpm=900.0, orders=ORDERS)
    columns = [feature_names().index(name) for name in feature_names(domains)]
    part = extract(x, 2000.0, speed_rpm=900.0, orders=ORDERS, domains=domains)
    np.testing.assert_array_equal(part, whole[:, columns])


def test_the_input_is_left_as_it_was() -> None:
    x = np.random.default_rng(5).standard_normal((3, 4000)).astype(np.float32)
    before = x.copy()
    extract(x, 2000.0, speed_rpm=900.0, orders=ORDERS)
    np.testing.assert_array_equal(x, before)


SCALING = {"{unit}": 1, "{unit}²": 2, "{unit}³": 3}


@pytest.mark.parametrize("name", feature_names())
def test_each_feature_scales_with_the_unit_it_declares(name: str) -> None:
    rng = np.random.default_rng(9)
    x = rng.standard_normal(20_000) + np.sin(np.arange(20_000) * 0.3)
    column = feature_names().index(name)
    known = {"speed_rpm": 6000.0, "orders": ORDERS}
    once, louder = (extract(gain * x, 25_600.0, **known)[0, column] for gain in (1.0, 7.0))
    assert louder == pytest.approx(7.0 ** SCALING.get(FEATURES[name].unit, 0) * once, rel=1e-4, abs=1e-5)


OFFSET_SEES = {"rms", "crest_factor", "shape_factor", "impulse_factor", "clearance_factor"}


@pytest.mark.parametrize("name", [name for name in feature_names() if name not in OFFSET_SEES])
def test_a_sensor_offset_changes_no_feature_but_the_plain_time_statistics(name: str) -> None:
    x = np.random.default_rng(9).standard_normal(20_000)
    column = feature_names().index(name)
    known = {"speed_rpm": 6000.0, "orders": ORDERS}
    plain, shifted = (extract(x + offset, 25_600.0, **known)[0, column] for offset in (0.0, 12.0))
    assert shifted == pytest.approx(plain, rel=1e-4, abs=1e-5)
