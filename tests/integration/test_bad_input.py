"""Bad input at the doors people use: each is refused with what was wrong and what to do, and changes nothing.

Here every item is tried through the command line or the services behind it. What makes the refusals is tested more
finely where it lives: files in ``tests/data_catalog/formats`` (``test_hostile_bytes``, ``test_archive``,
``test_numpy_arrays``, ``test_matlab5``, ``test_delimited``, ``test_inspecting``), splits in
``tests/pipelines/learn/test_splitting``, bearings and speeds in ``tests/pipelines/bearings`` and
``tests/pipelines/diagnose``, disks and versions in ``tests/data_catalog/test_catalog`` and
``tests/data_catalog/store/test_signals``, the lock in ``tests/dask_cluster/test_processes``.
"""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from sqlalchemy import func, select, text

from dask_cluster.home_lock import HomeLock
from dask_cluster.housekeeping import sweep
from data_catalog import Catalog
from data_catalog.formats import Limits, inspect
from data_catalog.schema import (
    Artifact,
    Dataset,
    DatasetVersion,
    FeaturePart,
    FeatureRow,
    Member,
    ModelVersion,
    Recording,
    Segment,
    Signal,
)
from tests.conftest import require
from tests.integration.bad_files import BAD_FILES, X, mat, name_that_is_no_text, nothing_but_nan, truncated_mat
from tests.integration.rig import SIGNALS, write_folder
from tests.pfd_panel.conftest import running_coordinator, vibration
from tests.pfd_panel.shell import Answer, pfd, shell, spoken

TABLES = (
    Artifact, Dataset, DatasetVersion, FeaturePart, FeatureRow, Member, ModelVersion, Recording, Segment, Signal,
)  # fmt: skip


def state(catalog: Catalog) -> dict[str, Any]:
    """How many rows there are of everything that jobs make, and every file of the store."""
    with catalog.read() as session:
        counts = {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in TABLES}
    return counts | {"files": sorted(str(path) for path in catalog.store.root.rglob("*") if path.is_file())}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """A catalog with a coordinator: ``one class`` (4 recordings) and ``one each`` (4 classes), both with features."""
    folder = write_folder(tmp_path_factory.mktemp("rig") / "rig")
    home = tmp_path_factory.mktemp("bad") / "home"
    with Catalog.open(home) as opened, running_coordinator(opened):
        assert pfd(home, "import", folder, "--dataset", "one class", "--label", "fault=healthy", "--yes").status == 0
        labels = [f"--label={name}:fault={name}" for name in ("Normal", "Inner", "Outer", "Ball")]
        assert pfd(home, "import", folder, "--dataset", "one each", *labels, "--yes").status == 0
        for dataset in ("one class", "one each"):
            assert pfd(home, "features", dataset).told["signals"] == SIGNALS
        yield opened


@pytest.fixture
def unchanged(catalog: Catalog) -> Iterator[Catalog]:
    """The catalog, whose contents the test must leave as they are."""
    sweep(catalog, horizon_s=0.0)  # of samples that were written before it showed that nobody needs them
    before = state(catalog)
    yield catalog
    sweep(catalog, horizon_s=0.0)
    assert state(catalog) == before


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("write", "expected"), BAD_FILES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_file_is_refused_at_the_import(
    write: Callable[[Path], Path], expected: str, unchanged: Catalog, tmp_path: Path
) -> None:
    path = write(tmp_path)
    assert expected in pfd(unchanged.home, "import", path, "--dataset", "bad", "--yes").refusal
    assert not (tmp_path / "executed").exists()
    assert list(tmp_path.parent.rglob("escape*")) == []


def test_a_dataset_without_a_name_is_refused(unchanged: Catalog, tmp_path: Path) -> None:
    for name in ("", "  "):
        assert "dataset" in pfd(unchanged.home, "import", mat(tmp_path / "a.mat"), "--dataset", name, "--yes").refusal


