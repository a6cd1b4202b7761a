"""Several files looked at without importing them, and those that are not what they say."""

import re
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

from pfd_panel.errors import NeedsAnswersError, NotAllowedError, RequestError
from pfd_panel.services import peeking, uploading, viewing
from pfd_panel.services.context import Context, User
from pipelines.spectra import amplitude_spectrum
from tests.pfd_panel.conftest import vibration

RATE_HZ = 12_000.0
TONE_HZ = 1500.0
EVE = User("eve", "operator")


def tone(seconds: float = 1.0) -> np.ndarray:
    """A sine of 2 at `TONE_HZ`, float32."""
    return (2 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype("f4")


def npy(path: Path) -> Path:
    np.save(path, tone())
    return path


def csv(path: Path) -> Path:
    times = np.arange(12_000) / RATE_HZ
    lines = [f"{t:.9f},{x:.6f}" for t, x in zip(times, tone(), strict=True)]
    path.write_text("time (s),DE (g)\n" + "\n".join(lines) + "\n")
    return path


def mat(path: Path) -> Path:
    scipy.io.savemat(path, {"DE": tone(), "FE": 0.5 * tone(), "fs": RATE_HZ, "rpm": 1797.0})
    return path


def mat73(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        file["DE"] = tone()
        file["DE"].attrs["sampling_rate"] = RATE_HZ
    return path


def wav(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(int(RATE_HZ))
        file.writeframes((tone() * 10_000).astype("<i2").tobytes())
    return path


def left_behind(context: Context) -> list[tuple[str, int]]:
    """Everything that lies in the data directory, but the database's own files."""
    files = (one for one in context.catalog.home.rglob("*") if one.is_file() and "sqlite" not in one.name)
    return sorted((str(one), one.stat().st_size) for one in files)


def test_several_kinds_are_looked_at_together_and_nothing_is_stored(bare: Context, tmp_path: Path) -> None:
    before = left_behind(bare)
    files = [npy(tmp_path / "a.npy"), csv(tmp_path / "b.csv"), mat(tmp_path / "c.mat"), wav(tmp_path / "d.WAV")]
    files.append(mat73(tmp_path / "e.mat"))
    found = peeking.peek(bare, files)
    assert found.problems == ()
    seen = {(Path(one.path).name, one.name): one for one in found.channels}
    assert {name for name, _ in seen} == {"a.npy", "b.csv", "c.mat", "d.WAV", "e.mat"}
    assert len(seen) == 6
    assert all(one.length == 12_000 for one in seen.values())
    rates = {name: one.rate_hz for (name, _), one in seen.items()}
    assert rates == {
        "a.npy": None,
        "b.csv": pytest.approx(RATE_HZ),
        "c.mat": RATE_HZ,
        "d.WAV": RATE_HZ,
        "e.mat": RATE_HZ,
    }
    assert [(need.recording, need.what) for need in found.needs] == [("a", "rate_hz")]
    drive = seen["c.mat", "DE"]
    assert drive.stats.rms == pytest.approx(np.sqrt(2), rel=1e-4)
    assert drive.preview.high[50] == pytest.approx(2, rel=0.01)
    assert drive.speed_rpm == 1797.0
    assert left_behind(bare) == before
    assert viewing.page(bare, viewing.SignalQuery()).total == 0


def test_the_rate_that_a_file_does_not_state_is_given_by_its_name(bare: Context, tmp_path: Path) -> None:
    files = [npy(tmp_path / "a1.npy"), npy(tmp_path / "a2.npy"), npy(tmp_path / "b.npy")]
    found = peeking.peek(bare, files, rates={"a*": 12_000.0, "a2.npy": 48_000.0})
    assert {one.recording: one.rate_hz for one in found.channels} == {"a1": 12_000.0, "a2": 48_000.0, "b": None}
    assert [need.recording for need in found.needs] == ["b"]
    for rates, words in (({"c*": 1.0}, "for none of the files"), ({"a*": 0.0}, "not a positive number")):
        with pytest.raises(RequestError, match=words):
            peeking.peek(bare, files, rates=rates)
    with pytest.raises(RequestError, match="not a positive number"):
        peeking.peek(bare, files, rates={"a*": float("nan")})


@pytest.mark.parametrize("make", [npy, csv, mat, mat73, wav], ids=lambda one: one.__name__)
def test_a_planted_tone_stands_at_its_place_in_the_spectrum(
    make: Callable[[Path], Path], bare: Context, tmp_path: Path
) -> None:
    suffix = {"mat73": "mat"}.get(make.__name__, make.__name__)
    file = make(tmp_path / f"run.{suffix}")
    asked = {"rate_hz": RATE_HZ} if make is npy else {"channel": "DE"} if make in (mat, mat73) else {}
    found = peeking.peek_spectrum(bare, file, **asked)
    peak = int(np.argmax(found.amplitude))
    assert abs(found.freq_hz[peak] - TONE_HZ) <= found.resolution_hz
    scale = 10_000 if make is wav else 1
    assert found.amplitude[peak] == pytest.approx(scale * np.sqrt(2), rel=0.02)
    longer = peeking.peek_spectrum(bare, file, segment=1024, **asked)
    assert longer.resolution_hz == pytest.approx(RATE_HZ / 1024)


def test_a_looked_at_file_has_the_spectra_that_it_has_when_it_is_stored(bare: Context, tmp_path: Path) -> None:
    x = vibration("bpfo", 1797.0, RATE_HZ, 2.0, 1).astype("f4")
    np.save(tmp_path / "run.npy", x)
    expected = amplitude_spectrum(x, RATE_HZ, segment=8192, scale="rms")
    found = peeking.peek_spectrum(bare, tmp_path / "run.npy", rate_hz=RATE_HZ)
    np.testing.assert_array_equal(found.amplitude, expected.amplitude)
    envelope = peeking.peek_envelope(bare, tmp_path / "run.npy", rate_hz=RATE_HZ)
    assert envelope.band_hz == pytest.approx(viewing.suggested_band(x, RATE_HZ), abs=RATE_HZ / x.size)
    searched = envelope.power_over_floor(30.0)
    searched[envelope.freq_hz < 50] = 0
    strongest, bpfo = float(envelope.freq_hz[int(np.argmax(searched))]), 3.5848 * 1797 / 60
    assert min(abs(strongest - multiple * bpfo) for multiple in range(1, 7)) < 2.0
    by_hand = peeking.peek_envelope(bare, tmp_path / "run.npy", rate_hz=RATE_HZ, band=(2000.0, 4000.0))
    assert by_hand.band_hz == pytest.approx((2000, 4000), abs=5)


def test_a_spectrum_asks_for_what_is_not_known(bare: Context, tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswersError, match="stated nowhere") as asked:
        peeking.peek_spectrum(bare, npy(tmp_path / "a.npy"))
    assert asked.value.needs[0]["what"] == "rate_hz"
    with pytest.raises(RequestError, match="2 channels that fit"):
        peeking.peek_spectrum(bare, mat(tmp_path / "c.mat"))
    with pytest.raises(RequestError, match="no channel 'XX'"):
        peeking.peek_envelope(bare, tmp_path / "c.mat", channel="XX")


def lies() -> dict[str, tuple[Callable[[Path], object], str]]:
    return {
        "text.npy": (csv, r"ends in \.npy, but its content is CSV"),
        "matlab.wav": (mat, r"ends in \.wav, but its content is MATLAB"),
        "sound.mat": (wav, r"ends in \.mat, but its content is WAV"),
        "array.csv": (lambda path: np.save(path.open("wb"), tone()), r"ends in \.csv, but its content is NumPy"),
        "archive.npy": (lambda path: np.savez(path.open("wb"), a=tone()), r"but its content is NumPy \.npz"),
        "program.mat": (lambda path: path.write_bytes(b"\x7fELF\x02\x01" + bytes(range(256)) * 8), "of no kind"),
        "empty.wav": (lambda path: path.write_bytes(b""), "is empty"),
        "page.csv": (
            lambda path: path.write_text("<html><body>Not found</body></html>"),
            r"page.*(table|column|number)",
        ),
        "run.exe": (npy, "of no kind that can be looked at"),
        "pickled.npy": (lambda path: np.save(path.open("wb"), np.array([{}])), "never opened"),
    }


@pytest.mark.parametrize("name", lies())
def test_a_file_that_lies_is_refused_in_words_and_the_others_are_shown(
    name: str, bare: Context, tmp_path: Path
) -> None:
    make, words = lies()[name]
    if name == "run.exe":
        npy(tmp_path / "x.npy").rename(tmp_path / name)
    elif make is mat:
        mat(tmp_path / "x.mat").rename(tmp_path / name)
    else:
        make(tmp_path / name)
    found = peeking.peek(bare, [tmp_path / name, wav(tmp_path / "good.wav")])
    assert [one.recording for one in found.channels] == ["good"]
    (problem,) = found.problems
    assert Path(problem.path).name == name
    assert problem.hint
    with pytest.raises(RequestError, match=words):
        peeking.peek_spectrum(bare, tmp_path / name, rate_hz=RATE_HZ)
    assert re.search(words, problem.message)


def test_what_is_too_large_missing_or_a_folder_is_said(
    bare: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peeking, "LARGEST_BYTES", 40_000)
    (tmp_path / "x.npy").mkdir()
    large = npy(tmp_path / "large.npy")
    found = peeking.peek(bare, [large, tmp_path / "gone.npy", tmp_path / "x.npy"])
    said = [one.message for one in found.problems]
    assert ["MB" in said[0], "cannot be read" in said[1], "is no file" in said[2]] == [True] * 3
    for paths in ([], [large] * 33):
        with pytest.raises(RequestError, match="files were named"):
            peeking.peek(bare, paths)


def test_a_file_that_unpacks_to_more_than_it_may_is_refused(
    bare: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peeking, "LIMITS", replace(peeking.LIMITS, max_array_bytes=1_000_000))
    bomb = tmp_path / "bomb.mat"
    scipy.io.savemat(bomb, {"DE": np.zeros(2_000_000), "fs": RATE_HZ}, do_compression=True)
    assert bomb.stat().st_size < 100_000
    found = peeking.peek(bare, [bomb])
    assert found.channels == ()
    assert "bomb.mat unpacks to" in found.problems[0].message
    with pytest.raises(RequestError, match=r"bomb\.mat"):
        peeking.peek_spectrum(bare, bomb)


def test_an_upload_is_looked_at_by_whoever_sent_it(bare: Context, tmp_path: Path) -> None:
    eve = bare.acting_as(EVE)
    content = wav(tmp_path / "run.wav").read_bytes()
    upload = uploading.start(eve, "run.wav", len(content))
    uploading.append(eve, upload.id, 0, [content[:9000]])
    uploading.append(eve, upload.id, 9000, [content[9000:]])
    path = uploading.path_of(eve, [upload.id])
    (channel,) = peeking.peek(eve, [path]).channels
    assert (channel.rate_hz, channel.length) == (RATE_HZ, 12_000)
    assert peeking.peek_spectrum(eve, path).resolution_hz == pytest.approx(RATE_HZ / 8192)
    for asked in (path, tmp_path / "run.wav"):
        with pytest.raises(NotAllowedError):
            peeking.peek(bare.acting_as(User("bob", "operator")), [asked])


@pytest.mark.realdata
def test_a_known_data_set_is_recognised_and_says_that_nobody_confirmed_it(bare: Context, data_root: Path) -> None:
    (file,) = (data_root / "cwru").rglob("12k_*/**/118_0.mat")
    found = peeking.peek(bare, [file])
    assert {(one.name, one.rate_hz, one.length) for one in found.channels} == {
        (name, RATE_HZ, 122_571) for name in ("DE", "FE", "BA")
    }
    assert all("nobody confirmed it" in one.rate_source for one in found.channels)
    assert found.needs == ()
    drive = peeking.peek_spectrum(bare, file, channel="DE")
    assert np.sqrt(np.sum(drive.amplitude[1:].astype(float) ** 2)) > 0.1
