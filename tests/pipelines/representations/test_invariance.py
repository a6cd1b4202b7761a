"""The same machine gives the same lines however it is run and recorded; another fault, or none, does not.

The tolerance: the direction of the row of lines stays within a cosine of 0.96, its combs within 0.75. At another speed
the impacts stand otherwise over the noise (more of them a second in the same ring-down), which is physics and moves the
combs by up to 1.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.bearings import lookup
from pipelines.representations import EnvelopeConfig, envelope_orders, fault_line_names, fault_lines, multiples_of
from tests.pipelines.representations.defective_machine import ORDERS, run

FAULTS = ("outer_race", "inner_race", "ball")
COMB = {"outer_race": "bpfo_comb", "inner_race": "bpfi_comb", "ball": "2bsf_comb"}
NAMES = fault_line_names()
COMBS = [NAMES.index(one) for one in COMB.values()]


@pytest.fixture(scope="module")
def reference() -> dict[str, NDArray[np.float32]]:
    """Lines of each fault at 1,797 rpm, 12 kHz, 6 s."""
    return {fault: lines(fault) for fault in FAULTS}


def lines(fault: str | None, *, bands: str = "octaves", rate: float = 12_000.0, rpm: float = 1797.0, **how):
    x = run(fault, rate=rate, rpm=rpm, **how)
    return fault_lines(x, rate, rpm, ORDERS, config=EnvelopeConfig(bands=bands))[0]


def cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("how", "comb_tolerance"),
    [
        ({"rpm": 1200.0}, 1.0),
        ({"rpm": 2600.0}, 1.0),
        ({"rate": 25_600.0}, 0.75),
        ({"rate": 48_000.0, "seconds": 3.0}, 0.75),
        ({"seconds": 2.0}, 0.75),
        ({"seconds": 20.0}, 0.75),
        ({"gain": 1e-4}, 1e-3),
        ({"gain": 1e3, "seed": 5}, 0.75),
    ],
    ids=str,
)
def test_one_machine_gives_one_row_of_lines(reference, fault: str, how: dict[str, float], comb_tolerance: float):
    found = lines(fault, **how)
    assert cosine(found, reference[fault]) > 0.96
    assert np.abs(found - reference[fault])[COMBS].max() < comb_tolerance


@pytest.mark.parametrize("bearing", ["NICE", "6204", "22205 E1 K C3"])
@pytest.mark.parametrize("fault", FAULTS)
def test_another_bearing_gives_a_like_row_of_lines(reference, fault: str, bearing: str):
    """Where the combs of two faults meet depends on the bearing, and must not become what a fault looks like."""
    orders = lookup(bearing).orders()
    found = fault_lines(run(fault, orders=orders), 12_000.0, 1797.0, orders)[0]
    own = NAMES.index(COMB[fault])
    assert cosine(found, reference[fault]) > (0.97 if fault == "outer_race" else 0.85)
    assert abs(found[own] - reference[fault][own]) < 0.75
    assert found[own] > 1.5 + max(found[other] for other in COMBS if other != own)


def test_slip_moves_no_line_of_the_fault_itself(reference):
    for fault in FAULTS:
        slipped = lines(fault, slip=-0.015)
        own = [i for i, name in enumerate(NAMES) if name.startswith(COMB[fault].removesuffix("_comb"))]
        assert cosine(slipped[own], reference[fault][own]) > 0.97


def test_other_faults_give_other_rows(reference):
    for one in FAULTS:
        for other in FAULTS:
            if one != other:
                assert cosine(reference[one], reference[other]) < 0.6


@pytest.mark.parametrize("bands", ["octaves", "kurtogram"])
def test_the_highest_comb_is_the_faults_own(bands: str):
    for fault in FAULTS:
        found = lines(fault, bands=bands)
        assert found[NAMES.index(COMB[fault])] == found[COMBS].max() > 2


def test_a_sound_machine_stays_at_the_floor():
    found = lines(None)
    assert np.abs(found).max() < 0.5
    assert found[COMBS].max() < 0.2


def test_sidebands_tell_what_carries_the_defect(reference):
    inner, outer = (dict(zip(NAMES, reference[fault], strict=True)) for fault in ("inner_race", "outer_race"))
    assert inner["bpfi_1x_sidebands"] > 2
    assert outer["bpfo_1x_sidebands"] < 0.5


def test_multiples_of_a_bearing_frequency_peak_at_whole_ones_at_any_speed_and_slip():
    for rpm, slip in ((1797.0, 0.008), (1200.0, -0.015)):
        spectrum = envelope_orders(run("outer_race", rpm=rpm, slip=slip), 12_000.0, rpm, max_order=16)
        picture = multiples_of(spectrum, ORDERS.bpfo, up_to=4, per_multiple=16)
        assert picture.shape == (1, 64)
        assert picture.dtype == np.float32
        whole = picture[0, [15, 31, 47, 63]]
        half = picture[0, [7, 23, 39, 55]]
        assert whole.min() > half.max() + 1


def test_shaft_orders_carry_the_outer_race_line_where_its_geometry_says():
    spectrum = envelope_orders(run("outer_race", slip=0.0), 12_000.0, 1797.0, max_order=6)
    assert spectrum.orders[spectrum.excess[0].argmax()] == pytest.approx(ORDERS.bpfo, abs=1 / 32)
