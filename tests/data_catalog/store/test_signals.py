"""The signal store: what goes in comes out, whole or not at all."""

import multiprocessing
import resource
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import stats

from data_catalog.errors import CatalogError, FormatError, NotFoundError, StoreError
from data_catalog.store import RowInput, SignalStore, layout

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DTYPES = ["<i2", ">i2", "u1", "i1", "u2", "<i4", "<f4", ">f4", "<f8"]


@pytest.fixture
def store(tmp_path: Path) -> SignalStore:
    return SignalStore(tmp_path / "store")


def noise(length: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(length).astype(np.float32)


@quick
@given(
    st.lists(
        st.sampled_from(DTYPES).flatmap(lambda dtype: npst.arrays(np.dtype(dtype), st.integers(1, 700))),
        min_size=1,
        max_size=5,
    )
)
def test_any_samples_come_back_as_their_float32(store: SignalStore, arrays: list[np.ndarray]) -> None:
    manifest = store.write_short([RowInput(str(number), array) for number, array in enumerate(arrays)])
    reader = store.open(manifest.id)
    for row, array in enumerate(arrays):
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(reader.read(row), array.astype(np.float32))
        assert reader.length(row) == array.size
    assert store.verify(manifest.id, manifest.checksum) == []


@pytest.mark.parametrize("step", [1.0, 0.000162, 1 / 32768, 4.0237388720369845e-05])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_samples_of_a_16_bit_converter_take_two_bytes(store: SignalStore, step: float, dtype: type) -> None:
    numbers = np.random.default_rng(1).normal(0, 2000, 30000).round().clip(-32767, 32767)
    samples = (numbers * step).astype(dtype)
    manifest = store.write_short([RowInput("DE", samples)])
    assert manifest.dtype == "int16"
    np.testing.assert_array_equal(store.open(manifest.id).read(0), samples.astype(np.float32))


def test_samples_of_no_single_step_are_float32(store: SignalStore) -> None:
    assert store.write_short([RowInput("DE", noise(5000))]).dtype == "float32"


def test_the_lowest_16_bit_number_survives(store: SignalStore) -> None:
    samples = np.array([-32768, 32767, 0], np.int16)
    manifest = store.write_short([RowInput("DE", samples)])
    assert store.open(manifest.id).read(0).tolist() == [-32768.0, 32767.0, 0.0]


def test_the_id_is_of_samples_and_channel_and_of_nothing_else(store: SignalStore) -> None:
    samples = np.arange(-50, 50)
    first = store.write_short([RowInput("DE", samples.astype(np.int16))]).stored[0]
    wide = store.write_short([RowInput("x", noise(9)), RowInput("DE", samples.astype(np.float64))]).stored[1]
    long = store.write_long([samples[:30], samples[30:]], 100, channel="DE").stored[0]
    assert first.signal_id == wide.signal_id == long.signal_id
    assert store.write_short([RowInput("FE", samples)]).stored[0].signal_id != first.signal_id
    changed = samples.copy()
    changed[7] += 1
    assert store.write_short([RowInput("DE", changed)]).stored[0].signal_id != first.signal_id


def test_minus_zero_is_zero(store: SignalStore) -> None:
    ids = {store.write_short([RowInput("DE", np.array([zero, 1.5]))]).stored[0].signal_id for zero in (0.0, -0.0)}
    assert len(ids) == 1


def test_statistics_are_those_of_scipy(store: SignalStore) -> None:
    samples = 100.0 + noise(600_000) ** 3
    found = store.write_short([RowInput("DE", samples)]).stored[0]
    exact = samples.astype(np.float64)
    assert found.mean == pytest.approx(exact.mean(), rel=1e-9)
    assert found.rms == pytest.approx(np.sqrt(np.mean(exact**2)), rel=1e-9)
    assert found.peak == np.abs(exact).max()
    assert found.crest_factor == pytest.approx(np.abs(exact).max() / found.rms, rel=1e-12)
    assert found.kurtosis == pytest.approx(stats.kurtosis(exact), rel=1e-6)


def test_missing_samples_are_kept_left_out_and_counted(store: SignalStore) -> None:
    samples = noise(1000).astype(np.float64)
    samples[[3, 500]] = np.nan
    samples[700] = np.inf
    manifest = store.write_short([RowInput("DE", samples), RowInput("dead", np.full(10, np.nan))])
    found, dead = manifest.stored
    finite = samples[np.isfinite(samples)].astype(np.float32).astype(np.float64)
    assert (found.nan_count, found.peak) == (3, np.abs(finite).max())
    assert found.mean == pytest.approx(finite.mean())
    assert found.kurtosis == pytest.approx(stats.kurtosis(finite))
    np.testing.assert_array_equal(store.open(manifest.id).read(0), samples.astype(np.float32))
    assert (dead.nan_count, dead.rms, dead.crest_factor, dead.kurtosis) == (10, 0.0, None, None)


def test_clipping_is_runs_of_three_at_either_limit(store: SignalStore) -> None:
    samples = np.array([0, 5, 5, 5, 5, 1, 5, 5, 2, -4, -4, -4, 0, 5, -4, 0])
    assert store.write_short([RowInput("DE", samples)]).stored[0].clipped_fraction == pytest.approx(7 / 16)
    sine = np.sin(np.arange(10_000) * 0.0937)
    assert store.write_short([RowInput("DE", sine)]).stored[0].clipped_fraction == 0.0
    clipped = np.clip(sine, -0.5, 0.5)
    share = float(np.mean(np.abs(sine) >= 0.5))
    assert store.write_short([RowInput("DE", clipped)]).stored[0].clipped_fraction == pytest.approx(share, abs=0.01)


def test_a_long_signal_is_the_same_signal(store: SignalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LONG_SHARD", 4096)
    monkeypatch.setattr(layout, "LONG_CHUNK", 1024)
    numbers = np.random.default_rng(0).integers(-9, 9, 10_000).astype(np.int16)
    blocks = np.array_split(numbers, [1, 700, 5000, 5000, 9999])
    long = store.write_long(iter(blocks), 10_000, channel="DE")
    short = store.write_short([RowInput("DE", numbers)])
    assert (long.kind, long.dtype, long.stored[0].signal_id) == ("long", "int16", short.stored[0].signal_id)
    assert long.stored[0].kurtosis == pytest.approx(short.stored[0].kurtosis)
    reader = store.open(long.id)
    np.testing.assert_array_equal(reader.read(0), numbers)
    np.testing.assert_array_equal(reader.read(0, 4000, 4200), numbers[4000:4200])


def test_a_long_signal_that_leaves_its_step_is_stored_wide(store: SignalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LONG_SHARD", 4096)
    monkeypatch.setattr(layout, "LONG_CHUNK", 1024)
    samples = np.random.default_rng(0).integers(-900, 900, 10_000) * 0.5
    samples[9000] = 1 / 3
    manifest = store.write_long([samples], 10_000, channel="DE")
    assert manifest.dtype == "float32"
    np.testing.assert_array_equal(store.open(manifest.id).read(0), samples.astype(np.float32))
    assert store.verify(manifest.id, manifest.checksum) == []


@pytest.mark.parametrize("announced", [99, 101])
def test_a_length_that_was_announced_wrongly_is_refused(store: SignalStore, announced: int) -> None:
    with pytest.raises(StoreError, match="was to have"):
        store.write_long([np.zeros(100)], announced, channel="DE")
    assert store.ids() == set()
    assert list((store.root / "segments").iterdir()) == []


def test_unusable_input_is_refused_by_name(store: SignalStore) -> None:
    for samples in (np.zeros(0), np.zeros((2, 2)), np.zeros(3, complex), np.array(["a"]), np.array([True])):
        with pytest.raises(FormatError, match="'DE'"):
            store.write_short([RowInput("DE", samples)])
    for count in (0, 65):
        with pytest.raises(FormatError, match="1 to 64"):
            store.write_short([RowInput("DE", np.zeros(3))] * count)
    assert store.ids() == set()


def test_impossible_reads_are_refused(store: SignalStore) -> None:
    reader = store.open(store.write_short([RowInput("a", noise(10)), RowInput("b", noise(20))]).id)
    with pytest.raises(NotFoundError):
        reader.read(2)
    for start, stop in ((-1, 5), (5, 11), (6, 5)):
        with pytest.raises(CatalogError):
            reader.read(0, start, stop)
    with pytest.raises(CatalogError, match="one length"):
        reader.read_rows([0, 1])
    with pytest.raises(StoreError, match="missing"):
        store.open("nothing")


def test_rows_are_read_together_in_the_order_asked_for(store: SignalStore) -> None:
    samples = [noise(100, seed) for seed in range(6)]
    reader = store.open(store.write_short([RowInput(str(n), x) for n, x in enumerate(samples)]).id)
    rows = [4, 0, 1, 2, 5]
    np.testing.assert_array_equal(reader.read_rows(rows), np.stack([samples[row] for row in rows]))


def test_xarray_opens_a_segment_as_it_is(store: SignalStore) -> None:
    manifest = store.write_short([RowInput("DE", np.arange(300, dtype=np.int16))])
    opened = xr.open_zarr(store.root / "segments" / manifest.id, consolidated=False, chunks=None)
    assert opened["signal"].dims == ("record", "time")
    assert opened["signal"].values[0, 17] == 17
    assert opened.attrs["signal_ids"] == [manifest.stored[0].signal_id]


def test_damage_is_found_and_said(store: SignalStore) -> None:
    manifest = store.write_short([RowInput("DE", noise(5000))])
    data = store.root / "segments" / manifest.id / "signal" / "c" / "0" / "0"
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 0xFF
    data.write_bytes(content)
    assert "damaged" in store.verify(manifest.id, manifest.checksum)[0]
    data.write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be read"):
        SignalStore(store.root).open(manifest.id).read(0)


def test_the_sweep_takes_only_what_is_old_and_unreferenced(store: SignalStore) -> None:
    kept, gone = (store.write_short([RowInput("DE", noise(50, seed))]) for seed in range(2))
    (store.root / "segments" / ".writing-left-by-a-crash").mkdir()
    assert store.sweep({kept.id}, 3600) == []
    assert set(store.sweep({kept.id}, 0)) == {gone.id, ".writing-left-by-a-crash"}
    assert store.ids() == {kept.id}
    with pytest.raises(StoreError, match="missing"):
        store.open(gone.id)


def _write_with_little_space(root: Path, answer: "multiprocessing.Queue[str]") -> None:
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    try:
        SignalStore(root).write_short([RowInput("DE", noise(50_000))])
    except StoreError as error:
        answer.put(f"{error} / {error.hint}")


def test_no_space_is_said_in_words_and_leaves_nothing(store: SignalStore) -> None:
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_write_with_little_space, args=(store.root, answer))
    process.start()
    said = answer.get(timeout=120)
    process.join()
    assert "could not be written" in said
    assert "free space" in said
    assert list((store.root / "segments").iterdir()) == []
