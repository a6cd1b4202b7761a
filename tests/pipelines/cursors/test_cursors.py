"""Cursors read back what was planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.cursors import (
    HIGHEST_COUNT,
    Lines,
    band,
    best_family,
    delta,
    harmonics,
    highest_lines,
    periods,
    sidebands,
    single,
    stretch,
)
from pipelines.errors import InputError
from pipelines.spectra import amplitude_spectrum

RATE = 12_000
SECONDS = 4.0
TIME = np.arange(int(RATE * SECONDS)) / RATE


def spectrum_of(x: np.ndarray, segment: int = 8192) -> Lines:
    found = amplitude_spectrum(x, RATE, segment=segment, scale="rms")
    return Lines(found.amplitude, found.resolution_hz, "g", noise_bandwidth=1.5)


def family(base: float, levels: list[float], noise: float = 0.02, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    tones = (a * np.sin(2 * np.pi * k * base * TIME + k) for k, a in enumerate(levels, 1))
    return sum(tones) + noise * rng.standard_normal(TIME.size)


def totals(reading) -> dict[str, float]:
    return {one.name: one.value for one in reading.totals}


def test_planted_harmonics_are_read_to_within_a_tenth_of_a_line() -> None:
    base, levels = 107.36, [1.0, 0.5, 0.25, 0.4]
    lines = spectrum_of(family(base, levels))
    # the cursor is put down by hand, half a line off
    read = harmonics(lines, base + 0.5 * lines.step / 4, 4)
    assert [one.name for one in read.readings] == ["1×", "2×", "3×", "4×"]
    for order, (one, level) in enumerate(zip(read.readings, levels, strict=True), 1):
        assert one.found == pytest.approx(order * base, abs=lines.step / 5)
        # a Hann window reads up to 1.42 dB low between two lines
        assert 0.84 * level / np.sqrt(2) < one.value < 1.05 * level / np.sqrt(2)
    assert totals(read)["fundamental"] == pytest.approx(base, abs=lines.step / 20)


def test_harmonics_end_where_the_plot_does() -> None:
    lines = spectrum_of(family(500, [1.0]))
    assert len(harmonics(lines, 2000.0, 10).readings) == 3


def test_planted_sidebands_are_read_with_their_depth() -> None:
    carrier, spacing, depth = 1500.0, 29.95, 0.6
    x = (1 + depth * np.cos(2 * np.pi * spacing * TIME)) * np.sin(2 * np.pi * carrier * TIME)
    lines = spectrum_of(x, segment=len(x))
    read = sidebands(lines, carrier, spacing, 2)
    places = {one.name: one for one in read.readings}
    assert list(places) == ["−2", "−1", "carrier", "+1", "+2"]
    for name, sign in (("−1", -1), ("+1", 1)):
        assert places[name].found == pytest.approx(carrier + sign * spacing, abs=lines.step)
        # each sideband of an amplitude modulation is half its depth
        assert places[name].value == pytest.approx(depth / 2 * places["carrier"].value, rel=0.2)
    assert places["+2"].value < 0.05 * places["+1"].value
    assert totals(read)["sidebands to carrier"] == pytest.approx(20 * np.log10(depth / np.sqrt(2)), abs=1.2)


def test_two_lines_tell_distance_ratio_and_inverse() -> None:
    lines = spectrum_of(family(200.0, [1.0, 0.1], noise=1e-4))
    told = totals(delta(lines, 200.0, 400.0))
    assert told["Δx"] == pytest.approx(200.0, abs=lines.step / 5)
    assert told["1/Δx"] == pytest.approx(1 / 200.0, rel=0.01)
    assert told["B/A"] == pytest.approx(-20, abs=1.5)
    assert totals(delta(lines, 400.0, 200.0))["B/A"] == pytest.approx(20, abs=1.5)


def test_the_power_in_a_band_is_that_of_the_tone_in_it() -> None:
    lines = spectrum_of(family(1000.0, [0.8]))
    told = totals(band(lines, 900.0, 1100.0))
    assert told["rms in band"] == pytest.approx(0.8 / np.sqrt(2), rel=0.02)
    assert told["of all power"] > 95
    assert totals(band(lines, 3000.0, 4000.0))["of all power"] < 1


def test_a_band_is_the_same_from_either_end() -> None:
    lines = spectrum_of(family(1000.0, [0.8]))
    assert band(lines, 1100.0, 900.0) == band(lines, 900.0, 1100.0)


def waveform(x: np.ndarray) -> Lines:
    return Lines(x.astype(np.float32), 1 / RATE, "g", x_unit="s")


def test_a_stretch_of_a_waveform_has_the_moments_of_its_samples() -> None:
    x = np.random.default_rng(3).laplace(size=TIME.size)
    told = totals(stretch(waveform(x), 1.0, 3.0))
    part = x[RATE : 3 * RATE + 1].astype(np.float32).astype(np.float64)
    assert told["rms"] == pytest.approx(np.sqrt(np.mean(part**2)))
    assert told["peak"] == pytest.approx(np.abs(part).max())
    assert told["crest factor"] == pytest.approx(told["peak"] / told["rms"])
    centred = part - part.mean()
    assert told["excess kurtosis"] == pytest.approx(np.mean(centred**4) / np.mean(centred**2) ** 2 - 3)


def test_a_period_is_told_as_a_frequency_and_reads_samples() -> None:
    x = np.zeros(TIME.size)
    x[[1200, 1320, 1440]] = [1.0, 2.0, 3.0]
    read = periods(waveform(x), 0.1, 0.01, 2)
    assert [one.value for one in read.readings] == [1.0, 2.0, 3.0]
    assert totals(read)["1/T"] == pytest.approx(100.0)


def test_a_waveform_is_read_at_samples_and_a_spectrum_at_summits() -> None:
    x = np.array([0.0, 1.0, 4.0, 1.0, 0.0])
    assert single(waveform(x), 1.2 / RATE).readings[0].value == 1.0
    assert single(Lines(x, 1.0, "g"), 1.2).readings[0].value == 4.0


def test_the_base_of_a_family_is_found_though_a_stranger_stands_higher() -> None:
    lines = spectrum_of(family(107.36, [0.3, 0.4, 0.3, 0.3]) + 1.5 * np.sin(2 * np.pi * 333.3 * TIME))
    assert best_family(lines, 20.0, 1000.0) == pytest.approx(107.36, abs=lines.step)
    assert highest_lines(lines, 20.0, 1000.0, 1)[0] == pytest.approx(333.3, abs=lines.step)


@settings(max_examples=30, deadline=None)
@given(base=st.floats(60, 400), seed=st.integers(0, 2**16))
def test_the_base_of_any_family_is_found(base: float, seed: int) -> None:
    lines = spectrum_of(family(base, [1.0, 0.8, 0.9, 0.7, 0.6], seed=seed))
    assert best_family(lines, 40.0, 450.0) == pytest.approx(base, abs=lines.step)


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(0, 1e6, width=32), min_size=2, max_size=200),
    place=st.floats(-5, 250),
    count=st.integers(-3, 60),
)
def test_any_place_is_read_or_refused_in_words(values: list[float], place: float, count: int) -> None:
    lines = Lines(np.array(values), 1.0, "g", noise_bandwidth=1.5)
    for read in (
        lambda: single(lines, place),
        lambda: delta(lines, 0.0, place),
        lambda: harmonics(lines, place, count),
        lambda: sidebands(lines, 1.0, place, count),
        lambda: band(lines, 0.0, place),
    ):
        try:
            found = read()
        except InputError:
            continue
        assert all(np.isfinite(one.found) and np.isfinite(one.value) for one in found.readings)
        assert all(np.isfinite(one.value) for one in found.totals)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda lines: single(lines, 1e6), "outside the plot"),
        (lambda lines: single(lines, float("nan")), "outside the plot"),
        (lambda lines: harmonics(lines, 0.0, 5), "base"),
        (lambda lines: harmonics(lines, 10.0, HIGHEST_COUNT + 1), "expected 1 to"),
        (lambda lines: sidebands(lines, 100.0, -1.0, 2), "spacing"),
        (lambda lines: band(lines, 100.0, 100.0), "one value"),
        (lambda lines: periods(lines, 1.0, 0.0, 2), "period"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(act, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        act(spectrum_of(family(200.0, [1.0])))
    assert refused.value.hint
