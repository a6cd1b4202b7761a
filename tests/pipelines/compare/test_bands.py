"""The band of healthy recordings: what was planted stands out with its frequency and level, and nothing else does."""

import numpy as np
import pytest

from pipelines.compare import (
    beside,
    envelope_pieces,
    level_difference,
    over_band,
    reference_band,
    spectrum_pieces,
    standing_out,
)
from pipelines.errors import InputError, NotEnoughDataError

RATE = 8192.0
DF, LINES = 4.0, 1000


def machine(seed: int, tone: float = 0.0, at_hz: float = 800.0, seconds: float = 20.0) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal(t.size)
    return noise + 0.5 * np.sin(2 * np.pi * 100 * t) + tone * np.sin(2 * np.pi * at_hz * t)


def spectra(x: np.ndarray) -> np.ndarray:
    return spectrum_pieces(x, RATE, resolution_hz=DF, lines=LINES)


def test_a_planted_line_stands_out_with_its_level_and_nothing_else_does() -> None:
    freq = np.arange(LINES) * DF
    healthy = reference_band(freq, np.concatenate([spectra(machine(seed)) for seed in (1, 2)]))
    assert healthy.pieces == 32
    assert np.all(healthy.low <= healthy.median)
    assert np.all(healthy.median <= healthy.high)
    same = np.sqrt(np.mean(spectra(machine(7)) ** 2, axis=0))
    assert standing_out(same, healthy) == ()
    other = np.sqrt(np.mean(spectra(machine(8, tone=1.0)) ** 2, axis=0))
    (found,) = standing_out(other, healthy)
    assert found.frequency_hz == 800.0
    assert found.low_hz <= 800 <= found.high_hz <= 812
    assert found.value == pytest.approx(1 / np.sqrt(2), rel=0.05)
    line = int(800 / DF)
    assert found.usual == pytest.approx(float(healthy.median[line]))
    assert found.over_db == pytest.approx(20 * np.log10(other[line] / healthy.high[line]), abs=1e-3)


def test_what_fell_under_the_band_is_negative_and_what_lies_within_is_zero() -> None:
    freq = np.arange(8.0)
    pieces = np.outer(np.linspace(1, 2, 21), np.ones(8))
    band = reference_band(freq, pieces, quantiles=(0.0, 1.0))
    over = over_band([1, 2, 4, 0.5, 1.5, 20, 1, 1], band)
    np.testing.assert_allclose(over, [0, 0, 6.0206, -6.0206, 0, 20, 0, 0], atol=1e-3)
    power = reference_band(freq, pieces, quantiles=(0.0, 1.0), power=True)
    np.testing.assert_allclose(over_band([1, 2, 4, 0.5, 1.5, 20, 1, 1], power), over / 2, atol=1e-3)


def test_harmonics_are_told_one_by_one_and_a_resonance_as_one_stretch() -> None:
    freq = np.arange(200.0)
    band = reference_band(freq, np.ones((9, 200)))
    raised = np.full(200, 3.0)
    raised[[40, 80, 120]] = 30, 20, 10
    assert [one.frequency_hz for one in standing_out(raised, band)] == [40]
    assert standing_out(raised, band)[0].high_hz == 199
    assert [one.frequency_hz for one in standing_out(raised, band, merge_lines=None)] == [40, 80, 120]


def test_a_recording_at_another_speed_is_compared_at_the_same_order() -> None:
    t = np.arange(int(20 * RATE)) / RATE
    slow, fast = (np.sin(2 * np.pi * 10 * shaft * t) for shaft in (24.0, 26.4))
    one = spectrum_pieces(slow, RATE, resolution_hz=DF, lines=500)[0]
    other = spectrum_pieces(fast, RATE, resolution_hz=DF * 26.4 / 24, lines=500)[0]
    assert int(np.argmax(one)) == int(np.argmax(other)) == round(240 / DF)


def test_pieces_of_an_envelope_show_the_modulation() -> None:
    t = np.arange(int(8 * RATE)) / RATE
    x = (1 + 0.8 * np.cos(2 * np.pi * 37 * t)) * np.sin(2 * np.pi * 2000 * t)
    pieces = envelope_pieces(x, RATE, band=(1500.0, 2500.0), resolution_hz=1.0, lines=200)
    assert pieces.shape == (8, 200)
    assert set(np.argmax(pieces[:, 3:], axis=1) + 3) == {37}


def test_levels_of_two_spectra_differ_by_decibels_line_by_line() -> None:
    np.testing.assert_allclose(level_difference([1, 1, 2, 0], [10, 1, 1, 0]), [20, 0, -6.0206, 0], atol=1e-3)
    np.testing.assert_allclose(level_difference([1.0, 2.0], [10.0, 1.0], power=True), [10, -3.0103], atol=1e-3)
    with pytest.raises(InputError, match="one grid"):
        level_difference([1, 2], [1, 2, 3])
    with pytest.raises(InputError, match="empty"):
        level_difference([0, 0], [0, 0])


def test_too_little_for_a_band_is_said() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 5"):
        reference_band(np.arange(3.0), np.ones((4, 3)))
    with pytest.raises(InputError, match="expected"):
        reference_band(np.arange(4.0), np.ones((9, 3)))
    with pytest.raises(InputError, match="hold no"):
        spectrum_pieces(machine(1, seconds=0.1), RATE, resolution_hz=4.0, lines=10)
    with pytest.raises(InputError, match="shorter than a piece"):
        envelope_pieces(machine(1, seconds=0.1), RATE, band=(0, 1000), resolution_hz=1.0, lines=10)
    with pytest.raises(InputError, match="carries no"):
        envelope_pieces(machine(1, seconds=2), RATE, band=(1000, 1100), resolution_hz=1.0, lines=200)


def test_a_number_is_placed_beside_those_of_a_reference() -> None:
    many = beside(14.0, np.arange(1.0, 12.0))
    assert (many.median, many.low, many.high, many.count) == (6.0, 1.5, 10.5, 11)
    assert many.off == pytest.approx(3.5 / 9)
    assert beside(1.0, np.arange(1.0, 12.0)).off == pytest.approx(-0.5 / 9)
    assert beside(6.0, np.arange(1.0, 12.0)).off == 0
    few = beside(5.0, [1.0, np.nan, 2.0, 3.0])
    assert (few.low, few.high, few.off) == (1.0, 3.0, 1.0)
    assert np.isnan(beside(5.0, [1.0, 2.0]).off)
    with pytest.raises(NotEnoughDataError, match="no number"):
        beside(5.0, [np.nan])
