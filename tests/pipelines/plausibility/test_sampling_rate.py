import h5py
import numpy as np
import pytest
from scipy.signal import decimate, firwin, lfilter, resample_poly

from pfd_panel.services.demo import excerpt
from pipelines.errors import InputError
from pipelines.plausibility import check_rate

RATE_HZ, RPM = 12_000.0, 1797.0


@pytest.fixture
def machine() -> np.ndarray:
    """Four harmonics of the shaft in noise, 20 s."""
    t = np.arange(240_000) / RATE_HZ
    x = 0.05 * np.random.default_rng(1).standard_normal(t.size)
    for order, amplitude in ((1, 0.05), (2, 0.03), (3, 0.02), (4, 0.02)):
        x += amplitude * np.sin(2 * np.pi * order * RPM / 60 * t + order)
    return x


def test_nothing_speaks_against_a_rate_that_is_right(machine: np.ndarray) -> None:
    assert check_rate(machine, RATE_HZ, speed_rpm=RPM).reasons == ()
    assert check_rate(machine, RATE_HZ).reasons == ()
    # a filter where recorders have theirs
    usual = lfilter(firwin(301, 2 / 2.56), 1.0, machine)
    assert check_rate(usual, RATE_HZ, speed_rpm=RPM).reasons == ()


@pytest.mark.parametrize("ratio", [2.0, 4.0])
def test_a_rate_that_is_off_by_a_usual_factor_moves_the_lines_of_the_shaft(machine: np.ndarray, ratio: float) -> None:
    found = check_rate(machine, ratio * RATE_HZ, speed_rpm=RPM)
    assert found.shaft_ratio == ratio
    assert f"at {ratio:g} times" in found.reasons[0]
    assert check_rate(machine, ratio * RATE_HZ).reasons == ()


@pytest.mark.parametrize("factor", [3, 4, 8])
def test_a_signal_that_was_resampled_up_ends_where_its_old_rate_ended(machine: np.ndarray, factor: int) -> None:
    found = check_rate(resample_poly(machine[:20_000], factor, 1, window=("kaiser", 12.0)), factor * RATE_HZ)
    assert found.edge_share == pytest.approx(1 / factor, abs=0.08)
    assert "of Nyquist" in found.reasons[0]


def test_a_spectrum_that_falls_as_structures_do_has_no_edge() -> None:
    noise = np.random.default_rng(2).standard_normal(60_000)
    # an oscillator of one degree of freedom: 12 dB an octave above its resonance
    damped = lfilter([1.0], [1.0, -1.9, 0.95], noise)
    assert check_rate(damped, RATE_HZ).edge_share is None
    assert check_rate(np.cumsum(noise), RATE_HZ).edge_share is None
    assert check_rate(decimate(noise, 4), RATE_HZ).edge_share is None


def test_half_orders_are_a_loose_machine_and_no_wrong_rate(machine: np.ndarray) -> None:
    t = np.arange(machine.size) / RATE_HZ
    loose = machine + sum(0.04 * np.sin(2 * np.pi * order * RPM / 60 * t) for order in (0.5, 1.5, 2.5))
    assert check_rate(loose, RATE_HZ, speed_rpm=RPM).reasons == ()


def test_noise_is_never_taken_for_lines() -> None:
    for seed in range(30):
        noise = np.random.default_rng(seed).standard_normal(30_000)
        assert check_rate(noise, RATE_HZ, speed_rpm=RPM).reasons == ()


def test_what_cannot_be_checked_says_nothing_or_is_refused() -> None:
    assert check_rate(np.ones(200), RATE_HZ, speed_rpm=RPM).reasons == ()
    with pytest.raises(InputError, match="rate of 0"):
        check_rate(np.ones(200), 0.0)


def test_real_recordings_are_doubted_under_a_wrong_rate_and_not_under_their_own() -> None:
    doubted = found_out = total = 0
    with h5py.File(excerpt()) as file:
        found: list[h5py.Dataset] = []
        file.visititems(lambda _, one: found.append(one) if isinstance(one, h5py.Dataset) else None)
        for one in found:
            rate, speed = float(one.attrs["sampling_rate"]), float(one.attrs["rpm"])
            doubted += bool(check_rate(one[()], rate, speed_rpm=speed).reasons)
            found_out += check_rate(one[()], 4 * rate, speed_rpm=speed).shaft_ratio == 4.0
            total += 1
    assert (doubted, total) == (0, 21)
    assert found_out >= 19
