import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.features.grid import band_bins, harmonic_bins, modulation_start, transform_length


@given(st.integers(64, 2_000_000))
def test_transform_lengths_are_smooth_multiples_of_4_and_close_below(length: int) -> None:
    chosen = transform_length(length)
    rest = chosen
    for prime in (2, 3, 5):
        while rest % prime == 0:
            rest //= prime
    assert rest == 1
    assert chosen % 4 == 0
    assert 0.8 * length < chosen <= length


@pytest.mark.parametrize(("length", "expected"), [(102_400, 102_400), (20_480, 20_480), (64, 64), (121_265, 120_000)])
def test_lengths_that_are_fast_already_lose_nothing(length: int, expected: int) -> None:
    assert transform_length(length) == expected


def test_a_band_starts_at_its_lower_edge_and_never_holds_0_hz_or_nyquist() -> None:
    assert band_bins(0, 500, 1000, 1000) == (1, 500)
    assert band_bins(100, 200, 1000, 1000) == (100, 200)


def test_a_band_above_nyquist_does_not_exist_and_one_partly_above_ends_there() -> None:
    assert band_bins(5000, 10_000, 12_000, 12_000) == (5000, 6000)
    assert band_bins(5000, 10_000, 10_000, 10_000) is None


@pytest.mark.parametrize("shaft_hz", [float("nan"), 2.9, 600.0])
def test_a_harmonic_is_not_searched_at_unknown_unresolved_or_aliased_speed(shaft_hz: float) -> None:
    assert harmonic_bins(1, shaft_hz, 1000, 1000) is None


def test_a_harmonic_is_searched_within_three_percent_and_at_least_one_bin() -> None:
    assert harmonic_bins(2, 100, 1000, 1000) == (194, 207)
    assert harmonic_bins(1, 10, 1000, 1000) == (9, 12)


def test_modulation_is_searched_strictly_above_1_hz() -> None:
    assert modulation_start(5000, 1000) == 6
    assert modulation_start(100, 1000) == 1
