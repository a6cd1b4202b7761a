"""Many curves in one picture: each where its samples are, counted once a cell, with true quantiles."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from pipelines.errors import InputError
from pipelines.overlays import (
    QUANTILES,
    Axis,
    bands,
    density,
    envelope_columns,
    onto,
    shaded,
    shaded_png,
    sheet_png,
    spectrum_columns,
    time_columns,
)
from pipelines.overlays.density import _BLOCK

AXIS = Axis(0.0, 1.0, 100)
BETWEEN_EDGES = st.integers(-64, 63).map(lambda number: number / 32 + 1 / 64)


def drawn(low: np.ndarray, high: np.ndarray, bottom: float, top: float, height: int) -> np.ndarray:
    """The same picture, cell by cell."""
    found = np.zeros((height, low.shape[1]), np.int32)
    for curve in range(len(low)):
        before = None
        for column in range(low.shape[1]):
            least, most = float(low[curve, column]), float(high[curve, column])
            if np.isnan(least):
                before = None
                continue
            ends = [least, most]
            if before is not None:
                # up or down to where it was
                ends += [min(max(before[0], least), most), before[1]] if before[1] < least else []
                ends += [before[0]] if before[0] > most else []
            before = (least, most)
            first = int(np.floor((min(ends) - bottom) * height / (top - bottom)))
            last = int(np.floor((max(ends) - bottom) * height / (top - bottom)))
            for row in range(max(first, 0), min(last, height - 1) + 1):
                found[row, column] += 1
    return found


@settings(deadline=None)
@given(hnp.arrays(np.float32, (4, 9), elements=st.one_of(BETWEEN_EDGES, st.just(np.nan))))
def test_the_picture_is_that_of_curves_drawn_one_by_one(values: np.ndarray) -> None:
    high = values + np.float32(0.25)
    found = density(values, high, (-1.0, 1.0), 16)
    assert np.array_equal(found, drawn(values, high, -1.0, 1.0, 16))
    assert found.max(initial=0) <= len(values)


def test_curves_run_on_from_one_block_of_columns_into_the_next() -> None:
    rng = np.random.default_rng(2)
    # walks between the edges of rows, with gaps, a little wider than a block
    walk = np.cumsum(rng.integers(-3, 4, (3, _BLOCK + 7)), axis=1) / 32 + 1 / 64
    walk[rng.random(walk.shape) < 0.05] = np.nan
    low = walk.astype(np.float32)
    high = low + np.float32(0.125)
    assert np.array_equal(density(low, high, (-1.0, 1.0), 16), drawn(low, high, -1.0, 1.0, 16))
    assert np.array_equal(
        density(low[:, ::2], high[:, ::2], (-1.0, 1.0), 16), drawn(low[:, ::2], high[:, ::2], -1, 1, 16)
    )


@settings(deadline=None)
@given(hnp.arrays(np.float32, (7, 5), elements=st.one_of(st.floats(-2, 2, width=16), st.just(np.nan))))
def test_bands_are_the_quantiles_of_what_is_known(values: np.ndarray) -> None:
    found = bands(values, values)
    for column in range(values.shape[1]):
        known = values[~np.isnan(values[:, column]), column]
        if known.size:
            assert found[:, column] == pytest.approx(np.quantile(known, QUANTILES), abs=1e-5)
        else:
            assert np.isnan(found[:, column]).all()


def test_bands_of_waveforms_reach_from_low_to_high_and_the_median_lies_between() -> None:
    low = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    high = low + 2
    found = bands(low, high)
    assert found[0] == pytest.approx(np.quantile(low, 0.1, axis=0), abs=1e-5)
    assert found[4] == pytest.approx(np.quantile(high, 0.9, axis=0), abs=1e-5)
    assert found[2] == pytest.approx(np.median(low, axis=0) + 1, abs=1e-5)


@pytest.mark.parametrize("rate", [2_000.0, 2_345.0, 50_000.0])
def test_a_waveform_lies_at_its_time_whatever_its_rate(rate: float) -> None:
    x = np.sin(2 * np.pi * 3 * np.arange(int(0.6 * rate)) / rate).astype(np.float32)
    low, high = time_columns(x, x, 0.0, 1 / rate, AXIS)
    truth = np.sin(2 * np.pi * 3 * AXIS.centres)
    inside = AXIS.centres < 0.59
    # a column is 0.19 rad wide
    assert np.abs((low + high)[inside] / 2 - truth[inside]).max() < 0.12
    assert (high - low)[inside].max() < 0.25
    assert np.isnan(low[AXIS.centres > 0.61]).all()


def test_a_gap_stays_a_gap() -> None:
    x = np.ones(1000, np.float32)
    x[400:500] = np.nan
    low, _ = time_columns(x, x, 0.0, 1e-3, AXIS)
    assert np.isnan(low[40:50]).all()
    assert not np.isnan(low[:40]).any()


@pytest.mark.parametrize("rate", [8_000.0, 12_000.0, 48_000.0])
def test_a_tone_has_its_amplitude_at_its_frequency_whatever_the_rate(rate: float) -> None:
    axis = Axis(0.0, 4000.0, 200)
    t = np.arange(int(2 * rate)) / rate
    x = 0.3 * np.sin(2 * np.pi * 1230 * t) + 1e-3 * np.random.default_rng(1).normal(size=t.size)
    found = spectrum_columns(x, rate, 5.0, axis)
    top = int(np.nanargmax(found))
    assert axis.centres[top] == pytest.approx(1230, abs=axis.step / 2)
    assert found[top] == pytest.approx(20 * np.log10(0.3 / np.sqrt(2)), abs=0.1)
    assert np.isnan(spectrum_columns(x, rate, 5.0, Axis(0.0, 48_000.0, 200))[-1])


def test_a_modulation_has_its_depth_at_its_frequency() -> None:
    rate, depth = 12_000.0, 0.5
    t = np.arange(24_000) / rate
    x = (1 + depth * np.cos(2 * np.pi * 80 * t)) * np.sin(2 * np.pi * 3000 * t)
    axis = Axis(0.0, 500.0, 250)
    found = envelope_columns(x, rate, (2000.0, 4000.0), axis)
    top = int(np.nanargmax(found))
    assert axis.centres[top] == pytest.approx(80, abs=axis.step)
    # (1 + m cos)² has the mean 1 + m²/2 and the amplitude 2 m at the modulation frequency
    assert found[top] == pytest.approx(20 * np.log10(2 * depth / (1 + depth**2 / 2)), abs=0.1)


def test_peaks_survive_columns_that_are_wider_and_lines_are_joined_where_they_are_narrower() -> None:
    places, values = np.arange(1000) / 1000, np.zeros(1000, np.float32)
    values[437] = 5.0
    assert onto(places, values, Axis(0.0, 1.0, 10)).tolist() == [0, 0, 0, 0, 5, 0, 0, 0, 0, 0]
    sparse = onto(np.array([0.0, 0.5, 1.0]), np.array([0, 1, 0], np.float32), Axis(0.0, 2.0, 40))
    assert sparse[5] == pytest.approx(0.55, abs=0.01)
    assert np.isnan(sparse[30])


def test_what_has_no_width_or_is_too_short_is_refused() -> None:
    with pytest.raises(InputError, match="range from 1 to 1"):
        Axis(1.0, 1.0, 10)
    with pytest.raises(InputError, match="values from"):
        density(np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32), (1.0, 1.0), 4)
    with pytest.raises(InputError, match="100 samples at 1000 Hz"):
        spectrum_columns(np.ones(100), 1000.0, 1.0, AXIS)


def test_a_png_has_the_colour_at_the_strength_of_the_count_and_stands_upright() -> None:
    counts = np.zeros((3, 2), np.int32)
    counts[0, 0], counts[2, 1] = 100, 1
    picture = Image.open(io.BytesIO(shaded_png(shaded(counts), "#D64C13"))).convert("RGBA")
    assert picture.size == (2, 3)
    assert picture.getpixel((0, 2)) == (0xD6, 0x4C, 0x13, 255)
    red, green, blue, opacity = picture.getpixel((1, 0))
    assert (red, green, blue) == (0xD6, 0x4C, 0x13)
    assert 0 < opacity < 100
    assert picture.getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("width", [1, 6, 7])
def test_every_shade_is_in_the_png_as_one_of_sixteen_steps(width: int) -> None:
    shades = np.random.default_rng(width).integers(0, 256, (50, width)).astype(np.uint8)
    shades[0], shades[1] = 0, 1
    picture = np.asarray(Image.open(io.BytesIO(shaded_png(shades, "#D64C13"))).convert("RGBA"))
    steps = np.where(shades > 0, np.maximum(shades // 16, 1), 0)[::-1]
    assert np.array_equal(picture[:, :, 3], 17 * steps)
    assert (picture[:, :, :3] == (0xD6, 0x4C, 0x13)).all()


def test_a_sheet_holds_every_class_below_the_other() -> None:
    shades = shaded(np.ones((20, 30), np.int32))
    sheet = Image.open(io.BytesIO(sheet_png([("a", shades, "#D64C13"), ("b", shades, "#3D6D90")], "0 to 1 s")))
    colours = [sheet.getpixel((29, y)) for y in range(sheet.height)]
    assert colours.index((0xD6, 0x4C, 0x13)) < colours.index((0x3D, 0x6D, 0x90))
