"""Every supplied data set through the real import job, as it lies; each stored signal against its source.

What is expected is read here by scipy, numpy and pandas and by the facts that the data sets' own pages state; none of
it passes through the product's readers.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.io import loadmat
from sqlalchemy import select

from dask_cluster.jobs import wait
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from data_catalog.schema import Job, Recording
from pfd_panel.services import collections, importing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import running_coordinator

pytestmark = pytest.mark.realdata


@dataclass
class Source:
    """One channel as its file has it."""

    samples: np.ndarray
    rate_hz: float
    unit: str = ""
    speed_rpm: float | None = None
    labels: dict[str, Any] = field(default_factory=dict)
    sequence: int | None = None
    told: str = ""  # words that must stand in the findings


Expected = dict[str, Source]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A catalog of its own with its queue running."""
    home = tmp_path_factory.mktemp("supplied") / "home"
    with Catalog.open(home) as catalog, running_coordinator(catalog):
        yield Context(catalog, cluster=ClusterSettings(home=home, workers=1))


def imported(context: Context, path: Path, dataset: str, **corrections: Any) -> Job:
    return wait(context.catalog, importing.start(context, importing.asked(path, dataset, **corrections)).id, 120)


def check_stored(context: Context, dataset: str, expected: Expected) -> None:
    """The dataset holds these channels and no other, each with its samples, rate, speed, labels and place."""
    rows = {f"{row.recording}:{row.channel}": row for row in collections.choose(context, dataset, ["*"])}
    assert set(rows) == set(expected)
    with context.catalog.read() as session:
        in_order = select(Recording.name, Recording.sequence).where(
            Recording.dataset_id == collections.get(context, dataset).id
        )
        sequences = {name: place for name, place in session.execute(in_order)}  # noqa: C416 - a row is not a pair to mypy
    for name, source in expected.items():
        row = rows[name]
        stored = context.catalog.store.open(row.segment_id).read(row.row)
        np.testing.assert_array_equal(stored, source.samples.astype(np.float32), err_msg=name)
        assert row.rate_hz == pytest.approx(source.rate_hz, rel=1e-9), name
        assert row.rate_source, name
        assert (row.speed_rpm, row.unit) == (source.speed_rpm, source.unit), name
        held = {label: getattr(row, label, row.labels.get(label)) for label in source.labels}
        assert held == source.labels, name
        assert sequences[row.recording] == source.sequence, name
        assert source.told in " ".join(map(str, row.findings)), name


# -- the bearing rig of Case Western Reserve University ------------------------------------------------------------

FAULTS = {"B": "ball", "IR": "inner_race", "OR": "outer_race"}
BEARINGS = {"DE": "6205-2RS", "FE": "6203-2RS", "BA": None}
NOMINAL_RPM = {"0": 1797.0, "1": 1772.0, "2": 1750.0, "3": 1730.0}


def cwru(root: Path) -> Expected:
    out: Expected = {}
    for path in root.rglob("*.mat"):
        held = loadmat(path)
        place = path.relative_to(root).with_suffix("").as_posix()
        # 97_Normal_0 and 105_0: the last number is the motor load
        load = path.stem.rpartition("_")[2]
        labels: dict[str, Any] = {"fault": "healthy", "load": float(load)}
        if "Normal" not in place:
            _, kind, size, *position = Path(place).parts[:-1]
            labels |= {"fault": FAULTS[kind], "fault_size": int(size) / 1000}
            labels |= {"position": position[0].lstrip("@")} if position else {}
        speeds = [float(held[name].item()) for name in held if name.endswith("RPM")]
        # two files of 48 kHz: the normal one, which lies beside those of 12 kHz, and the folder that says so
        rate = 48_000.0 if place.startswith(("48k", "Normal")) else 12_000.0
        for variable in held:
            if found := re.fullmatch(r"X\d{3}_(DE|FE|BA)_time", variable):
                channel = found[1]
                out[f"{place}:{channel}"] = Source(
                    held[variable].ravel(),
                    rate,
                    "g",
                    speeds[0] if speeds else NOMINAL_RPM[load],
                    labels | {"bearing": BEARINGS[channel]},
                    told={"174_0": "named X173 but the file is 174", "3001_0": "states no speed"}.get(path.stem, ""),
                )
    return out


