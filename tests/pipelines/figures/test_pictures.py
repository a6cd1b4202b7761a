"""What analyses found, drawn: cells where the levels are, colours that say which, bars as wide as their steps."""

import base64
import re
import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import pytest
from bokeh.palettes import Cividis256, Inferno256, Viridis256
from PIL import Image as Picture

from pipelines.analyses import ANALYSES, Axis, Curve, Curves, Found, Image, Path, Subject, analyse
from pipelines.cursors import Total
from pipelines.errors import InputError, UnknownNameError
from pipelines.figures import Mark, as_png, as_svg, compose, panel_of
from pipelines.figures.axes import log_axis, named_axis
from pipelines.figures.drawing import Area, Cells, Line, Words
from pipelines.figures.palettes import colors_of
from pipelines.figures.panels import LEFT, OTHERS, PANEL_HEIGHT, TRACE
from pipelines.figures.planes import BAR, Plane, Raster

SVG = "{http://www.w3.org/2000/svg}"
LEVELS = np.array([[0, 10, 20], [30, 40, np.nan]], dtype=np.float32)


def image(**more: object) -> Image:
    given = {"x_at": np.array([0.5, 1.5, 2.5]), "y_at": np.array([1.0, 3.0])} | more
    return Image(
        Axis("Time", "s"), Axis("Frequency", "kHz"), Axis("Level", "dB re 1 g"), values=LEVELS, limits=(0.0, 40.0),
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def words(items: tuple[object, ...]) -> list[str]:
    return [one.text for one in items if isinstance(one, Words)]


@pytest.mark.parametrize(("name", "exact"), [("viridis", Viridis256), ("inferno", Inferno256), ("cividis", Cividis256)])
def test_colours_are_those_of_the_pages(name: str, exact: tuple[str, ...]) -> None:
    ours = colors_of(np.linspace(0, 1, 256), name).astype(int)
    theirs = np.array([list(bytes.fromhex(one[1:])) for one in exact])
    assert np.abs(ours - theirs).max() <= 6
    assert colors_of(np.array([np.nan, -9.0, 9.0]), name).tolist() == [
        [255, 255, 255],
        ours[0].tolist(),
        ours[-1].tolist(),
    ]
    with pytest.raises(UnknownNameError, match="no colours 'rainbow'"):
        colors_of(np.zeros(1), "rainbow")


def test_levels_are_cells_with_a_bar_that_says_what_their_colours_mean() -> None:
    found = Found(image(), "STFT", (Total("window", 256.0, "samples"),), ("first second",))
    marks = (Mark(1.0, None, "hit"), Mark(3.0, None, "resonance", flat=True), Mark(99.0, None, "beyond", flat=True))
    panel = panel_of(found, "Spectrogram", marks=marks)
    assert isinstance(panel, Raster)
    drawn = compose([panel], title="t")
    cells, bar = (one for one in drawn.items if isinstance(one, Cells))
    # the highest row is at the top of the page
    np.testing.assert_array_equal(cells.colors, colors_of(LEVELS[::-1] / 40))
    assert (cells.x, cells.height, bar.width) == (LEFT, PANEL_HEIGHT, BAR)
    assert bar.x > cells.x + cells.width
    assert bar.colors[0, 0].tolist() == colors_of(np.array(1.0)).tolist()
    said = words(drawn.items)
    assert {
        "Time (s)",
        "Frequency (kHz)",
        "dB re 1 g",
        "STFT; first second",
        "window 256 samples",
        "hit",
        "resonance",
    } <= {*said}
    assert "beyond" not in said
    flat = next(one for one in drawn.items if isinstance(one, Words) and one.text == "resonance")
    # rows reach from 0 to 4 kHz, so 3 kHz is a quarter below the top; its name stands above its line
    assert flat.y == pytest.approx(cells.y + PANEL_HEIGHT / 4 - 4)


def test_an_image_is_the_same_in_both_forms() -> None:
    drawn = compose([panel_of(Found(image(), "STFT"), "Spectrogram", palette="greys")], title="t")
    cells = next(one for one in drawn.items if isinstance(one, Cells))
    root = ET.fromstring(as_svg(drawn))
    stored = next(one for one in root.iter(f"{SVG}image")).get("href", "")
    inside = Picture.open(BytesIO(base64.b64decode(stored.removeprefix("data:image/png;base64,"))))
    np.testing.assert_array_equal(np.asarray(inside), cells.colors)
    shown = np.asarray(Picture.open(BytesIO(as_png(drawn, 1.0))).convert("RGB"))
    for row in range(2):
        for column in range(3):
            x, y = cells.x + cells.width * (column + 0.5) / 3, cells.y + cells.height * (row + 0.5) / 2
            assert np.abs(shown[round(y), round(x)].astype(int) - cells.colors[row, column]).max() <= 2


def test_rows_have_names_or_equal_ratios() -> None:
    named = panel_of(Found(image(rows=("1", "2"), y_at=np.arange(2.0)), "k"), "Kurtogram").upright()
    assert (named.low, named.high, named.words) == (-0.5, 1.5, ("1", "2"))
    assert named_axis(("a", "b", "c")).share(1.0) == 0.5
    log = panel_of(Found(image(y_log=True, y_at=np.array([10.0, 1000.0])), "c"), "CWT").upright()
    assert log.share(100.0) == pytest.approx(0.5)
    assert log_axis(1.0, 100.0).words == ("1", "2", "5", "10", "20", "50", "100")


def test_curves_have_names_bars_have_widths_and_a_window_cuts() -> None:
    counted, bell = Curve("measured", np.array([1.0, 4.0, 2.0])), Curve("Gaussian", np.array([1.0, 3.0, 1.0]))
    shown = Curves(Axis("Acceleration", "g"), Axis("Density", "1/g"), 0.0, 1.0, (counted, bell), True, bars=True)
    panel = panel_of(Found(shown, "bins"), "Histogram")
    drawn = compose([panel], title="t")
    assert "Gaussian" in words(drawn.items)
    bars = [one for one in drawn.items if isinstance(one, Area) and one.color == TRACE]
    assert [one.height / bars[0].height for one in bars] == pytest.approx([1, 4, 2])
    assert bars[1].x - bars[0].x == pytest.approx(bars[0].width + 0.4)
    assert [one.color for one in drawn.items if isinstance(one, Line) and one.points.shape == (3, 2)] == [OTHERS[0]]
    plain = Curves(Axis("Frequency", "Hz"), Axis("Amplitude", "g"), 0.0, 2.0, (Curve("s", np.arange(50.0)),))
    panel = panel_of(Found(plain, "m"), "Spectrum", window=(10.0, 20.0), per_hz=60.0, frequency="CPM")
    assert panel.x_label == "Frequency (CPM)"
    assert (panel.across().low, panel.across().high) == (600.0, 1200.0)
    assert panel.upright().high == pytest.approx(10.0, rel=0.06)


def test_a_path_has_one_scale_and_a_beginning() -> None:
    turn = np.linspace(0, 2 * np.pi, 41)
    found = Found(Path(Axis("This channel", "µm"), Axis("Y", "µm"), 3 * np.cos(turn), np.sin(turn)), "orbit")
    panel = panel_of(found, "Orbit")
    assert isinstance(panel, Plane)
    path, dot = (one for one in compose([panel], title="t").items if isinstance(one, Line) and one.color == TRACE)
    width, height = np.ptp(path.points, axis=0)
    assert width / height == pytest.approx(3, rel=0.01)
    assert dot.points.mean(axis=0) == pytest.approx(path.points[0], abs=0.2)


def test_every_analysis_is_drawn_in_both_forms() -> None:
    rng = np.random.default_rng(4)
    x = (np.sin(0.3 * np.arange(8192)) + rng.normal(0, 0.3, 8192)).astype(np.float32)
    other = np.roll(x, 5)
    subject = Subject(x, 8192.0, "g", 1800.0, lambda _: other, ("Y",), lambda: [("a", x), ("b", other)])
    given = {"orbit": {"other": "Y"}, "waterfall": {"style": "lines"}}
    for name, one in ANALYSES.items():
        drawn = compose([panel_of(analyse(subject, name, given.get(name)), one.title)], title=name)
        svg = as_svg(drawn)
        assert len(list(ET.fromstring(svg).iter())) > 20, name
        assert not re.search(r"nan|inf", re.sub(r"base64,[^\"]*|<text.*", "", svg)), name
    assert Picture.open(BytesIO(as_png(drawn, 0.5))).width == 480


def test_what_is_no_image_is_refused() -> None:
    panel = Raster("t", "x", "y", np.zeros(3), (0, 1), (0, 1), (0, 1), "dB")
    with pytest.raises(InputError, match="no image"):
        compose([panel], title="t")