def test_a_huge_file_is_refused_before_it_is_loaded(
    unchanged: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inspect.__kwdefaults__ is not None
    monkeypatch.setitem(inspect.__kwdefaults__, "limits", Limits(max_array_bytes=10_000))
    path = mat(tmp_path / "huge.mat")
    refusal = pfd(unchanged.home, "import", path, "--dataset", "bad", "--yes").refusal
    assert "huge.mat" in refusal
    assert "the limit for this kind is" in refusal


def test_one_bad_file_among_good_ones_is_named_and_the_good_ones_come_in(catalog: Catalog, tmp_path: Path) -> None:
    mat(tmp_path / "good.mat")
    truncated_mat(tmp_path)
    nothing_but_nan(tmp_path)
    name_that_is_no_text(tmp_path)
    answer = pfd(catalog.home, "import", tmp_path, "--dataset", "mixed", "--yes")
    assert (answer.status, answer.told["added"]) == (0, 1)
    assert len(answer.told["problems"]) == 3
    assert all(problem["message"] and problem["hint"] for problem in answer.told["problems"])
    assert pfd(catalog.home, "datasets", "mixed", "--delete").status == 0


def test_samples_that_are_partly_no_numbers_are_kept_and_told(catalog: Catalog, tmp_path: Path) -> None:
    with_gap = X.copy()
    with_gap[100:150] = np.nan
    scipy.io.savemat(tmp_path / "gap.mat", {"DE": with_gap, "fs": 12_000.0})
    (channel,) = pfd(catalog.home, "inspect", tmp_path / "gap.mat").told["channels"]
    assert channel["findings"] == ["50 of 2000 samples are not numbers"]


def test_rates_that_contradict_each_other_are_a_question(unchanged: Catalog, tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "two.mat", {"DE": X, "fs": 12_000.0, "sampling_rate": 48_000.0})
    answer = pfd(unchanged.home, "import", tmp_path, "--dataset", "bad", "--yes")
    assert (answer.status, answer.told["added"]) == (3, 0)
    assert "--rate 'two=HZ'" in answer.told["needs"][0]["message"]


def test_a_clock_of_mixed_steps_is_a_question(unchanged: Catalog, tmp_path: Path) -> None:
    times = np.cumsum(np.repeat([1e-3, 5e-3], 150))
    rows = "\n".join(f"{t:.4f},{x:.5f}" for t, x in zip(times, X, strict=False))
    (tmp_path / "clock.csv").write_text(f"t,x\n{rows}\n")
    answer = pfd(unchanged.home, "import", tmp_path, "--dataset", "bad", "--yes")
    assert (answer.status, answer.told["added"], answer.told["needs"][0]["what"]) == (3, 0, "rate_hz")
    (channel,) = pfd(unchanged.home, "inspect", tmp_path).told["channels"]
    assert "uneven" in channel["findings"][0]


def test_recordings_of_different_rates_each_keep_their_own(catalog: Catalog, tmp_path: Path) -> None:
    for name, rate in (("slow", 12_000.0), ("fast", 48_000.0)):
        scipy.io.savemat(tmp_path / f"{name}.mat", {"DE": X * rate, "fs": rate})
    answer = pfd(catalog.home, "import", tmp_path, "--dataset", "two rates", "--yes")
    assert (answer.status, answer.told["added"]) == (0, 2)
    with catalog.read() as session:
        found = session.execute(
            select(Member.recording, Member.rate_hz).join(Dataset).where(Dataset.name == "two rates")
        ).all()
    assert {tuple(row) for row in found} == {("slow", 12_000.0), ("fast", 48_000.0)}
    assert pfd(catalog.home, "datasets", "two rates", "--delete").status == 0


def test_a_table_in_an_old_encoding_is_read(unchanged: Catalog, tmp_path: Path) -> None:
    rows = "\n".join(f"{n / 1000:.3f};{x:.5f}" for n, x in enumerate(X[:300]))
    (tmp_path / "latin.csv").write_bytes(f"Time (s);Lager Süd (m/s²)\n{rows}\n".encode("latin-1"))
    (channel,) = pfd(unchanged.home, "inspect", tmp_path / "latin.csv").told["channels"]
    assert ("Süd" in channel["name"], channel["rate_hz"]) == (True, 1000.0)


def test_duplicates_are_named_and_add_nothing(unchanged: Catalog, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "rig")
    shutil.copy(folder / "Ball.mat", folder / "Copy of Ball.mat")
    answer = pfd(unchanged.home, "import", folder, "--dataset", "one class", "--yes")
    assert (answer.status, answer.told["added"]) == (0, 0)
    pairs = {(one["recording"], one["same_as"]) for one in answer.told["duplicates"]}
    assert pairs == {(name, name) for name in ("Normal", "Inner", "Outer", "Ball")} | {("Copy of Ball", "Ball")}


# -- bearings and speeds -----------------------------------------------------------------------------------------------


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    scipy.io.savemat(tmp_path / "one.mat", {"DE": vibration("bpfi", 1797, 12_000, 1.2, 0), "fs": 12_000.0})
    return tmp_path / "one.mat"


def test_an_unknown_bearing_is_refused_with_the_nearest(unchanged: Catalog, recording: Path) -> None:
    refusal = pfd(unchanged.home, "diagnose", recording, "--bearing", "6205X9", "--rpm", "1797").refusal
    assert "bearing '6205X9' is not in the table" in refusal
    assert "6205" in refusal.split("nearest")[1]
    assert "Give its geometry" in refusal


def test_a_geometry_that_no_bearing_has_is_refused(unchanged: Catalog, recording: Path) -> None:
    free = ("--elements", "9", "--ball-mm", "40", "--pitch-mm", "39", "--rpm", "1797")
    assert "pitch" in pfd(unchanged.home, "diagnose", recording, *free).refusal
    assert "--pitch-mm" in pfd(unchanged.home, "diagnose", recording, "--elements", "9", "--rpm", "1797").refusal


def test_a_geometry_of_ones_own_gives_the_evidence_of_the_table(unchanged: Catalog, recording: Path) -> None:
    # SKF 6205-2RS as the data center states it: 9 balls of 7.94 mm on 39.04 mm
    free = ("--elements", "9", "--ball-mm", "7.940", "--pitch-mm", "39.040", "--angle-deg", "0", "--rpm", "1797")
    own = pfd(unchanged.home, "diagnose", recording, *free)
    table = pfd(unchanged.home, "diagnose", recording, "--bearing", "6205-2RS", "--rpm", "1797")
    assert (own.status, own.told["verdict"], own.told["fault"]) == (0, "fault", "inner_race")
    assert own.told["bearing"] == "own geometry"
    lines = [{one["fault"]: one["frequency_hz"] for one in answer.told["evidence"]} for answer in (own, table)]
    assert lines[0] == pytest.approx(lines[1], rel=2e-3)
    other = pfd(unchanged.home, "diagnose", recording, *free[:1], "12", *free[2:])
    assert other.told["evidence"] != own.told["evidence"]


@pytest.mark.parametrize(
    ("rpm", "expected"), [("0", "positive"), ("-1797", "positive"), ("nan", "positive"), ("9e8", "rpm")]
)
def test_an_impossible_speed_is_refused(unchanged: Catalog, recording: Path, rpm: str, expected: str) -> None:
    assert expected in pfd(unchanged.home, "diagnose", recording, "--bearing", "6205", f"--rpm={rpm}").refusal


@pytest.mark.parametrize("rpm", ["-1797", "0", "fast", "*=nan"])
def test_an_impossible_speed_is_refused_at_the_import(unchanged: Catalog, recording: Path, rpm: str) -> None:
    refusal = pfd(unchanged.home, "import", recording, "--dataset", "bad", f"--rpm={rpm}", "--yes").refusal
    assert "is not a positive number" in refusal


# -- too little to learn from ------------------------------------------------------------------------------------------


def test_fewer_than_two_classes_are_refused(unchanged: Catalog) -> None:
    refusal = pfd(unchanged.home, "train", "one class").refusal
    assert "a model needs at least two classes of fault; there is only 'healthy'" in refusal
    assert "add recordings of another class" in refusal


def test_one_recording_a_class_is_refused_by_name_and_count(unchanged: Catalog) -> None:
    refusal = pfd(unchanged.home, "train", "one each").refusal
    for name in ("Normal", "Inner", "Outer", "Ball"):
        assert f"class {name!r} has 1 recording; a split by recording needs 2" in refusal
    assert "--drop-small-classes" in refusal
    without = pfd(unchanged.home, "train", "one each", "--drop-small-classes").refusal
    assert "at least two classes" in without


# -- disks -------------------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own at `folder`, of so many bytes."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    require(mounted.returncode == 0, "the permission to mount a small disk (root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True, capture_output=True)


def test_a_full_disk_is_told_and_the_job_can_be_retried(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "rig")
    with small_disk(tmp_path / "disk", "8m") as disk, Catalog.open(disk / "home") as catalog:
        before = state(catalog)
        ballast = disk / "ballast"
        with running_coordinator(catalog):
            free = shutil.disk_usage(disk).free
            ballast.write_bytes(bytes(free - 300_000))
            refusal = pfd(catalog.home, "import", folder, "--dataset", "rig", "--yes").refusal
            assert "No space left on device" in refusal
            assert "free space" in refusal
            assert state(catalog) == before
            ballast.unlink()
            (job,) = pfd(catalog.home, "jobs").told["jobs"]
            assert (job["state"], job["error"]["message"]) == ("failed", refusal.split(" / ")[0])
            assert pfd(catalog.home, "jobs", "retry", job["id"]).status == 0
            assert pfd(catalog.home, "jobs", "wait", job["id"]).told["result"]["added"] == SIGNALS


def test_a_read_only_disk_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        with Catalog.open(disk / "home"):
            pass
        contents = {path: path.stat().st_mtime_ns for path in disk.rglob("*")}
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True, capture_output=True)
        for home in (disk / "home", disk / "new"):
            refusal = pfd(home, "import", write_once(tmp_path), "--dataset", "rig", "--yes").refusal
            assert "ead-only" in refusal or "cannot be opened" in refusal
            assert "writable" in refusal
        assert {path: path.stat().st_mtime_ns for path in disk.rglob("*")} == contents


