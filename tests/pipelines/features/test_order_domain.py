from pathlib import Path

import numpy as np
import pytest
from scipy import signal
from scipy.io import loadmat

from pipelines.features import FaultOrders
from tests.pipelines.features.feature_signals import RATE, impacts, noise, value

ORDERS = FaultOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.357, ftf=0.39828)
SHAFT_HZ = 29.95
KNOWN = {"speed_rpm": SHAFT_HZ * 60, "orders": ORDERS}
RACES_AND_BALLS = ("envelope_bpfo", "envelope_bpfi", "envelope_2bsf")

TRAINS = {
    "envelope_bpfo": impacts(ORDERS.bpfo * SHAFT_HZ),
    "envelope_bpfi": impacts(ORDERS.bpfi * SHAFT_HZ, load_hz=SHAFT_HZ),
    "envelope_2bsf": impacts(2 * ORDERS.bsf * SHAFT_HZ, load_hz=ORDERS.ftf * SHAFT_HZ),
}


@pytest.mark.parametrize("fault", RACES_AND_BALLS)
def test_impacts_at_a_fault_frequency_raise_its_feature_and_not_the_others(fault: str) -> None:
    found = {name: value(name, TRAINS[fault], **KNOWN) for name in RACES_AND_BALLS}
    assert found[fault] > 3
    assert max(found[name] for name in RACES_AND_BALLS if name != fault) < 2.1


@pytest.mark.parametrize("fault", RACES_AND_BALLS)
def test_noise_alone_stays_at_the_floor(fault: str) -> None:
    assert value(fault, noise(4.0), **KNOWN) < 1.3


def test_load_modulation_shows_in_the_sidebands() -> None:
    plain = impacts(ORDERS.bpfi * SHAFT_HZ)
    assert value("envelope_bpfi_sidebands", TRAINS["envelope_bpfi"], **KNOWN) > 2
    assert value("envelope_bpfi_sidebands", plain, **KNOWN) < 1.3
    assert value("envelope_2bsf_sidebands", TRAINS["envelope_2bsf"], **KNOWN) > 2


def test_cage_modulation_raises_the_ftf_feature() -> None:
    t = np.arange(round(8 * RATE)) / RATE
    x = (1 + 0.8 * np.cos(2 * np.pi * ORDERS.ftf * SHAFT_HZ * t) ** 5) * noise(8.0)
    assert value("envelope_ftf", x, **KNOWN) > value("envelope_ftf", noise(8.0), **KNOWN) + 0.7


@pytest.mark.parametrize("slip", [-0.015, 0.015])
def test_slip_of_the_rolling_elements_is_followed(slip: float) -> None:
    x = impacts(ORDERS.bpfo * SHAFT_HZ * (1 + slip))
    assert value("envelope_bpfo", x, **KNOWN) > 3


def test_wrong_geometry_stays_low_on_every_feature() -> None:
    wrong = {**KNOWN, "orders": FaultOrders(bpfo=4.37, bpfi=6.61, bsf=2.81, ftf=0.441)}
    for name in RACES_AND_BALLS:
        assert value(name, TRAINS["envelope_bpfo"], **wrong) < 2.1


def test_wrong_speed_loses_the_fault() -> None:
    wrong = {**KNOWN, "speed_rpm": SHAFT_HZ * 60 * 1.07}
    assert value("envelope_bpfo", TRAINS["envelope_bpfo"], **wrong) < 1.6


def test_the_load_does_not_matter() -> None:
    x = TRAINS["envelope_bpfo"]
    assert value("envelope_bpfo", 1e-3 * x, **KNOWN) == pytest.approx(value("envelope_bpfo", x, **KNOWN), rel=1e-4)


def test_the_rate_and_the_transfer_path_matter_little() -> None:
    x = TRAINS["envelope_bpfo"]
    louder_low = signal.lfilter([1], [1, -0.6], x)
    assert value("envelope_bpfo", louder_low, **KNOWN) == pytest.approx(value("envelope_bpfo", x, **KNOWN), rel=0.1)
    fewer = signal.resample_poly(x, 4, 5)
    assert value("envelope_bpfo", fewer, rate=RATE * 0.8, **KNOWN) == pytest.approx(
        value("envelope_bpfo", x, **KNOWN), rel=0.25
    )


def test_shaft_harmonics_in_the_envelope_are_not_taken_for_a_bearing() -> None:
    t = np.arange(round(4 * RATE)) / RATE
    x = (1 + 0.9 * np.cos(2 * np.pi * SHAFT_HZ * t) ** 9) * noise(4.0)
    near = FaultOrders(bpfo=4.0, bpfi=6.0, bsf=2.0, ftf=0.5)
    known = {**KNOWN, "orders": near}
    assert value("envelope_bpfo", x, **known) < 1.5


@pytest.mark.parametrize("missing", ["speed_rpm", "orders"])
def test_unknown_speed_or_geometry_gives_nan(missing: str) -> None:
    known = {name: given for name, given in KNOWN.items() if name != missing}
    assert np.isnan(value("envelope_bpfo", TRAINS["envelope_bpfo"], **known))


def test_a_record_too_short_to_resolve_the_cage_says_so_for_the_cage_only() -> None:
    x = TRAINS["envelope_bpfo"][: round(0.2 * RATE)]
    assert np.isnan(value("envelope_ftf", x, **KNOWN))
    assert np.isfinite(value("envelope_bpfo", x, **KNOWN))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("recording", "rate", "raised"),
    [
        ("12k_Drive_End_Bearing_Fault_Data/IR/007/105_0.mat", 12_000.0, "envelope_bpfi"),
        ("12k_Drive_End_Bearing_Fault_Data/OR/007/@6/130@6_0.mat", 12_000.0, "envelope_bpfo"),
        ("Normal/97_Normal_0.mat", 48_000.0, None),
    ],
)
def test_measured_race_faults_raise_their_own_feature_and_a_healthy_bearing_none(
    data_root: Path, recording: str, rate: float, raised: str | None
) -> None:
    channels = loadmat(data_root / "cwru" / recording)
    x = next(samples for name, samples in channels.items() if name.endswith("DE_time")).ravel()
    found = {name: value(name, x, rate, speed_rpm=1797.0, orders=ORDERS) for name in RACES_AND_BALLS}
    if raised is not None:
        assert found.pop(raised) > 3
    assert max(found.values()) < 2.6


def test_an_empty_band_above_an_anti_alias_filter_does_not_hide_the_fault() -> None:
    # three quarters of the band hold nothing but leakage from the ends of the record
    x = signal.resample_poly(TRAINS["envelope_bpfo"], 4, 1)[1234:-777] + np.linspace(0, 3, 4 * 81_920 - 2011)
    assert value("envelope_bpfo", x, rate=4 * RATE, **KNOWN) > 2.5