def test_the_bearing_rig_with_its_quirks(context: Context, data_root: Path) -> None:
    expected = cwru(data_root / "cwru")
    assert len(expected) == 59
    job = imported(context, data_root / "cwru", "CWRU", preset="cwru", labels_from_path=True)
    assert (job.state, job.result["added"], job.result["needs"], job.result["problems"]) == ("done", 59, [], [])
    check_stored(context, "CWRU", expected)


def test_renamed_recordings_are_known_by_what_is_in_them(context: Context, data_root: Path, tmp_path: Path) -> None:
    root = data_root / "cwru"
    originals = cwru(root)
    expected: Expected = {}
    for number, old in enumerate(("Normal/97_Normal_0", "12k_Drive_End_Bearing_Fault_Data/OR/007/@6/130@6_0")):
        new = "ab"[number]
        shutil.copyfile(root / f"{old}.mat", tmp_path / f"{new}.mat")
        expected |= {f"{new}:{name.rpartition(':')[2]}": one for name, one in originals.items() if old in name}
    job = imported(context, tmp_path, "renamed", preset="cwru", labels_from_path=True)
    assert (job.state, job.result["added"], job.result["needs"]) == ("done", len(expected), [])
    check_stored(context, "renamed", expected)


def test_a_renamed_recording_that_states_nothing_is_asked_about(
    context: Context, data_root: Path, tmp_path: Path
) -> None:
    shutil.copyfile(data_root / "cwru/Normal/97_Normal_0.mat", tmp_path / "c.mat")
    job = imported(context, tmp_path, "unsaid")
    assert (job.state, job.result["added"]) == ("done", 0)
    assert {need["what"] for need in job.result["needs"]} == {"rate_hz"}


# -- nested structs ----------------------------------------------------------------------------------------------------


def mfpt(root: Path) -> Expected:
    out: Expected = {}
    for path in root.rglob("*.mat"):
        bearing = loadmat(path, squeeze_me=True)["bearing"].item()
        fields = dict(zip(loadmat(path)["bearing"].dtype.names, bearing, strict=True))
        fault = {"Inner": "inner_race", "Outer": "outer_race"}[path.stem[:5]]
        labels = {"fault": fault, "load": float(fields["load"]), "bearing": "NICE"}
        out[f"{path.relative_to(root).with_suffix('').as_posix()}:vibration"] = Source(
            np.asarray(fields["gs"]), float(fields["sr"]), "g", 60 * float(fields["rate"]), labels
        )
    return out


def test_nested_structs_that_state_rate_speed_and_load(context: Context, data_root: Path) -> None:
    expected = mfpt(data_root / "mfpt")
    assert {one.rate_hz for one in expected.values()} == {48_828.0}
    job = imported(context, data_root / "mfpt", "MFPT", preset="mfpt", labels_from_path=True)
    assert (job.state, job.result["added"], job.result["needs"]) == ("done", 2, [])
    check_stored(context, "MFPT", expected)


# -- runs to failure ---------------------------------------------------------------------------------------------------

FEMTO_RIG = {"Bearing1": (1800.0, 4000.0), "Bearing2": (1650.0, 4200.0)}


def femto(root: Path) -> Expected:
    out: Expected = {}
    for path in root.rglob("*.csv"):
        text = path.read_text()
        values = np.loadtxt(text.splitlines(), delimiter=";" if ";" in text else ",")
        speed, load = FEMTO_RIG[path.parent.name.partition("_")[0]]
        labels = {"asset": path.parent.name, "load": load}
        place, number = path.relative_to(root).with_suffix("").as_posix(), int(path.stem.rpartition("_")[2])
        if path.stem.startswith("temp"):
            channels = {"temperature": (values[:, 4], 10.0, "°C")}
        else:
            channels = {name: (values[:, 4 + n], 25_600.0, "g") for n, name in enumerate(("horizontal", "vertical"))}
        for name, (samples, rate, unit) in channels.items():
            out[f"{place}:{name}"] = Source(samples, rate, unit, speed, labels, number)
    return out


@pytest.mark.parametrize(("folder", "channels"), [("Full_Test_Set", 498), ("semicolon_sample", 6)])
def test_runs_to_failure_of_either_delimiter(context: Context, data_root: Path, folder: str, channels: int) -> None:
    expected = femto(data_root / "femto" / folder)
    assert len(expected) == channels
    job = imported(context, data_root / "femto" / folder, folder, preset="femto")
    assert (job.state, job.result["added"], job.result["needs"]) == ("done", channels, [])
    check_stored(context, folder, expected)


# -- tables with a clock -----------------------------------------------------------------------------------------------

