import json

import numpy as np
import pytest

from benchmarks.diagnosis_records import faulty_record, healthy_record
from pipelines.bearings import BearingGeometry, FaultOrders, approximate_deep_groove, lookup
from pipelines.diagnose import diagnose
from pipelines.errors import InputError

BEARING = lookup("6205")
RATE, SHAFT, SECONDS = 12_000.0, 29.95, 6.0


def struck(order: float, *, seed: int = 0, zone: float = 0.0, level: float = 7.0) -> np.ndarray:
    """Noise with impacts `order` times a turn that ring at 3.4 kHz, stronger where the load is (`zone` per turn)."""
    rng = np.random.default_rng(seed)
    size = int(RATE * SECONDS)
    x = rng.standard_normal(size)
    times = np.cumsum(np.full(int(order * SHAFT * SECONDS), 1 / (order * SHAFT)) * (1 + 0.002 * rng.standard_normal(1)))
    strength = 1 + 0.9 * np.cos(2 * np.pi * zone * SHAFT * times) if zone else np.ones(times.size)
    train = np.zeros(size)
    train[np.minimum((times * RATE).astype(int), size - 1)] = strength * level
    ring = np.exp(-np.arange(60) / 12) * np.sin(2 * np.pi * 3400 * np.arange(60) / RATE)
    return x + np.convolve(train, ring)[:size]


@pytest.mark.parametrize(
    ("fault", "order", "zone"),
    [
        ("outer_race", BEARING.orders().bpfo, 0.0),
        ("inner_race", BEARING.orders().bpfi, 1.0),
        ("ball", 2 * BEARING.orders().bsf, BEARING.orders().ftf),
    ],
)
def test_each_fault_is_named_with_its_frequency_slip_and_harmonics(fault, order, zone):
    result = diagnose(struck(order, zone=zone), RATE, geometry=BEARING, speed_rpm=SHAFT * 60)
    best = result.evidence[0]
    assert (result.verdict, result.fault) == ("fault", fault)
    assert result.confidence > 0.7
    assert best.passed
    assert best.frequency_hz == pytest.approx(order * SHAFT, rel=4e-3)
    assert abs(best.slip) < 0.01
    assert sum(harmonic.counted for harmonic in best.harmonics) >= 2
    assert best.harmonics[0].prominence > 3
    assert f"{best.score:.1f} MAD" in result.reason
    json.dumps(result.to_dict())


def test_an_inner_race_fault_shows_shaft_sidebands():
    result = diagnose(struck(BEARING.orders().bpfi, zone=1.0), RATE, geometry=BEARING, speed_rpm=SHAFT * 60)
    sidebands = result.evidence[0].sidebands
    assert any(side.harmonic == 1 and abs(side.order) == 1 and side.spacing == "shaft" for side in sidebands)


def test_the_same_record_says_nothing_with_another_bearing():
    x = struck(BEARING.orders().bpfo)
    for other in ("7305", "N204", "DIRG B1"):
        assert diagnose(x, RATE, geometry=lookup(other), speed_rpm=SHAFT * 60).verdict != "fault"


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_a_bearing_of_twice_or_half_the_orders_is_not_accused(factor):
    orders = BEARING.orders()
    other = FaultOrders(*(factor * value for value in (orders.bpfo, orders.bpfi, orders.bsf, orders.ftf)))
    result = diagnose(struck(orders.bpfo), RATE, orders=other, speed_rpm=SHAFT * 60)
    assert result.verdict != "fault"


def test_cage_sidebands_alone_speak_for_a_ball():
    orders = BEARING.orders()
    x = struck(2 * orders.bsf, zone=orders.ftf, level=4.0)
    result = diagnose(x, RATE, geometry=BEARING, speed_rpm=SHAFT * 60)
    assert result.fault == "ball"
    assert any(side.spacing == "cage" for item in result.evidence if item.fault == "ball" for side in item.sidebands)


def test_two_defects_at_once_are_both_named():
    orders = BEARING.orders()
    x = struck(orders.bpfo, seed=1) + struck(orders.bpfi, seed=2, zone=1.0)
    result = diagnose(x, RATE, geometry=BEARING, speed_rpm=SHAFT * 60)
    assert {item.fault for item in result.evidence if item.score > item.gate} >= {"outer_race", "inner_race"}
    assert "Outer race" in result.reason
    assert "Inner race" in result.reason
    assert any("Outer race" in note and "Inner race" in note for note in result.warnings)


def test_a_short_quiet_record_is_not_called_healthy_and_says_why():
    quiet = diagnose(np.random.default_rng(1).standard_normal(20_000), RATE, geometry=BEARING, speed_rpm=1797)
    assert quiet.verdict == "abstain"
    assert "not called healthy because" in quiet.reason
    assert "too few" in quiet.reason


def test_a_diagnosis_survives_its_own_json():
    result = diagnose(struck(BEARING.orders().bpfi, zone=1.0), RATE, geometry=BEARING, speed_rpm=SHAFT * 60)
    assert type(result).from_dict(json.loads(json.dumps(result.to_dict()))) == result


def test_noise_is_healthy_and_the_reason_names_both_limits():
    rng = np.random.default_rng(1)
    result = diagnose(rng.standard_normal(72_000), RATE, geometry=BEARING, speed_rpm=1797)
    assert result.verdict == "healthy"
    assert result.fault is None
    assert result.confidence > 0.5
    assert result.gates is not None
    assert f"{result.gates.score:.1f}" in result.reason
    assert all(not item.passed for item in result.evidence)


