"""Figures: what stands where on them, as lines and words and as pixels."""

import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipelines.errors import InputError
from pipelines.figures import Axis, Drawing, Mark, Panel, as_png, as_svg, axis_over, compose, curve
from pipelines.figures.drawing import Line, Words
from pipelines.figures.panels import LEFT, RIGHT, TRACE, WIDTH

SVG = "{http://www.w3.org/2000/svg}"


def panel(values: np.ndarray, *marks: Mark, **more: object) -> Panel:
    x, low, high = curve(values, 0.0, 1.0)
    return Panel(
        "Waveform", "Time (s)", "Amplitude (g)", x, low, high, (0.0, float(len(values) - 1)), marks=marks, **more
    )


@settings(max_examples=200, deadline=None)
@given(low=st.floats(-1e9, 1e9), length=st.floats(1e-9, 1e9), about=st.integers(2, 12))
def test_ticks_stand_at_round_numbers_within_the_axis_and_say_which(low: float, length: float, about: int) -> None:
    if low + length == low or length < 1e-6 * abs(low):
        return
    found = axis_over(low, low + length, about)
    step = (low + length) - low
    assert 1 <= len(found.ticks) <= 2 * about + 3
    assert found.ticks[0] >= low - 1e-6 * step
    assert found.ticks[-1] <= low + length + 1e-6 * step
    assert len(set(found.words)) == len(found.words)
    for tick, word in zip(found.ticks, found.words, strict=True):
        assert float(word.replace("\u2212", "-").replace(",", "")) == pytest.approx(tick, rel=1e-6, abs=1e-6 * step)


def test_an_axis_of_a_constant_surrounds_it() -> None:
    for value in (0.0, 5.0, -3.0):
        found = axis_over(value, value, 5)
        assert found.low < value < found.high
    assert Axis(0.0, 4.0, np.array([]), ()).share(1.0) == 0.25


def test_no_peak_is_lost_however_many_samples_there_are() -> None:
    x = np.zeros(100_000)
    x[70_001], x[123] = 5.0, -4.0
    x[40_000:41_000] = np.nan
    places, low, high = curve(x, 10.0, 0.5, columns=500)
    assert (np.nanmax(high), np.nanmin(low)) == (5.0, -4.0)
    assert places[int(np.nanargmax(high))] == pytest.approx(10 + 0.5 * 70_001, abs=0.5 * 200)
    assert 3 <= np.isnan(high).sum() <= 5
    with pytest.raises(InputError, match="no line"):
        curve(np.zeros((2, 2)), 0, 1)


def test_the_line_goes_through_its_values_and_breaks_at_gaps() -> None:
    values = np.array([0.0, 10.0, np.nan, 5.0, 0.0])
    drawn = compose([panel(values)], title="t")
    (line,) = (one for one in drawn.items if isinstance(one, Line) and one.color == TRACE)
    inner = WIDTH - LEFT - RIGHT
    np.testing.assert_allclose(line.points[:, 0], LEFT + inner * np.arange(5) / 4)
    heights = line.points[:, 1]
    # the y axis points down
    assert heights[1] < heights[3] < heights[0] == heights[4]
    assert np.isnan(heights[2])
    path = [one.get("d", "") for one in ET.fromstring(as_svg(drawn)).iter(f"{SVG}path") if one.get("stroke") == TRACE]
    assert path[0].count("M") == 2


def test_titles_axes_with_units_and_marks_are_words_of_the_svg() -> None:
    marks = (Mark(2.0, None, "BPFO <&>"), Mark(5.0, 7.0, "burst"), Mark(99.0, None, "outside"))
    drawn = compose([panel(np.arange(10.0), *marks, note="12 kHz")], title="105_0 / DE", note='of "Rig"')
    root = ET.fromstring(as_svg(drawn))
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert {"105_0 / DE", 'of "Rig"', "Waveform", "12 kHz", "Time (s)", "Amplitude (g)", "BPFO <&>", "burst"} <= set(
        words
    )
    assert "outside" not in words
    assert root.find(f"{SVG}title").text == "105_0 / DE"  # type: ignore[union-attr]
    inner = WIDTH - LEFT - RIGHT
    ruled = {one.get("d", "")[1:].split()[0] for one in root.iter(f"{SVG}path") if one.get("stroke") == marks[0].color}
    assert f"{LEFT + inner * 2 / 9:.2f}" in ruled
    (area,) = (one for one in root.iter(f"{SVG}rect") if one.get("fill") == marks[1].color)
    assert float(area.get("width", 0)) == pytest.approx(inner * 2 / 9, abs=0.01)


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=40))
def test_whatever_someone_wrote_the_svg_is_a_document_and_the_png_a_picture(text: str) -> None:
    drawn = compose([panel(np.arange(4.0), Mark(1.0, None, text))], title=text, note=text)
    root = ET.fromstring(as_svg(drawn).encode())
    assert not root.findall(f".//{SVG}script")
    assert len(as_png(drawn, 0.25)) > 500


def test_no_two_names_of_marks_lie_on_one_another() -> None:
    marks = [Mark(100.0 + 3 * k, None, f"mark number {k}") for k in range(5)]
    words = [one for one in compose([panel(np.arange(500.0), *marks)], title="").items if isinstance(one, Words)]
    named = [one for one in words if one.text.startswith("mark number")]
    assert len({one.y for one in named}) == 5
    with pytest.raises(InputError, match="marks on one panel"):
        compose([panel(np.arange(9.0), *[Mark(1.0)] * 300)], title="")
    with pytest.raises(InputError, match="without a panel"):
        compose([], title="")


def test_the_picture_shows_the_line_where_the_drawing_has_it() -> None:
    values = np.zeros(200)
    values[100:] = 1.0
    drawn = compose([panel(values)], title="Wörter, ω und Ω")
    picture = Image.open(BytesIO(as_png(drawn, 1.0)))
    assert picture.size == (round(drawn.width), round(drawn.height))
    assert picture.text["Title"] == "Wörter, ω und Ω"  # type: ignore[attr-defined]
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    blue = (pixels[..., 2] - pixels[..., 0]) > 80
    (line,) = (one for one in drawn.items if isinstance(one, Line) and one.color == TRACE)
    for place in (20, 180):
        x, y = line.points[place]
        column = np.flatnonzero(blue[:, round(x)])
        assert abs(column.mean() - y) <= 1
    assert picture.info["dpi"][0] == pytest.approx(72, abs=0.1)


def test_letters_of_other_alphabets_are_drawn_not_boxed() -> None:
    def ink(text: str) -> bytes:
        words = (Words(10, 20, text, 16),)
        return Image.open(BytesIO(as_png(Drawing(60, 30, words), 1.0))).tobytes()

    boxes = ink("中")  # no font that is shipped has it
    assert len({ink(letter) for letter in "aωЖ≤ć"} | {boxes}) == 6
    assert ink("文") == boxes