def write_once(folder: Path) -> Path:
    """The rig, written at the first call."""
    return folder / "rig" if (folder / "rig").exists() else write_folder(folder / "rig")


# -- data directories --------------------------------------------------------------------------------------------------


def test_a_data_directory_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Catalog.open(home) as catalog, catalog.database.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    before = (home / "catalog.sqlite").read_bytes()
    for command in (("datasets",), ("doctor", "--repair"), ("import", write_once(tmp_path), "--dataset", "x", "--yes")):
        done = shell("--home", home, *command, "--json") if command == ("datasets",) else None
        answer = Answer(done.returncode, json.loads(done.stdout)) if done else pfd(home, *command)
        assert "has schema version 0999" in answer.refusal
        assert "update the program" in answer.refusal
    assert (home / "catalog.sqlite").read_bytes() == before


def test_a_second_supervisor_is_refused_and_says_where_the_first_one_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Catalog.open(home) as catalog, HomeLock(home / "run", "http://127.0.0.1:5006"):
        before, note = state(catalog), (home / "run" / "supervisor.lock").read_text()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        done = shell("--home", home, "serve", "--port", str(port))
        assert done.returncode == 1
        assert f"another supervisor (pid {os.getpid()}, since 20" in done.stderr
        assert "use it at http://127.0.0.1:5006" in done.stderr
        assert state(catalog) == before
        assert (home / "run" / "supervisor.lock").read_text() == note


@pytest.mark.parametrize("host", ["0.0.0.0", "example.org"])
def test_an_address_that_others_can_reach_is_refused(host: str, tmp_path: Path) -> None:
    status, said = spoken(tmp_path / "home", "serve", "--host", host)
    assert status == 1
    assert "without TLS" in said
    assert "PFD_TRUSTED_PROXIES" in said