def test_evidence_is_ranked_and_scaling_the_signal_changes_nothing():
    x = struck(BEARING.orders().bpfi, zone=1.0)
    one = diagnose(x, RATE, geometry=BEARING, speed_rpm=SHAFT * 60)
    scaled = diagnose(1e-4 * x + 3, RATE, geometry=BEARING, speed_rpm=SHAFT * 60)
    scores = [item.score for item in one.evidence]
    assert scores == sorted(scores, reverse=True)
    assert [item.score for item in scaled.evidence] == pytest.approx(scores, abs=0.05)
    assert scaled.fault == one.fault


def test_orders_alone_are_enough():
    orders = BEARING.orders()
    result = diagnose(struck(orders.bpfo), RATE, orders=FaultOrders(3.5848, 5.4152, 2.357, 0.3983), speed_rpm=1797)
    assert result.fault == "outer_race"


def test_a_slightly_wrong_stated_speed_is_refined():
    time = np.arange(int(RATE * SECONDS)) / RATE
    x = struck(BEARING.orders().bpfo) + sum(0.6 * np.cos(2 * np.pi * k * SHAFT * time + k) for k in range(1, 12))
    result = diagnose(x, RATE, geometry=BEARING, speed_rpm=SHAFT * 60 * 1.004)
    assert result.speed_rpm == pytest.approx(SHAFT * 60, rel=1e-3)
    assert result.fault == "outer_race"


def test_an_unknown_speed_is_estimated_and_said_so():
    time = np.arange(int(RATE * SECONDS)) / RATE
    x = struck(BEARING.orders().bpfo)
    x += sum(np.cos(2 * np.pi * k * SHAFT * time + k) / k for k in range(1, 6))
    result = diagnose(x, RATE, geometry=BEARING)
    assert result.speed_source.startswith("estimated")
    assert result.speed_rpm == pytest.approx(SHAFT * 60, rel=5e-3)
    assert result.fault == "outer_race"
    assert any("not given" in warning for warning in result.warnings)


def test_an_unknown_speed_that_the_record_does_not_show_is_an_abstention():
    result = diagnose(np.random.default_rng(2).standard_normal(72_000), RATE, geometry=BEARING)
    assert result.verdict == "abstain"
    assert "speed" in result.reason


def test_too_short_and_constant_records_are_abstentions_with_the_reason():
    short = diagnose(np.random.default_rng(3).standard_normal(2400), RATE, geometry=BEARING, speed_rpm=1797)
    assert short.verdict == "abstain"
    assert "too short" in short.reason
    flat = diagnose(np.full(72_000, 2.5), RATE, geometry=BEARING, speed_rpm=1797)
    assert flat.verdict == "abstain"
    assert "constant" in flat.reason


def test_an_approximate_geometry_never_clears_a_record():
    guess = approximate_deep_groove("6205", 25, 52)
    result = diagnose(np.random.default_rng(1).standard_normal(72_000), RATE, geometry=guess, speed_rpm=1797)
    assert result.verdict == "abstain"
    assert any("approximate" in warning for warning in result.warnings)


@pytest.mark.parametrize("speed", [0, -5, np.nan, np.inf, 1e6])
def test_an_impossible_speed_is_refused(speed):
    with pytest.raises(InputError) as refusal:
        diagnose(np.ones(72_000) + np.arange(72_000), RATE, geometry=BEARING, speed_rpm=speed)
    assert "speed" in str(refusal.value) + refusal.value.hint


def test_unusable_signals_and_bearings_are_refused():
    good = np.random.default_rng(0).standard_normal(72_000)
    with pytest.raises(InputError, match="not finite"):
        diagnose(np.r_[good, np.nan], RATE, geometry=BEARING, speed_rpm=1797)
    with pytest.raises(InputError, match="exactly one"):
        diagnose(good, RATE, speed_rpm=1797)
    with pytest.raises(InputError, match="exactly one"):
        diagnose(good, RATE, geometry=BEARING, orders=BEARING.orders(), speed_rpm=1797)
    with pytest.raises(InputError, match="one channel"):
        diagnose(np.ones((2, 1000)), RATE, geometry=BEARING, speed_rpm=1797)


def test_the_same_record_gives_the_same_diagnosis():
    record = faulty_record(np.random.default_rng(5), "inner_race", snr_db=0, rate=12_000, duration=5)
    first, second = (
        diagnose(record.x, record.rate_hz, geometry=record.bearing, speed_rpm=record.speed_rpm) for _ in range(2)
    )
    assert first == second


def test_fresh_healthy_machines_are_not_accused():
    # 40 records at a false-alarm rate of 1 %: more than two alarms have a probability below 1 %.
    accused = 0
    for index in range(40):
        record = healthy_record(np.random.default_rng([4711, index]), rate=12_000, duration=5)
        result = diagnose(record.x, record.rate_hz, geometry=record.bearing, speed_rpm=record.speed_rpm)
        accused += result.verdict == "fault"
    assert accused <= 2


def test_clear_simulated_faults_are_found_and_hardly_ever_misnamed():
    found, misnamed = 0, 0
    for index in range(24):
        truth = ("outer_race", "inner_race", "ball")[index % 3]
        record = faulty_record(np.random.default_rng([99, index]), truth, snr_db=-3, rate=12_000, duration=5)
        result = diagnose(record.x, record.rate_hz, geometry=record.bearing, speed_rpm=record.speed_rpm)
        found += result.fault == truth
        misnamed += result.fault not in (None, truth)
    assert found >= 15
    assert misnamed <= 2


def test_free_geometry_works_like_the_table():
    free = BearingGeometry("mine", 9, 7.94, 39.04)
    x = struck(BEARING.orders().bpfo)
    assert diagnose(x, RATE, geometry=free, speed_rpm=1797).fault == "outer_race"
