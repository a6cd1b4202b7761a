"""Signals of any rate and length become windows that show the same physics."""

import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.training.settings import InputSettings
from pipelines.training.windows import SignalWindows, Source

RATE = 8192.0


def tone(hz: float, rate: float = RATE, seconds: float = 1.0, rpm: float | None = None, gain: float = 1.0):
    """A source and its samples."""
    time = np.arange(int(rate * seconds)) / rate
    return Source(len(time), rate, rpm), gain * np.sin(2 * np.pi * hz * time) + 3.0


def windows_of(signals, **changed) -> SignalWindows:
    sources, samples = zip(*signals, strict=True)
    return SignalWindows(sources, lambda i: samples[i], InputSettings(**changed))


def strongest(x: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(x[:, 0], axis=-1)).argmax(axis=-1)


def everything(windows: SignalWindows) -> np.ndarray:
    return windows.read(np.arange(len(windows)))


def test_signals_of_other_rates_are_brought_to_one() -> None:
    found = windows_of([tone(512.0), tone(512.0, rate=20_000.0), tone(512.0, rate=12_345.6)], length=1024)
    x = everything(found)
    assert found.rate_hz == RATE
    assert set(strongest(x)) == {64}
    assert np.allclose(x.std(axis=-1), np.sqrt(0.5), atol=0.02)
    assert np.abs(x.mean()) < 0.01
    assert set(found.signal) == {0, 1, 2}


def test_equal_orders_stand_at_one_place_whatever_the_speed() -> None:
    found = windows_of(
        [tone(5 * 20.0, rpm=1200.0), tone(5 * 31.0, rpm=1860.0)],
        representation="order_tracked", samples_per_revolution=64, length=1024,
    )  # fmt: skip
    assert set(strongest(everything(found))) == {80}


def test_by_shaft_angle_a_run_up_cut_into_recordings_stands_still_and_shows_the_values_of_its_orders() -> None:
    """Third and seventh order of a shaft that runs up from 900 to 2,100 rpm, in quarters of a second."""
    per_turn, duration, first, last = 64, 12.0, 15.0, 35.0
    time = np.arange(int(RATE * duration)) / RATE
    angle = first * time + (last - first) / (2 * duration) * time**2
    chirp = 2.0 * np.cos(2 * np.pi * 3 * angle) + 0.5 * np.cos(2 * np.pi * 7 * angle)
    piece = int(RATE / 4)
    begins = np.arange(0, len(chirp) - piece + 1, 4 * piece)
    middle = (begins + piece / 2) / RATE
    rpm = 60 * (first + (last - first) / duration * middle)
    cuts = [
        (Source(piece, RATE, float(speed)), chirp[begin : begin + piece])
        for begin, speed in zip(begins, rpm, strict=True)
    ]
    shown = {
        form: everything(windows_of(cuts, representation=form, samples_per_revolution=per_turn, length=192))
        for form in ("raw", "order_tracked")
    }
    lines = {form: np.abs(np.fft.rfft(x[:, 0] * np.hanning(192), axis=-1)) * 4 / 192 for form, x in shown.items()}
    # 192 samples are three turns: order k is line 3 k
    tracked = lines["order_tracked"]
    assert set(tracked.argmax(axis=-1)) == {9}
    np.testing.assert_allclose(tracked[:, 9], 2.0, rtol=0.1)
    np.testing.assert_allclose(tracked[:, 21], 0.5, rtol=0.1)
    assert tracked[:, 13:18].max() < 0.1
    assert len(set(lines["raw"].argmax(axis=-1))) > 1
    # the very samples: a tone of one order at equal angles from the beginning of the recording
    hz = 5 * 25.0
    source, x = tone(hz, rpm=1500.0)
    even = windows_of([(source, x)], representation="order_tracked", samples_per_revolution=per_turn, length=256)
    turns = np.arange(256) / per_turn
    inner = slice(32, 224)
    np.testing.assert_allclose(
        even.read(np.array([1]))[0, 0, inner], np.sin(2 * np.pi * 5 * (turns + 256 / per_turn))[inner], atol=0.02
    )


def test_order_tracking_without_a_speed_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="no shaft speed"):
        windows_of([tone(10.0)], representation="order_tracked")


def test_an_envelope_shows_what_modulates() -> None:
    time = np.arange(int(RATE)) / RATE
    beating = (1 + 0.8 * np.cos(2 * np.pi * 40 * time)) * np.sin(2 * np.pi * 3000 * time) + 5 * np.sin(
        2 * np.pi * 16 * time
    )
    found = windows_of([(Source(len(time), RATE), beating)], representation="envelope", length=4096)
    assert set(strongest(everything(found))) == {20}


def test_a_spectrum_does_not_know_the_amplitude() -> None:
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(8192)
    _, x = tone(1024.0)
    found = windows_of(
        [(Source(8192, RATE), gain * (x + noise)) for gain in (1.0, 1000.0)], representation="spectrum", length=512
    )
    shown = everything(found)
    half = len(shown) // 2
    assert shown.shape[1:] == (1, 512)
    assert np.allclose(shown[:half], shown[half:], atol=1e-3)
    assert set(shown[:, 0].argmax(axis=-1)) <= {126, 127, 128}
    assert np.abs(np.median(shown, axis=-1)).max() < 0.1


def test_windows_overlap_as_asked_and_stay_inside() -> None:
    none, half = (windows_of([tone(100.0)], length=1024, overlap=share) for share in (0.0, 0.5))
    assert none.start.tolist() == list(range(0, 8192, 1024))
    assert half.start.tolist() == list(range(0, 8192 - 1024 + 1, 512))


def test_a_short_signal_is_one_window_with_zeros_behind() -> None:
    found = windows_of([tone(100.0, seconds=0.05)], length=1024)
    assert len(found) == 1
    x = everything(found)[0, 0]
    assert np.abs(x[:409]).max() > 0.9
    assert not x[410:].any()


def test_gaps_count_as_the_mean() -> None:
    source, x = tone(100.0)
    x[1000:1010] = np.nan
    shown = everything(windows_of([(source, x)], length=1024))
    assert np.isfinite(shown).all()


def test_the_scaling_is_learned_from_the_given_rows_only() -> None:
    found = windows_of([tone(500.0), tone(500.0, gain=50.0)], length=512)
    rng = np.random.default_rng(0)
    quiet = found.fit(np.flatnonzero(found.signal == 0), rng)
    assert quiet.spread == pytest.approx(np.sqrt(0.5), rel=0.01)
    loud = found.fit(np.flatnonzero(found.signal == 1), rng)
    assert loud.spread == pytest.approx(50 * np.sqrt(0.5), rel=0.01)
    scaled = found.read(np.array([0]), quiet)
    assert scaled.std() == pytest.approx(1.0, rel=0.02)
    by_itself = windows_of([tone(500.0), tone(500.0, gain=50.0)], length=512, scaling="window")
    x = by_itself.read(np.arange(len(by_itself)), by_itself.fit(np.arange(3), rng))
    assert np.allclose(x.std(axis=-1), 1.0, atol=1e-3)


def test_signals_that_do_not_fit_into_memory_are_read_again() -> None:
    reads: list[int] = []
    source, x = tone(100.0)

    def read(i: int) -> np.ndarray:
        reads.append(i)
        return x

    kept = SignalWindows([source, source], read, InputSettings(length=1024), kept_bytes=int(4 * 8192 * 1.5))
    first, second = everything(kept), everything(kept)
    assert (first == second).all()
    assert reads.count(0) == 1
    assert reads.count(1) > 1
