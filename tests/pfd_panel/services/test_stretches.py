"""Stretches of signals: what is exported reads back as the same samples, at the same rate."""

import wave
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import scipy.io.wavfile
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data_catalog import Catalog, datasets, signals
from data_catalog.formats import ChannelFiles, inspect
from data_catalog.signals import MemberDraft, SignalRow
from data_catalog.store import RowInput
from pfd_panel.errors import EXPECTED_ERRORS, RequestError
from pfd_panel.services import collections, extracting, stretches, viewing
from pfd_panel.services.context import Context
from pipelines.errors import InputError
from pipelines.sound import BITS, comment_of
from tests.pfd_panel.conftest import RIG


def stored(context: Context, samples: np.ndarray, rate_hz: float = 12_000.0, **more: object) -> SignalRow:
    """A signal of its own dataset."""
    manifest = context.catalog.store.write_short([RowInput("DE", samples)])
    known = {"recording": "run/1", "channel": "DE", "rate_hz": rate_hz, "rate_source": "x", "unit": "g", **more}
    draft = MemberDraft(stored=manifest.stored[0], **known)  # type: ignore[arg-type]
    with context.write() as session:
        made = datasets.create(session, f"d {manifest.id}", owner="local")
        session.flush()
        signals.add_segments(session, made.id, [manifest], [draft], owner="local", job_id=None, reason="")
        signals.seal_version(session, made.id, owner="local", reason="", job_id=None)
        return signals.get(session, made.id, manifest.stored[0].signal_id)


def read_back(path: Path) -> tuple[np.ndarray, float | None]:
    """Samples and rate of a file as the import finds them; a WAV at the scale that its comment tells."""
    (channel,) = inspect(path).channels
    with ChannelFiles() as files:
        samples = files.open(channel.locator).read(0, channel.length).astype(np.float64)
    if path.suffix == ".wav":
        full, scale = comment_of(path).split("value = sample / ")[1].split(";")[0].split(" × ")
        samples = samples / float(full) * float(scale)
    # digits of a CSV are as many as single precision has
    samples = samples.astype(np.float32) if path.suffix == ".csv" else samples
    return samples, channel.rate_hz


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])  # each makes a catalog
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(100, 3000),
    rate_hz=st.sampled_from([100.0, 12_000.0, 48_000.0, 51_200.0]),
    scale=st.sampled_from([1e-6, 0.31, 1e5]),
    cut=st.tuples(st.floats(0, 0.2), st.floats(0.9, 1)),
)
def test_what_is_exported_reads_back_as_the_same_samples_and_rate(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    size: int,
    rate_hz: float,
    scale: float,
    cut: tuple[float, float],
) -> None:
    x = (scale * np.random.default_rng(seed).standard_normal(size)).astype(np.float32)
    with Catalog.open(tmp_path_factory.mktemp("home")) as catalog:
        context = Context(catalog)
        row = stored(context, x, rate_hz)
        start_s, stop_s = (share * size / rate_hz for share in cut)
        start, stop = stretches.bounds(row, start_s, stop_s)
        expected = viewing.samples(context, row, start, stop)
        np.testing.assert_array_equal(expected, x[start:stop])
        for form in stretches.FORMS:
            for bits in BITS if form == "wav" else (16,):
                made = stretches.export(context, row, form, start_s, stop_s, bits=bits)
                samples, rate = read_back(made.path)
                assert rate == (None if form == "npy" else pytest.approx(rate_hz, rel=1e-6))
                step = float(np.abs(expected).max()) / (2 ** (bits - 1) - 1) if form == "wav" and bits < 32 else 0.0
                assert samples.shape == expected.shape
                assert np.abs(samples - expected).max() <= 0.51 * step, (form, bits)


def test_times_of_a_csv_go_on_from_the_beginning_of_the_record(bare: Context) -> None:
    row = stored(bare, np.arange(1000, dtype=np.float32), 1000.0)
    made = stretches.export(bare, row, "csv", 0.25, 0.5)
    table = pd.read_csv(made.path)
    assert list(table.columns) == ["time (s)", "DE (g)"]
    np.testing.assert_allclose(table["time (s)"], np.arange(250, 500) / 1000)
    np.testing.assert_array_equal(table["DE (g)"], np.arange(250, 500))
    assert (made.path.name, made.media_type) == ("1_DE_0.25-0.5s.csv", "text/csv; charset=utf-8")


def test_a_channel_that_would_be_a_formula_is_words_in_a_csv(bare: Context) -> None:
    row = stored(bare, np.arange(100, dtype=np.float32), channel="=1+1", unit="")
    assert stretches.export(bare, row, "csv").path.read_text().splitlines()[0] == '"time (s)","\'=1+1"'


