"""WAV files as others read them: the same samples, at the scale that was told."""

import wave
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipelines.errors import InputError
from pipelines.sound import BITS, Bits, WavScale, comment_of, scale_for, write_wav

SAMPLES = arrays.arrays(
    np.float32,
    st.integers(1, 300),
    elements=st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False),
)


def written(x: np.ndarray, bits: Bits, rate_hz: int = 12_000, comment: str = "x") -> tuple[bytes, WavScale]:
    scale = scale_for(float(np.abs(x).max()), bits)
    out = BytesIO()
    write_wav(out, [x[: x.size // 2], x[x.size // 2 :]], x.size, rate_hz, scale, comment)
    return out.getvalue(), scale


@pytest.mark.parametrize("bits", BITS)
@settings(max_examples=40, deadline=None)
@given(x=SAMPLES, rate_hz=st.integers(1, 200_000))
def test_what_is_written_reads_back_as_the_same_samples(x: np.ndarray, rate_hz: int, bits: Bits) -> None:
    content, scale = written(x, bits, rate_hz)
    rate, read = scipy.io.wavfile.read(BytesIO(content))
    assert (rate, read.size) == (rate_hz, x.size)
    # 24 bits come in the upper three bytes of four
    values = read.astype(np.float64) / (256 if bits == 24 else 1) / scale.full_range * scale.full_scale
    if bits == 32:
        tiny = np.float32(scale.full_scale) * np.finfo(np.float32).tiny
        np.testing.assert_allclose(values, x, rtol=0, atol=tiny)
        assert np.array_equal(values[np.abs(x) > tiny], x[np.abs(x) > tiny])
    else:
        half = 0.51 * scale.full_scale / scale.full_range
        assert np.abs(values - x).max() <= half + 1e-300
        assert np.abs(read).max() == (scale.full_range * (256 if bits == 24 else 1) if x.any() else 0)


def test_gaps_are_counted_silent_in_integers_and_kept_in_float() -> None:
    x = np.array([1.0, np.nan, -0.5, np.inf, 0.25], dtype=np.float32)
    for bits, expected in ((16, [32767, 0, -16384, 0, 8192]), (32, [1.0, np.nan, -0.5, np.inf, 0.25])):
        out = BytesIO()
        assert write_wav(out, [x], 5, 8000, WavScale(bits, 1.0), "") == 2
        np.testing.assert_array_equal(scipy.io.wavfile.read(BytesIO(out.getvalue()))[1], expected)


def test_the_comment_is_in_the_file_and_other_readers_pass_over_it(tmp_path: Path) -> None:
    for comment in ("", "a", "full scale is 0.5 m/s²", "x" * 1001):
        file = tmp_path / "a.wav"
        file.write_bytes(written(np.ones(101, np.float32), 24, comment=comment)[0])
        assert comment_of(file) == comment
        with wave.open(str(file)) as read:
            assert (read.getnframes(), read.getsampwidth()) == (101, 3)
    scipy.io.wavfile.write(file, 8000, np.ones(4, np.int16))
    assert comment_of(file) == ""


def test_what_a_file_cannot_hold_is_refused() -> None:
    x = np.ones(4, np.float32)
    for length, rate_hz, words in (
        (5, 8000, "were announced"),
        (4, 0, "cannot state"),
        (2**31, 8000, "more than a WAV"),
    ):
        with pytest.raises(InputError, match=words):
            write_wav(BytesIO(), [x], length, rate_hz, WavScale(16, 1.0), "")
    with pytest.raises(InputError, match="8 bits"):
        scale_for(1.0, 8)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is no number"):
        scale_for(float("nan"), 16)
    assert scale_for(0.0, 16).full_scale == 1.0
