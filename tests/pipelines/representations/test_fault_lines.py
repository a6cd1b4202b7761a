"""Columns, refusals, hidden lines, and real recordings of two rigs."""

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.io

from pipelines.bearings import BearingGeometry, lookup
from pipelines.errors import InputError
from pipelines.representations import (
    EnvelopeConfig,
    envelope_orders,
    fault_line_names,
    fault_lines,
    read_fault_lines,
)
from tests.pipelines.representations.defective_machine import ORDERS, run

NOISE = np.random.default_rng(4).standard_normal(40_000)


@dataclass
class Orders:
    bpfo: float
    bpfi: float
    bsf: float
    ftf: float


def test_every_column_has_one_name_and_no_value_is_missing():
    config = EnvelopeConfig(harmonics=3)
    names = fault_line_names(config)
    found = fault_lines(
        NOISE.reshape(2, -1), 10_000.0, [1500.0, 1800.0], ORDERS, config=EnvelopeConfig(turns=16, harmonics=3)
    )
    assert len(set(names)) == len(names) == found.shape[1] == 4 + 4 * 3 + 3 * 3
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_a_spectrum_that_is_there_already_gives_the_same_lines():
    x = run("inner_race", seconds=3.0)
    spectrum = envelope_orders(x, 12_000.0, 1797.0, max_order=30)
    np.testing.assert_allclose(read_fault_lines(spectrum, ORDERS), fault_lines(x, 12_000.0, 1797.0, ORDERS), atol=0.3)


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        (None, "fault orders are missing"),
        (Orders(float("nan"), 5.4, 2.4, 0.4), "order nan of BPFO"),
        (Orders(3.6, 5.4, 0.0, 0.4), "order 0.0 of 2·BSF"),
    ],
)
def test_missing_geometry_is_refused_in_words(orders, words):
    with pytest.raises(InputError, match=words):
        fault_lines(NOISE, 10_000.0, 1500.0, orders)


def test_missing_speed_is_refused_in_words():
    with pytest.raises(InputError, match="shaft speed is missing"):
        fault_lines(NOISE, 10_000.0, None, ORDERS)


def test_a_spectrum_that_ends_too_early_is_refused_in_words():
    with pytest.raises(InputError, match="ends at order 8"):
        read_fault_lines(envelope_orders(NOISE, 10_000.0, 1500.0, max_order=8), ORDERS)


def test_a_bearing_whose_lines_are_the_shafts_shows_nothing():
    shafts = Orders(3.0, 5.0, 1.5, 1.0)
    names, found = fault_line_names(), fault_lines(NOISE, 10_000.0, 1500.0, shafts, config=EnvelopeConfig(slip=0.0))[0]
    assert found[names.index("bpfo_comb")] == 0
    assert found[names.index("bpfi_comb")] == 0


@pytest.mark.realdata
def test_races_of_two_rigs_show_on_their_own_line(data_root):
    """Strong race defects at other loads, rates, speeds and in another bearing stand on the same column."""
    nice = BearingGeometry("NICE", n=8, d_mm=0.235 * 25.4, D_mm=1.245 * 25.4).orders()
    fault_folder = data_root / "cwru" / "12k_Drive_End_Bearing_Fault_Data"
    names = fault_line_names()
    races = [names.index("bpfo_comb"), names.index("bpfi_comb")]
    for path, race in (("IR/007/105_0.mat", 1), ("OR/007/@6/133@6_3.mat", 0)):
        content = scipy.io.loadmat(fault_folder / path)
        x = next(value for key, value in content.items() if key.endswith("_DE_time")).ravel()
        rpm = next(float(value.item()) for key, value in content.items() if key.endswith("RPM"))
        found = fault_lines(x, 12_000.0, rpm, lookup("6205").orders())[0, races]
        assert found[race] > found[1 - race] + 0.5
    for path, race in (("InnerRaceFault_vload_1.mat", 1), ("OuterRaceFault_vload_1.mat", 0)):
        record = scipy.io.loadmat(data_root / "mfpt" / "train_data" / path, squeeze_me=True)["bearing"]
        x, rate, rpm = np.ravel(record["gs"].item()), float(record["sr"].item()), 60 * float(record["rate"].item())
        found = fault_lines(x, rate, rpm, nice)[0, races]
        assert found[race] > found[1 - race] + 0.5
