"""Figures of signals: what they show is what was asked, and what is private is not drawn."""

import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import pytest
import scipy.io.wavfile
from PIL import Image

from data_catalog.errors import NotFoundError
from data_catalog.signals import SignalRow
from pfd_panel.errors import EXPECTED_ERRORS, RequestError
from pfd_panel.services import annotating, collections, drawing, sounding, viewing
from pfd_panel.services.context import Context, User
from pfd_panel.services.drawing import FigureMark, parse_limits, parse_marks, parse_settings
from pipelines.analyses import ANALYSES
from pipelines.figures.panels import LEFT, RIGHT, TRACE, WIDTH
from tests.pfd_panel.conftest import RIG

SVG = "{http://www.w3.org/2000/svg}"
INNER = WIDTH - LEFT - RIGHT


@pytest.fixture(scope="module")
def row(filled: Context) -> SignalRow:
    return collections.choose(filled, RIG, ["*105_0:DE"])[0]


def drawn(context: Context, row: SignalRow, **asked: object) -> ET.Element:
    return ET.fromstring(drawing.figure(context, row, "svg", **asked).path.read_text("utf-8"))  # type: ignore[arg-type]


def words(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def points(root: ET.Element, panel: int = 0) -> np.ndarray:
    lines = [one.get("d", "") for one in root.iter(f"{SVG}path") if one.get("stroke") == TRACE]
    return np.array([one.split() for one in lines[panel][1:].replace("M", "L").split("L")], dtype=float)


def test_a_figure_names_signal_axes_and_units(filled: Context, row: SignalRow) -> None:
    root = drawn(filled, row, plots=("envelope", "waveform", "spectrum"), band=(2500.0, 3500.0))
    said = words(root)
    assert said[0] == "105_0 / DE"
    assert said[1] == f"{RIG}, {row.recording} · 1,797 rpm"
    expected = ["Waveform", "Spectrum", "Envelope spectrum"]
    assert [one for one in said if one in expected] == expected
    assert {"Time (s)", "Amplitude (g)", "Amplitude (mg rms)", "Modulation frequency (Hz)"} <= set(said)
    assert "band 2,500 to 3,500 Hz, 0.4 Hz a line" in said


def test_the_waveform_is_the_stretch_and_no_peak_of_it_is_lost(filled: Context, row: SignalRow) -> None:
    root = drawn(filled, row, plots=("waveform",), start_s=0.5, stop_s=0.6, annotations=False)
    x = viewing.samples(filled, row, 6000, 7200)
    line = points(root)
    assert line.shape == (1200, 2)
    np.testing.assert_allclose(line[:, 0], LEFT + INNER * np.arange(1200) / 1200, atol=0.006)
    assert int(np.argmin(line[:, 1])) == int(np.argmax(x))  # y points down
    assert np.corrcoef(-line[:, 1], x)[0, 1] > 0.9999
    assert {"0.50", "0.60"} <= set(words(root))


def test_the_spectrum_has_its_line_where_it_is_planted(filled: Context, row: SignalRow) -> None:
    limits = {"spectrum": (2000.0, 4000.0)}
    root = drawn(filled, row, plots=("spectrum",), limits=limits)
    found = viewing.spectrum(filled, row)
    inside = (found.freq_hz >= 2000) & (found.freq_hz <= 4000)
    top = found.freq_hz[inside][np.argmax(found.amplitude[inside])]
    line = points(root)
    assert line[np.argmin(line[:, 1]), 0] == pytest.approx(LEFT + INNER * (top - 2000) / 2000, abs=0.01)
    of_part = drawn(filled, row, plots=("spectrum",), limits=limits, start_s=0.5, stop_s=0.75, of_stretch=True)
    assert any(one.startswith("of 0.5 to 0.75 s, ") for one in words(of_part))
    assert points(of_part).tolist() != line.tolist()
    orders = drawn(filled, row, plots=("spectrum",), axis="orders", limits=limits)
    assert "Frequency (orders of the shaft)" in words(orders)
    assert points(orders) == pytest.approx(line, abs=0.02)


def test_cursors_markers_and_annotations_stand_where_they_were_put(filled_copy: Context) -> None:
    row = collections.choose(filled_copy, RIG, ["*105_0:DE"])[0]
    annotating.add(filled_copy, RIG, row.signal_id, label="hit", start_s=0.25, stop_s=0.5)
    annotating.add(filled_copy, RIG, row.signal_id, text="a line\nsecond", frequency_hz=300.0)
    marks = parse_marks(["waveform:0.1..0.2:cursor one", "envelope:107.4:BPFO: 1×"])
    asked = {"stop_s": 1.0, "band": (2500.0, 3500.0), "limits": {"envelope": (0.0, 500.0)}, "marks": marks}
    root = drawn(filled_copy, row, markers=("BPFI",), **asked)
    said = words(root)
    assert {"hit", "a line", "cursor one", "BPFO: 1×", "BPFI", "2× BPFI"} <= set(said)
    assert "1X" not in said

    def ruled(color: str) -> set[float]:
        paths = (one for one in root.iter(f"{SVG}path") if one.get("stroke") == color)
        return {round((float(one.get("d", "")[1:].split()[0]) - LEFT) / INNER, 3) for one in paths}

    assert {0.25, 0.6} == ruled(drawing.NOTED)
    assert {0.1, 0.215} == ruled(drawing.POINTED)
    assert 0.324 in ruled(drawing.NAMED)  # 162.2 of 500 Hz
    assert not {"hit", "a line"} & set(words(drawn(filled_copy, row, annotations=False, **asked)))


def test_more_annotations_than_can_be_read_are_left_out_and_that_is_said(filled_copy: Context) -> None:
    row = collections.choose(filled_copy, RIG, ["*105_0:DE"])[0]
    for k in range(drawing.MOST_NOTES + 2):
        annotating.add(filled_copy, RIG, row.signal_id, label=f"n{k}", start_s=0.01 * k)
    said = words(drawn(filled_copy, row, plots=("waveform",), stop_s=0.5))
    assert "40 of 42 annotations are drawn" in said[1]


def test_every_analysis_is_drawn_as_it_is_set(filled_copy: Context) -> None:
    row = collections.choose(filled_copy, RIG, ["*105_0:DE"])[0]
    annotating.add(filled_copy, RIG, row.signal_id, label="burst", start_s=0.5, stop_s=0.6)
    annotating.add(filled_copy, RIG, row.signal_id, label="resonance", frequency_hz=3000.0)
    names = [name for name in drawing.DRAWN if name not in ("orbit", "order_map", "waterfall")]
    settings = {"cepstrum": {"kind": "power"}, "spectrum": {"decibels": "yes"}}
    marks = parse_marks(["autocorrelation:0.1:lag", "kurtogram:1500:band"])
    asked = {"plots": names, "settings": settings, "marks": marks, "stop_s": 0.8, "limits": {"cepstrum": (1.0, 50.0)}}
    root = drawn(filled_copy, row, **asked)
    said = words(root)
    titles = [ANALYSES[name].title for name in names if name in ANALYSES]
    assert [one for one in said if one in titles] == titles
    assert {"Power cepstrum", "Level (dB re 1 g rms)", "Bands", "lag", "band"} <= set(said)
    # on the waveform, over time in the filtered one, the spectrogram and the velocity; not over lags
    assert said.count("burst") == 4
    # in the spectrum, up the spectrogram and across the kurtogram
    assert said.count("resonance") == 3
    assert "0.8" in said
    assert len(list(root.iter(f"{SVG}image"))) == 4  # two images, each with its bar
    plain = drawn(filled_copy, row, plots=["spectrogram"], palette="greys")
    assert drawn(filled_copy, row, plots=["spectrogram"]).find(f"{SVG}image").get("href") != (  # type: ignore[union-attr]
        plain.find(f"{SVG}image").get("href")  # type: ignore[union-attr]
    )
    assert parse_settings(["cepstrum.kind:power"], names) == {"cepstrum": {"kind": "power"}}
    for wrong in ("cepstrum.kind", "kind:power", "orbit.other:FE"):
        with pytest.raises(RequestError, match="sets nothing of"):
            parse_settings([wrong], names)


def test_a_png_is_a_picture_of_the_same(filled: Context, row: SignalRow) -> None:
    made = drawing.figure(filled, row, "png", plots=("waveform",), stop_s=0.1, title="Fig. 1")
    picture = Image.open(BytesIO(made.path.read_bytes()))
    assert picture.format == "PNG"
    assert picture.width == 2 * WIDTH
    assert picture.text["Title"] == "Fig. 1"  # type: ignore[attr-defined]
    assert made.media_type == "image/png"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"form": "gif"}, "not drawn as 'gif'"),
        ({"plots": ()}, "at least one plot"),
        ({"plots": ("cepstra",)}, "no plot 'cepstra'"),
        ({"plots": ("cepstrum",), "settings": {"cepstrum": {"colour": "red"}}}, "no setting 'colour'"),
        ({"plots": ("cepstrum",), "settings": {"orbit": {}}}, "no plot 'orbit' in this figure"),
        ({"plots": ("spectrogram",), "palette": "rainbow"}, "no colours 'rainbow'"),
        ({"plots": ("cepstrum",), "limits": {"cepstrum": (1e6, 2e6)}}, "cannot show 1e"),
        ({"plots": ("waveform",), "marks": [FigureMark("spectrum", 1.0)]}, "no plot 'spectrum' in this figure"),
        ({"axis": "bogus"}, "no frequency axis"),
        ({"start_s": 3.0}, "no stretch of the record"),
        ({"limits": {"envelope": (5.0, 1.0)}}, "cannot show 5 to 1 Hz"),
        ({"limits": {"envelope": (5000.0, 5001.0)}, "band": (100.0, 200.0)}, "has no lines between"),
        ({"band": (100.0, 7000.0)}, "band"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(filled: Context, row: SignalRow, asked: dict, told: str) -> None:
    with pytest.raises(EXPECTED_ERRORS, match=told):
        drawing.figure(filled, row, **asked)


def test_marks_and_limits_are_read_as_they_are_written() -> None:
    assert parse_marks(["waveform:.2..0.4", "spectrum:1e3:a:b"]) == [
        FigureMark("waveform", 0.2, 0.4, ""),
        FigureMark("spectrum", 1000.0, None, "a:b"),
    ]
    assert parse_limits(["spectrum:0:2000"]) == {"spectrum": (0.0, 2000.0)}
    for read, wrong in ((parse_marks, "spectrum:x"), (parse_marks, "bogus:1"), (parse_limits, "spectrum:1")):
        with pytest.raises(RequestError, match=r"is no mark|no plot|names no limits"):
            read([wrong])


def test_what_is_private_is_neither_drawn_nor_heard_by_others(filled_copy: Context, row: SignalRow) -> None:
    collections.share(filled_copy, RIG, "private")
    other = filled_copy.acting_as(User("eve", "operator"))
    for act in (lambda: drawing.figure(other, row), lambda: sounding.sound(other, row, 0.0, 0.1)):
        with pytest.raises(NotFoundError):
            act()
    assert list((filled_copy.catalog.home / "exports").rglob("*.png")) == []


def test_a_stretch_is_heard_as_long_as_it_lasts(filled: Context, row: SignalRow) -> None:
    made = sounding.sound(filled, row, 0.5, 1.0, band=(2500.0, 3500.0), speed=0.5)
    rate, heard = scipy.io.wavfile.read(made.path)
    assert (rate, heard.size, heard.dtype) == (48_000, 48_000, np.int16)
    assert np.abs(heard).max() == pytest.approx(0.9 * 32767, abs=1)
    lines = np.abs(np.fft.rfft(heard * np.hanning(heard.size)))
    assert 1250 < np.argmax(lines) < 1750  # the resonance at 3 kHz, an octave lower
    assert made.note == "1 s, band-pass 2500 to 3500 Hz, Butterworth 4, zero phase, 0.5 × speed"
    assert made.path.name == "105_0_DE_0.5-1s-sound.wav"