def test_gaps_stay_gaps_where_a_file_can_hold_them(bare: Context) -> None:
    x = np.sin(np.arange(400, dtype=np.float32))
    x[100:110] = np.nan
    row = stored(bare, x)
    for form in ("csv", "npy", "parquet"):
        np.testing.assert_array_equal(read_back(stretches.export(bare, row, form).path)[0], x)
    made = stretches.export(bare, row, "wav", bits=24)
    assert "10 samples were missing and are 0" in made.note
    assert not read_back(made.path)[0][100:110].any()


def test_metadata_of_a_parquet_and_the_factor_of_a_wav_are_told(bare: Context) -> None:
    row = stored(bare, np.array([0.5, -0.25] * 100, np.float32), 8192.5, speed_rpm=1797.0)
    table = pq.read_table(stretches.export(bare, row, "parquet").path)
    told = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert (told["sampling_rate"], told["rpm"], told["signal_id"]) == ("8192.5", "1797.0", row.signal_id)
    assert table.schema.field(0).metadata == {b"unit": b"g"}
    made = stretches.export(bare, row, "wav")
    assert "full scale is 0.5 g: value = sample / 32767 × 0.5" in made.note
    assert "recorded at 8192.5 Hz, and WAV states whole ones only" in made.note
    assert made.note in comment_of(made.path)
    assert scipy.io.wavfile.read(made.path)[1][:2].tolist() == [32767, -16384]
    with wave.open(str(made.path)) as file:
        assert file.getframerate() == 8192


def test_long_records_are_written_in_blocks(bare: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(3).standard_normal(5000).astype(np.float32)
    row = stored(bare, x)
    monkeypatch.setattr(stretches, "BLOCK", 700)
    for form in stretches.FORMS:
        samples, _ = read_back(stretches.export(bare, row, form, bits=32).path)
        np.testing.assert_array_equal(samples, x)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"form": "xls"}, "not written as 'xls'"),
        ({"start_s": 0.5, "stop_s": 0.5}, "no stretch of the record"),
        ({"start_s": -0.1}, "no stretch of the record"),
        ({"stop_s": 99.0}, "no stretch of the record goes from 0 s to 99 s"),
        ({"start_s": float("nan")}, "no stretch of the record"),
        ({"form": "wav", "bits": 8}, "WAV with 8 bits"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words_and_leaves_nothing(
    filled: Context, asked: dict, words: str
) -> None:
    row = collections.choose(filled, RIG, ["*105_0:DE"])[0]
    folder = stretches.folder(filled)
    before = set(folder.rglob("*.*")) if folder.exists() else set()
    with pytest.raises(EXPECTED_ERRORS, match=words):
        stretches.export(filled, row, **asked)
    assert {one for one in folder.rglob("*.*") if one.is_file()} - before == set()


def test_too_much_for_one_file_is_refused(filled: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    row = collections.choose(filled, RIG, ["*105_0:DE"])[0]
    monkeypatch.setattr(stretches, "LARGEST_CSV", 1000)
    with pytest.raises(RequestError, match="30,000 samples are more than a csv file is made of"):
        stretches.export(filled, row, "csv")
    assert stretches.export(filled, row, "csv", 0.0, 0.05).path.exists()


def test_features_of_the_whole_record_are_those_of_the_dataset_and_of_a_part_its_own(filled: Context) -> None:
    row = collections.choose(filled, RIG, ["*105_0:DE"])[0]
    kept = {one.declared.id: one.value for one in extracting.of_signal(filled, RIG, row.signal_id)}
    whole = {one.name: one for one in stretches.features(filled, row)}
    for name, value in kept.items():
        if np.isfinite(value):
            assert whole[name].value == pytest.approx(value, rel=1e-5), name
    part = {one.name: one.value for one in stretches.features(filled, row, 0.5, 1.0)}
    x = viewing.samples(filled, row, 6000, 12_000).astype(float)
    assert part["rms"] == pytest.approx(np.sqrt(np.mean(x**2)), rel=1e-4)
    assert part["rms"] != whole["rms"].value
    assert (whole["rms"].unit, whole["kurtosis"].title) == ("g", "Excess kurtosis")
    with pytest.raises(InputError):
        stretches.features(filled, row, 0.0, 0.001)


def test_what_is_too_long_to_be_analysed_is_refused(filled: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    row = collections.choose(filled, RIG, ["*105_0:DE"])[0]
    monkeypatch.setattr(viewing, "ANALYSED_SAMPLES", 1000)
    with pytest.raises(RequestError, match="at most 1,000 are analysed at once"):
        stretches.features(filled, row)
