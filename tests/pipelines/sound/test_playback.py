"""Stretches as they are heard: each pitch where it should be, and nothing that clicks or folds back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.sound import HEARD_RATE_HZ, Playback, playback

RATE_HZ = 12_000.0


def tone(hz: float, seconds: float = 1.0, rate_hz: float = RATE_HZ) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def pitch(heard: Playback) -> float:
    """The strongest line, Hz."""
    lines = np.abs(np.fft.rfft(heard.values * np.hanning(heard.values.size)))
    return float(np.argmax(lines)) * HEARD_RATE_HZ / heard.values.size


@settings(max_examples=30, deadline=None)
@given(
    hz=st.floats(50, 5000),
    speed=st.sampled_from([0.1, 0.5, 1.0, 1.5, 4.0]),
    shift_hz=st.floats(-200, 2000),
)
def test_a_tone_is_heard_where_speed_and_shift_put_it(hz: float, speed: float, shift_hz: float) -> None:
    heard = playback(tone(hz, 0.5), RATE_HZ, speed=speed, shift_hz=shift_hz) if hz * speed + shift_hz > 30 else None
    if heard is None or hz * speed + shift_hz > 23_000:
        return
    assert heard.seconds == pytest.approx(0.5 / speed)
    assert heard.values.size == round(heard.seconds * HEARD_RATE_HZ)
    assert pitch(heard) == pytest.approx(hz * speed + shift_hz, abs=3 / heard.seconds)


def test_every_stretch_is_as_loud_and_begins_and_ends_softly() -> None:
    for scale in (1e-6, 1.0, 1e6):
        heard = playback(scale * (3 + tone(440)), RATE_HZ)
        assert np.abs(heard.values).max() == pytest.approx(0.9)
        assert abs(heard.values[0]) < 1e-3
        assert abs(heard.values[-1]) < 1e-3
        assert heard.method == "as recorded"


def test_a_band_keeps_what_lies_in_it_and_its_envelope_is_heard_as_rhythm() -> None:
    both = tone(500) + 0.2 * tone(3000) * (1 + tone(60))
    assert pitch(playback(both, RATE_HZ)) == pytest.approx(500, abs=3)
    assert pitch(playback(both, RATE_HZ, band=(2500, 3500))) == pytest.approx(3000, abs=3)
    rhythm = playback(both, RATE_HZ, band=(2500, 3500), envelope=True)
    assert pitch(rhythm) == pytest.approx(60, abs=3)
    assert rhythm.method == "envelope of 2500 to 3500 Hz"


def test_what_would_leave_the_range_is_left_out_and_does_not_fold_back() -> None:
    both = tone(200) + tone(5000)
    heard = playback(both, RATE_HZ, shift_hz=20_000)  # 20.2 and 25 kHz; the latter would fold to 23 kHz
    lines = np.abs(np.fft.rfft(heard.values)) / heard.values.size
    assert pitch(heard) == pytest.approx(20_200, abs=3)
    assert lines[22_900:23_100].max() < 1e-3 * lines.max()
    down = playback(both, RATE_HZ, shift_hz=-1000)
    assert pitch(down) == pytest.approx(4000, abs=3)
    assert np.abs(np.fft.rfft(down.values))[700:900].max() < 1e-3 * np.abs(np.fft.rfft(down.values)).max()


def test_gaps_are_silent_and_said() -> None:
    x = tone(440)
    x[3000:6000] = np.nan
    heard = playback(x, RATE_HZ)
    assert np.abs(heard.values[14_000:22_000]).max() < 0.05
    assert heard.method == "gaps are silent"


@pytest.mark.parametrize(
    ("x", "asked", "words"),
    [
        (np.ones(1000), {}, "nothing of this stretch can be heard"),
        (np.full(1000, np.nan), {}, "nothing of this stretch can be heard"),
        (tone(440), {"speed": 0.001}, "Choose a speed|times as fast"),
        (tone(440), {"speed": float("nan")}, "times as fast"),
        (tone(440), {"speed": 0.01, "band": None, "shift_hz": 30_000.0}, "a shift by 30000 Hz"),
        (tone(440, 2.0), {"speed": 0.01}, "would sound for 200 s"),
        (tone(440), {"band": (100.0, 9000.0)}, "band"),
        (tone(440)[:8], {}, "cannot be played"),
    ],
)
def test_what_cannot_be_heard_is_refused_in_words(x: np.ndarray, asked: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        playback(x, RATE_HZ, **asked)
