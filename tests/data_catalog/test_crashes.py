"""Killed at any point, an import that is started again ends as one that was never disturbed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data_catalog import Catalog, datasets, doctor, fault_points, retention, signals
from data_catalog.signals import SignalQuery
from tests.data_catalog import importer

ROOT = Path(__file__).parents[2]


def start(home: Path, *fault: str) -> int:
    command = [sys.executable, "-m", "tests.data_catalog.importer", str(home), "alpha", *fault]
    environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def result(home: Path) -> tuple[str, list[tuple[str, str]]]:
    with Catalog.open(home) as catalog, catalog.read() as session:
        dataset = datasets.get(session, "rig")
        assert dataset.current_version == 1
        rows = signals.page(session, SignalQuery(dataset.id)).rows
        for row in rows:
            assert catalog.store.open(row.segment_id).read(row.row).size == row.length
        summary = datasets.version(session, dataset.id).manifest_hash
        return summary, [(row.recording, row.signal_id) for row in rows]


def crash_and_go_on(tmp_path: Path, point: str, after: int) -> None:
    homes = tmp_path / "disturbed", tmp_path / "undisturbed"
    for home in homes:
        with Catalog.open(home) as catalog, catalog.write() as session:
            datasets.create(session, "rig", owner="ada")
    assert start(homes[0], point, str(after)) == -signal.SIGKILL
    for home in homes:
        assert start(home) == 0
    assert result(homes[0]) == result(homes[1])
    with Catalog.open(homes[0]) as catalog:
        retention.sweep(catalog, older_than_s=0)
        assert len(catalog.store.ids()) == importer.STEPS
        assert [path.name for path in (homes[0] / "store" / "segments").glob(".*")] == []
        assert doctor.examine(catalog).findings == []


def test_an_import_killed_before_a_commit_is_finished_without_loss(tmp_path: Path) -> None:
    crash_and_go_on(tmp_path, "commit.before", 3)


@pytest.mark.slow
@pytest.mark.parametrize("point", fault_points.POINTS)
@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_import_killed_anywhere_is_finished_without_loss(tmp_path: Path, point: str, after: int) -> None:
    crash_and_go_on(tmp_path, point, after)


def test_unknown_points_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault point"):
        fault_points.configure("anywhere")
    with pytest.raises(ValueError, match="at least 1"):
        fault_points.configure("commit.before", after=0)
