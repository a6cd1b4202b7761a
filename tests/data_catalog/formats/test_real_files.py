"""The real measurements, as they lie."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat

from data_catalog.formats import ChannelRead, inspect, open_channel

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def cwru(data_root: Path) -> dict[tuple[str, str], ChannelRead]:
    inspection = inspect(data_root / "cwru", preset="cwru", labels_from_path=True)
    assert inspection.needs == ()
    assert inspection.problems == ()
    return {(Path(one.recording).name, one.name): one for one in inspection.channels}


def test_cwru_labels_rates_and_speeds(cwru: dict[tuple[str, str], ChannelRead]) -> None:
    assert len({recording for recording, _ in cwru}) == 21
    inner, outer, normal = cwru["105_0", "DE"], cwru["130@6_0", "DE"], cwru["97_Normal_0", "DE"]
    assert (inner.rate_hz, inner.speed_rpm, inner.length) == (12000.0, 1797.0, 121265)
    assert {k: inner.labels[k] for k in ("fault", "fault_size", "load")} == {
        "fault": "inner_race",
        "fault_size": 0.007,
        "load": 0.0,
    }
    assert (outer.labels["fault"], outer.labels["position"]) == ("outer_race", "6")
    assert (normal.rate_hz, normal.labels["fault"], normal.length) == (48000.0, "healthy", 243938)
    assert {name for recording, name in cwru if recording == "105_0"} == {"DE", "FE", "BA"}


def test_cwru_quirks_are_read_and_told(cwru: dict[tuple[str, str], ChannelRead]) -> None:
    odd = cwru["174_0", "DE"]
    assert (odd.rate_hz, odd.speed_rpm) == (48000.0, 1796.0)
    assert "the variables are named X173 but the file is 174" in odd.findings
    silent = cwru["3001_0", "DE"]
    assert (silent.speed_rpm, silent.speed_source) == (1797.0, "nominal at load 0 hp (preset CWRU)")
    assert silent.labels["fault_size"] == 0.028
    assert any("states no speed" in note for note in silent.findings)


def test_cwru_samples_are_those_of_scipy(cwru: dict[tuple[str, str], ChannelRead]) -> None:
    channel = cwru["107_2", "FE"]
    expected = loadmat(channel.path)["X107_FE_time"].ravel()
    with open_channel(channel.locator) as source:
        np.testing.assert_array_equal(np.concatenate(list(source.blocks(10_000))), expected)
    assert channel.stats.rms == pytest.approx(np.sqrt(np.mean(expected**2)))


def test_cwru_without_confirmation_asks_for_the_rate_that_nothing_states(data_root: Path) -> None:
    inspection = inspect(data_root / "cwru", labels_from_path=True)
    unknown = {one.recording for one in inspection.channels if one.rate_hz is None}
    assert unknown == {"Normal/97_Normal_0"}
    assert [need.channel for need in inspection.needs] == ["DE", "FE"]
    assert {one.rate_hz for one in inspection.channels if one.recording.startswith("48k")} == {48000.0}
    assert all(one.rate_source.startswith("folder") for one in inspection.channels if one.rate_hz)
    assert inspection.presets_offered == ("cwru",)
    assert all(one.speed_rpm for one in inspection.channels), "speed comes from the file or from the load"


def test_mfpt_states_its_rate_itself(data_root: Path) -> None:
    inspection = inspect(data_root / "mfpt", preset="mfpt", labels_from_path=True)
    assert [(one.rate_hz, one.rate_source, one.speed_rpm, one.length) for one in inspection.channels] == [
        (48828.0, "file (bearing.sr)", 1500.0, 146484)
    ] * 2
    assert [one.labels["fault"] for one in inspection.channels] == ["inner_race", "outer_race"]
    assert [one.skipped for one in inspection.problems] == [True]


def test_femto_is_a_run_of_snapshots(data_root: Path) -> None:
    run = inspect(data_root / "femto" / "Full_Test_Set", preset="femto")
    horizontal = [one for one in run.channels if one.name == "horizontal"]
    assert run.needs == ()
    assert {(one.rate_hz, one.length, one.labels["asset"]) for one in horizontal} == {(25600.0, 2560, "Bearing2_7")}
    assert [one.order for one in horizontal] == list(range(1, len(horizontal) + 1))
    temperature = [one for one in run.channels if one.name == "temperature"]
    assert {(one.rate_hz, one.unit) for one in temperature} == {(10.0, "°C")}


def test_femto_with_semicolons_reads_the_same_way(data_root: Path) -> None:
    sample = inspect(data_root / "femto" / "semicolon_sample")
    assert sample.presets_offered == ("femto",)
    assert [one.order for one in sample.channels] == [1, 1, 700, 700, 1428, 1428]
    assert len(sample.needs) == 6
    path = Path(sample.channels[0].path)
    with open_channel(sample.channels[0].locator) as source:
        np.testing.assert_array_equal(source.read(0, 2560), np.loadtxt(path, delimiter=";")[:, 4])


def test_skab_clock_and_labels(data_root: Path) -> None:
    inspection = inspect(data_root / "skab" / "data" / "valve2" / "0.csv", preset="skab")
    assert len(inspection.channels) == 8
    assert {one.rate_hz for one in inspection.channels} == {1.0}
    assert not {"anomaly", "changepoint", "datetime"} & {one.name for one in inspection.channels}


def test_trends_are_slow_signals(data_root: Path) -> None:
    inspection = inspect(data_root / "ims_features")
    assert inspection.needs == inspection.problems == ()
    assert {round(1 / one.rate_hz) for one in inspection.channels if one.rate_hz} == {600}
    assert len(inspection.channels) == 58


def test_scada_torture_set(data_root: Path) -> None:
    inspection = inspect(data_root / "scada")
    assert [(one.name, one.unit) for one in inspection.channels] == [
        ("ActivePower", ""),
        ("Wind Speed", "m/s"),
        ("TheoreticalPower", ""),
        ("Wind Direction", "°"),
    ]
    assert {round(1 / one.rate_hz) for one in inspection.channels if one.rate_hz} == {600}
    assert all("steps of the time column are not 10 min" in one.findings[0] for one in inspection.channels)
    assert len(inspection.problems) == 6
    assert all(one.skipped for one in inspection.problems)


def test_turbofan_tables_ask_for_a_rate(data_root: Path) -> None:
    inspection = inspect(data_root / "cmapss" / "train_FD001.txt")
    assert len(inspection.channels) == len(inspection.needs) == 26
    assert {one.length for one in inspection.channels} == {20631}


@pytest.mark.parametrize("folder", ["ai4i2020", "azure_pdm", "tabular/telco"])
def test_tables_of_cases_are_skipped(data_root: Path, folder: str) -> None:
    inspection = inspect(data_root / folder)
    assert inspection.channels == ()
    assert all(one.skipped for one in inspection.problems)
