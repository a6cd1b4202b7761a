"""Analyses by name: what they find in signals whose content is known, what can be set, what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import periodogram

from pipelines.analyses import ANALYSES, Curves, Image, Path, SettingError, Subject, analyse
from pipelines.errors import InputError, UnknownNameError

RATE, SHAFT_HZ, SECONDS = 12_000.0, 30.0, 4.0
TIME = np.arange(round(RATE * SECONDS)) / RATE
NOISE = np.random.default_rng(3).standard_normal((2, TIME.size))


def signal(*, phase: float = 0.0, noise: int = 0) -> NDArray[np.float32]:
    """Imbalance at 30 Hz, its double, and an impact every 1/125 s that rings at 3 kHz."""
    ring = np.exp(-TIME * 800) * np.sin(2 * np.pi * 3000 * TIME)
    impacts = np.zeros_like(TIME)
    impacts[(np.arange(1, SECONDS * 125 - 1) / 125 * RATE).astype(int)] = 1.0
    rung = np.convolve(impacts, ring)[: TIME.size]
    turns = 2 * np.pi * SHAFT_HZ * TIME + phase
    return (np.sin(turns) + 0.3 * np.sin(2 * turns) + rung + 0.05 * NOISE[noise]).astype(np.float32)


@pytest.fixture(scope="module")
def subject() -> Subject:
    beside = signal(phase=-np.pi / 2, noise=1)
    return Subject(
        signal(),
        RATE,
        unit="g",
        speed_rpm=60 * SHAFT_HZ,
        channel={"FE": beside}.__getitem__,
        channels=("FE",),
        series=lambda: [("first", signal()), ("second", 2 * signal())],
    )


def total(found: Any, name: str) -> float:
    return next(one.value for one in found.totals if one.name == name)


def curve(found: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    assert isinstance(found.picture, Curves)
    return found.picture.places, found.picture.curves[0].values


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_gives_a_labelled_picture_and_tells_how(subject: Subject, name: str) -> None:
    settings = {"orbit": {"other": "FE"}}.get(name, {})
    found = analyse(subject, name, settings)
    shown = found.picture
    assert found.method
    assert set(found.settings) == {one.name for one in ANALYSES[name].settings}
    assert str(shown.x)
    assert str(shown.y)
    if isinstance(shown, Curves):
        assert len({len(one.values) for one in shown.curves}) == 1
        assert np.ptp(shown.curves[0].values) > 0
    elif isinstance(shown, Image):
        assert shown.values.shape == (len(shown.y_at), len(shown.x_at))
        assert shown.limits[0] < shown.limits[1]
        assert np.ptp(shown.values) > 0
    else:
        assert isinstance(shown, Path)
    louder = analyse(replace(subject, x=3 * subject.x), name, settings)
    assert not np.array_equal(_values(louder), _values(found)) or name in ("autocorrelation", "cepstrum", "kurtogram")


def _values(found: Any) -> Any:
    shown = found.picture
    if isinstance(shown, Curves):
        return shown.curves[0].values
    return shown.values if isinstance(shown, Image) else shown.x_values


@pytest.mark.parametrize(
    ("scale", "expected", "unit"), [("rms", 1 / np.sqrt(2), "g rms"), ("peak", 1.0, "g peak")], ids=["rms", "peak"]
)
def test_the_scale_of_a_spectrum_is_what_it_says(subject: Subject, scale: str, expected: float, unit: str) -> None:
    found = analyse(subject, "spectrum", {"scale": scale, "segment": 12_000, "window": "flat top"})
    at, values = curve(found)
    assert values[30] == pytest.approx(expected, rel=0.01)
    assert (at[30], found.picture.y.unit) == (30.0, unit)
    level = analyse(subject, "spectrum", {"scale": scale, "segment": "12000", "window": "flat top", "decibels": True})
    assert curve(level)[1][30] == pytest.approx(20 * np.log10(values[30]), abs=1e-3)


def test_a_density_integrates_to_the_mean_square(subject: Subject) -> None:
    found = analyse(subject, "spectrum", {"scale": "psd", "window": "rectangular", "segment": 48_000})
    freq, density = periodogram(subject.x - subject.x.mean(), RATE)
    at, values = curve(found)
    np.testing.assert_allclose(values[1:], density[1:], rtol=1e-3, atol=1e-9)
    np.testing.assert_allclose(at, freq)
    assert values.sum() * at[1] == pytest.approx(float(np.var(subject.x)), rel=1e-3)


def test_the_cepstrum_names_the_spacing_of_the_lines(subject: Subject) -> None:
    found = analyse(subject, "cepstrum", {"segment": 16_384})
    assert total(found, "its inverse") == pytest.approx(125, rel=0.01)


def test_the_kurtogram_finds_the_band_that_rings() -> None:
    lines = np.fft.rfft(NOISE[0])
    freq = np.fft.rfftfreq(TIME.size, 1 / RATE)
    narrow = np.fft.irfft(np.where(np.abs(freq - 2250) < 300, lines, 0))
    x = (6 * narrow * (TIME % 0.05 < 0.003) + NOISE[1]).astype(np.float32)
    found = analyse(Subject(x, RATE, unit="g"), "kurtogram")
    assert total(found, "its band from") <= 2250 <= total(found, "to")
    shown = found.picture
    assert isinstance(shown, Image)
    assert len(shown.rows) == len(shown.y_at)
    assert shown.values.max() == pytest.approx(total(found, "highest kurtosis"), rel=1e-5)


def test_a_filter_keeps_its_band_and_leaves_gaps(subject: Subject) -> None:
    x = subject.x.copy()
    x[20_000:20_100] = np.nan
    found = analyse(replace(subject, x=x), "filtered", {"band": "10-45", "envelope": "yes"})
    _, values = curve(found)
    assert np.isnan(values[20_000:20_100]).all()
    inside = slice(4_000, 16_000)
    expected = np.sin(2 * np.pi * SHAFT_HZ * TIME[inside])
    assert np.abs(values[inside] - expected).max() < 0.1
    envelope = found.picture.curves[1].values
    assert np.abs(envelope[inside] - 1).max() < 0.1


def test_acceleration_becomes_velocity_and_displacement(subject: Subject) -> None:
    pure = replace(subject, x=np.sin(2 * np.pi * 100 * TIME).astype(np.float32))
    speed = analyse(pure, "filtered", {"integrate": "velocity"})
    moved = analyse(pure, "filtered", {"integrate": "displacement"})
    assert (speed.picture.y.unit, moved.picture.y.unit) == ("mm/s", "µm")
    assert total(speed, "RMS") == pytest.approx(9806.65 / (2 * np.pi * 100) / np.sqrt(2), rel=0.03)
    assert total(moved, "RMS") == pytest.approx(9806.65e3 / (2 * np.pi * 100) ** 2 / np.sqrt(2), rel=0.03)


@pytest.mark.parametrize(
    "source",
    [
        {"speed_from": "stored"},
        {"speed_from": "curve", "curve": "0:1800, 4:1800"},
        {"speed_from": "ridge", "ridge_hz": 30},
        {"speed_from": "ridge", "ridge_hz": 60, "ridge_order": 2},
        {"speed_from": "tacho", "tacho": "FE"},
    ],
    ids=["stored", "curve", "ridge", "second harmonic", "tacho"],
)
def test_orders_are_found_wherever_the_speed_is_from(subject: Subject, source: dict[str, Any]) -> None:
    pulses = (np.sin(2 * np.pi * SHAFT_HZ * TIME) > 0.9).astype(np.float32)
    given = replace(subject, channel={"FE": pulses}.__getitem__)
    found = analyse(given, "order_spectrum", source | {"max_order": 10, "resolution": 0.1})
    order, amplitude = curve(found)
    assert order[np.argmax(amplitude)] == pytest.approx(1.0, abs=0.05)
    assert amplitude.max() == pytest.approx(1 / np.sqrt(2), rel=0.05)


def test_the_synchronous_average_parts_the_shaft_from_the_impacts(subject: Subject) -> None:
    found = analyse(subject, "synchronous_average", {"max_order": 20})
    assert total(found, "synchronous RMS") == pytest.approx(np.sqrt(0.5 * (1 + 0.09)), rel=0.03)
    assert total(found, "residual RMS") < 0.2


def test_an_orbit_says_which_way_the_shaft_whirls(subject: Subject) -> None:
    found = analyse(subject, "orbit", {"other": "FE", "orders": "1, 2"})
    assert total(found, "forward, order 1") == pytest.approx(1.0, rel=0.05)
    assert "order 1: forward precession" in found.notes
    assert isinstance(found.picture, Path)
    assert found.picture.x_values[0] == found.picture.x_values[-1]


def test_a_cascade_is_of_the_recordings_in_their_order(subject: Subject) -> None:
    found = analyse(subject, "waterfall", {"over": "recordings", "segment": 12_000})
    first, second = found.picture.values[:, 30]
    assert second - first == pytest.approx(20 * np.log10(2), abs=0.01)
    lines = analyse(subject, "waterfall", {"over": "recordings", "style": "lines"})
    assert [len(one.values) > 2 for one in lines.picture.curves] == [True, True]


@pytest.mark.parametrize("method", ["stft", "cwt", "pwvd"])
@pytest.mark.parametrize("log", ["no", "yes"])
def test_a_chirp_rises_in_every_picture_over_time_and_frequency(method: str, log: str) -> None:
    time = np.arange(6000) / 6000
    chirp = np.sin(2 * np.pi * (200 * time + 600 * time**2)).astype(np.float32)
    found = analyse(Subject(chirp, 6000.0), "spectrogram", {"method": method, "log": log})
    shown = found.picture
    assert isinstance(shown, Image)
    per_hz = 1.0 if log == "yes" else 1e-3
    for at in (0.25, 0.5, 0.75):
        column = int(np.argmin(np.abs(shown.x_at - at)))
        loudest = shown.y_at[np.argmax(shown.values[:, column])] / per_hz
        assert loudest == pytest.approx(200 + 1200 * at, rel=0.08)


def test_a_picture_shows_the_stretch_that_was_asked_for(subject: Subject) -> None:
    found = analyse(subject, "spectrogram", {"start_s": 2, "length_s": 0.5})
    assert 2 < found.picture.x_at[0] < found.picture.x_at[-1] < 2.5
    with pytest.raises(InputError, match="no stretch of 3 s begins at 2 s"):
        analyse(subject, "spectrogram", {"start_s": 2, "length_s": 3})


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("spectrum", {"colour": "red"}, "no setting 'colour'"),
        ("spectrum", {"window": "square"}, "Window: there is no 'square'"),
        ("spectrum", {"segment": "many"}, "Segment: 'many' is no whole number"),
        ("spectrum", {"segment": 1e6}, "segment"),
        ("filtered", {"band": "3000-1000"}, "no band of two rising frequencies"),
        ("filtered", {"band": (1000, 9000)}, "6000"),
        ("order_spectrum", {"speed_from": "curve"}, "no speed curve is given"),
        ("order_spectrum", {"speed_from": "curve", "curve": "soon"}, "no list of points"),
        ("order_spectrum", {"speed_from": "ridge"}, "no point of a ridge is given"),
        ("order_spectrum", {"speed_from": "ridge", "ridge_hz": 30, "ridge_s": 9}, "picked at 9 s"),
        ("order_spectrum", {"speed_from": "tacho", "tacho": "XY"}, "no channel 'XY'"),
        ("orbit", {}, "no channel is chosen"),
        ("severity", {"group": "3"}, "there is no '3'"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(
    subject: Subject, name: str, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words.replace("'", ".")) as told:
        analyse(subject, name, settings)
    assert told.value.hint
    if isinstance(told.value, SettingError):
        assert told.value.setting in {*settings, *(one.name for one in ANALYSES[name].settings)}


def test_no_speed_is_told_where_orders_are_asked(subject: Subject) -> None:
    with pytest.raises(InputError, match="no speed is stored"):
        analyse(replace(subject, speed_rpm=None), "order_spectrum")


def test_an_unknown_analysis_is_refused_with_those_there_are(subject: Subject) -> None:
    with pytest.raises(UnknownNameError, match="'magic'") as told:
        analyse(subject, "magic")
    assert "cepstrum" in told.value.hint


def test_noise_has_no_ridge_that_could_be_followed() -> None:
    with pytest.raises(InputError, match="ridge"):
        analyse(Subject(NOISE[0].astype(np.float32), RATE), "order_spectrum", {"speed_from": "ridge", "ridge_hz": 1111})
