"""WAV files of every sample format."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from data_catalog.formats import inspect, open_channel


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["int16", "int32", "float32", "float64", "uint8"]),
    count=st.integers(1, 3),
    rate=st.integers(1, 192_000),
    seed=st.integers(0, 99),
)
def test_samples_and_rate_come_back(tmp_path: Path, kind: str, count: int, rate: int, seed: int) -> None:
    samples = (np.random.default_rng(seed).normal(size=(150, count)) * 40 + 100).astype(kind)
    wavfile.write(tmp_path / "a.bin", rate, samples)
    channels = inspect(tmp_path / "a.bin").channels
    assert len(channels) == count
    for n, channel in enumerate(channels):
        assert (channel.rate_hz, channel.rate_source) == (rate, "file (WAV header)")
        with open_channel(channel.locator) as source:
            np.testing.assert_array_equal(source.read(0, 150), samples[:, n])


def test_24_bit_samples_keep_their_sign(tmp_path: Path) -> None:
    values = np.array([0, 1, -1, 2**23 - 1, -(2**23)] * 20, dtype=np.int32)
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(48_000)
        file.writeframes(b"".join(struct.pack("<i", value)[:3] for value in values.tolist()))
    (channel,) = inspect(tmp_path / "a.wav").channels
    assert channel.source_dtype == "int24"
    with open_channel(channel.locator) as source:
        np.testing.assert_array_equal(np.concatenate(list(source.blocks(7))), values)


def test_a_truncated_or_compressed_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    wavfile.write(path, 1000, np.zeros(500, dtype=np.int16))
    whole = path.read_bytes()
    path.write_bytes(whole[:300])
    assert "ends early" in inspect(path).problems[0].message
    path.write_bytes(whole[:20] + struct.pack("<H", 2) + whole[22:])
    assert "not plain samples" in inspect(path).problems[0].message
    path.write_bytes(whole[:12])
    assert "without samples" in inspect(path).problems[0].message


@pytest.mark.parametrize("count", [0, 10])
def test_a_very_short_file_is_a_problem(tmp_path: Path, count: int) -> None:
    wavfile.write(tmp_path / "a.wav", 1000, np.zeros(count, dtype=np.int16))
    assert f"holds {count} samples" in inspect(tmp_path / "a.wav").problems[0].message