SKAB_UNITS = {"Accelerometer1RMS": "g", "Accelerometer2RMS": "g", "Current": "A", "Pressure": "bar"} | {
    "Temperature": "°C", "Thermocouple": "°C", "Voltage": "V", "Volume Flow RateRMS": "L/min"
}  # fmt: skip


def skab(root: Path) -> Expected:
    return {
        f"{path.relative_to(root).with_suffix('').as_posix()}:{name}": Source(frame[name].to_numpy(), 1.0, unit)
        for path in root.rglob("*.csv")
        for frame in [pd.read_csv(path, sep=";")]
        for name, unit in SKAB_UNITS.items()
    }


def scada(root: Path) -> Expected:
    frame = pd.read_csv(root / "yalova/T1.csv", encoding="latin-1")
    units = {"ActivePower": "", "Wind Speed (m/s)": "m/s", "TheoreticalPower": "", frame.columns[4]: "°"}
    return {
        f"yalova/T1:{column.partition(' (')[0]}": Source(
            frame[column].to_numpy(), 1 / 600, unit, told="steps of the time column are not 10 min"
        )
        for column, unit in units.items()
    }


def ims_features(root: Path) -> Expected:
    out: Expected = {}
    for path in root.rglob("*.csv"):
        frame = pd.read_csv(path)
        labels = {"Class", "Target"} & set(frame.columns)
        told = f"{labels.pop()} holds" if labels else ""
        for name in set(frame.columns[1:]) - {"date_time", "Class", "Target"}:
            channel = f"{path.relative_to(root).with_suffix('').as_posix()}:{name}"
            out[channel] = Source(frame[name].to_numpy(), 1 / 600, told=told)
    return out


@pytest.mark.parametrize(
    ("folder", "read", "channels", "corrections"),
    [
        ("skab", skab, 40, {"preset": "skab"}),
        ("scada", scada, 4, {}),
        ("ims_features", ims_features, 58, {}),
    ],
)
def test_tables_with_a_clock(
    context: Context,
    data_root: Path,
    folder: str,
    read: Callable[[Path], Expected],
    channels: int,
    corrections: dict[str, Any],
) -> None:
    expected = read(data_root / folder)
    assert len(expected) == channels
    job = imported(context, data_root / folder, folder, **corrections)
    assert (job.state, job.result["added"], job.result["needs"]) == ("done", channels, [])
    assert all(problem["skipped"] for problem in job.result["problems"])
    check_stored(context, folder, expected)


# -- tables without a clock --------------------------------------------------------------------------------------------


def test_turbofan_tables_once_their_rate_is_given(context: Context, data_root: Path) -> None:
    root = data_root / "cmapss"
    asked = imported(context, root, "turbofan")
    assert (asked.result["added"], len(asked.result["needs"])) == (0, 53)
    # one row a flight: a rate of one a cycle, which only a person can say
    job = imported(context, root, "turbofan", rates={"*": 1.0})
    assert (job.state, job.result["added"], job.result["needs"]) == ("done", 53, [])
    tables = {name: np.loadtxt(root / f"{name}.txt", ndmin=2) for name in ("train_FD001", "test_FD001", "RUL_FD001")}
    expected = {
        f"{name}:column {column + 1}": Source(values[:, column], 1.0)
        for name, values in tables.items()
        for column in range(values.shape[1])
    }
    check_stored(context, "turbofan", expected)


@pytest.mark.parametrize("folder", ["ai4i2020", "azure_pdm", "tabular/telco"])
def test_tables_of_cases_and_events_are_refused_in_words(context: Context, data_root: Path, folder: str) -> None:
    job = imported(context, data_root / folder, folder)
    assert job.state == "failed"
    assert job.error["message"].startswith("nothing in ")
    assert job.error["hint"]


def test_small_tables_without_a_clock_store_nothing_unasked(context: Context, data_root: Path) -> None:
    job = imported(context, data_root / "tabular/jbrownlee", "small tables")
    assert (job.state, job.result["added"]) == ("done", 0)
    assert {need["what"] for need in job.result["needs"]} == {"rate_hz"}
    asked = {need["recording"] for need in job.result["needs"]}
    skipped = {Path(problem["path"]).stem for problem in job.result["problems"] if problem["path"].endswith(".csv")}
    assert not asked & skipped
    assert asked | skipped == {path.stem for path in (data_root / "tabular/jbrownlee").glob("*.csv")}
