"""The doctor finds each damage that was planted, mends what can be mended, and is silent about a sound directory."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from data_catalog import Catalog, artifacts, datasets, doctor, experiments, features, jobs, leases, signals, tags
from data_catalog.schema import Tag
from data_catalog.store import RowInput


@pytest.fixture
def catalog(sqlite_catalog: Catalog) -> Catalog:
    """A sound directory with a segment, a feature part, an artifact and a finished job."""
    manifest = sqlite_catalog.store.write_short(
        [RowInput(channel, np.random.default_rng(0).integers(-99, 99, 500)) for channel in ("DE", "FE")]
    )
    part = sqlite_catalog.feature_store.write_part(["rms"], np.ones((1, 1)), [manifest.stored[0].signal_id], [-1])
    artifact = sqlite_catalog.artifacts.put(b"model")
    with sqlite_catalog.write() as session:
        dataset_id = datasets.create(session, "rig", owner="ada").id
        members = [
            signals.MemberDraft(recording="x", channel=one.channel, rate_hz=1e4, rate_source="file", stored=one)
            for one in manifest.stored
        ]
        signals.add_segments(session, dataset_id, [manifest], members, owner="ada", job_id=None, reason="")
        signals.seal_version(session, dataset_id, owner="ada", reason="", job_id=None)
        feature_set = features.get_or_create(session, dataset_id, {}, "key", ["rms"], "ada")
        row = features.FeatureRowDraft(manifest.stored[0].signal_id, "", 0, 0)
        features.add_part(session, feature_set.id, part, [row])
        artifacts.add(session, artifact, "model")
        tags.add(session, "dataset", [dataset_id], "good", owner="ada")
    return sqlite_catalog


def execute(catalog: Catalog, statement: str) -> None:
    with catalog.write() as session:
        session.execute(text(statement))


def check(catalog: Catalog, severity: str, words: str, *, repairable: bool) -> None:
    """Exactly one finding with these words; gone after a repair if it can be repaired."""
    (found,) = doctor.examine(catalog).findings
    assert (found.severity, found.repairable, found.repaired) == (severity, repairable, False)
    assert words in found.what
    (mended,) = doctor.examine(catalog, repair=True).findings
    assert mended.repaired == repairable
    if repairable:
        assert doctor.examine(catalog).findings == []


def age(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (1, 1))


def test_a_sound_directory_has_no_findings(catalog: Catalog) -> None:
    report = doctor.examine(catalog)
    assert report.findings == []
    assert report.healthy


def test_a_damaged_segment(catalog: Catalog) -> None:
    (file,) = (catalog.home / "store" / "segments").glob("*/zarr.json")
    file.write_text(file.read_text() + " ")
    check(catalog, "error", "damaged", repairable=False)
    assert not doctor.examine(catalog).healthy


def test_a_missing_segment(catalog: Catalog) -> None:
    shutil.rmtree(catalog.home / "store" / "segments")
    check(catalog, "error", "is missing", repairable=False)


def test_an_orphan_segment_once_it_is_old(catalog: Catalog) -> None:
    orphan = catalog.store.write_short([RowInput("DE", np.arange(9))]).id
    assert doctor.examine(catalog).findings == []
    age(catalog.home / "store" / "segments" / orphan)
    check(catalog, "note", "belongs to nothing", repairable=True)
    assert orphan not in catalog.store.ids()


def test_leavings_of_a_killed_writer(catalog: Catalog) -> None:
    hidden = catalog.home / "store" / "segments" / ".writing-x"
    hidden.mkdir()
    age(hidden)
    check(catalog, "note", "belongs to nothing", repairable=True)


def test_a_segment_without_signals(catalog: Catalog) -> None:
    manifest = catalog.store.write_short([RowInput("DE", np.arange(9))])
    execute(
        catalog,
        "INSERT INTO segments (id, kind, dtype, rows, bytes, checksum, created_at) "
        f"VALUES ('{manifest.id}', 'short', 'int16', 1, 1, '{manifest.checksum}', '2026-01-01')",
    )
    check(catalog, "note", "holds no signal", repairable=True)


def test_a_lost_feature_part_is_asked_for_again(catalog: Catalog) -> None:
    (part_id,) = catalog.feature_store.ids()
    shutil.rmtree(catalog.feature_store.path(part_id))
    check(catalog, "error", "extracted again", repairable=True)
    with catalog.read() as session:
        (row,) = signals.page(session, signals.SignalQuery(where={"channel": ["DE"]})).rows
        (feature_set,) = features.of_dataset(session, row.dataset_id)
        assert features.missing(session, feature_set.id, [(row.signal_id, "")]) == [(row.signal_id, "")]


def test_a_damaged_artifact(catalog: Catalog) -> None:
    (file,) = (path for path in catalog.artifacts.root.rglob("*") if path.is_file())
    file.write_bytes(b"other")
    check(catalog, "error", "damaged", repairable=False)


def test_a_version_that_was_tampered_with(catalog: Catalog) -> None:
    execute(catalog, "UPDATE members SET attributes_hash = 'x' WHERE channel = 'DE'")
    check(catalog, "error", "not as sealed", repairable=False)


def test_signals_of_a_job_that_never_was(catalog: Catalog) -> None:
    manifest = catalog.store.write_short([RowInput("DE", np.arange(9))])
    with catalog.write() as session:
        dataset = datasets.get(session, "rig")
        member = signals.MemberDraft(
            recording="y", channel="DE", rate_hz=1e4, rate_source="file", stored=manifest.stored[0]
        )
        signals.add_segments(session, dataset.id, [manifest], [member], owner="ada", job_id="no job", reason="")
    check(catalog, "note", "never became part", repairable=True)


def test_an_interrupted_job(catalog: Catalog) -> None:
    with catalog.write() as session:
        fence = leases.acquire(session, jobs.COORDINATOR, "a", 60)
        assert fence is not None
        jobs.insert(session, "import", "rig", {}, "ada", "file")
        jobs.claim_next(session, fence)
    assert doctor.examine(catalog).findings == []
    with catalog.write() as session:
        leases.release(session, jobs.COORDINATOR, "a", fence)
    check(catalog, "note", "interrupted", repairable=False)


def test_a_tag_on_nothing(catalog: Catalog) -> None:
    with catalog.write() as session:
        session.add(Tag(subject_kind="model", subject_id="gone", tag="good", owner="ada"))
    check(catalog, "note", "a tag sits on a model", repairable=True)


def test_a_reference_that_leads_nowhere(catalog: Catalog) -> None:
    with catalog.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("UPDATE members SET recording_id = 'gone' WHERE channel = 'FE'")
        driver.execute("PRAGMA foreign_keys = ON")
    check(catalog, "error", "refers to a row of recordings", repairable=False)


def test_a_schema_of_another_version(catalog: Catalog) -> None:
    execute(catalog, "UPDATE alembic_version SET version_num = '0001'")
    check(catalog, "error", "has version 0001", repairable=False)


def test_a_database_out_of_wal_mode(catalog: Catalog) -> None:
    catalog.close()
    with catalog.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA journal_mode = DELETE")
    check(catalog, "warning", "instead of WAL", repairable=True)


def test_a_write_ahead_log_that_grew(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LOG_LIMIT", 1000)
    check(catalog, "warning", "has grown", repairable=True)


def test_a_disk_without_room(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SPACE_NEEDED", 1 << 62)
    check(catalog, "warning", "MiB are free", repairable=False)


def test_an_experiment_that_says_another_state_than_its_job(catalog: Catalog) -> None:
    with catalog.write() as session:
        found = datasets.get(session, "rig")
        job = jobs.insert(session, "train_model", "Train", {"dataset": "rig"}, "ada", "fold")
        draft = experiments.ExperimentDraft(
            name="first", dataset_id=found.id, dataset_version=1, model="m", target="fault", split_text="",
            config={}, seeds=[0], job_id=job.id,
        )  # fmt: skip
        made = experiments.create(session, draft, owner="ada")
        job.state = "cancelled"
    check(catalog, "warning", "experiment 'first' is called queued, and its job is cancelled", repairable=True)
    with catalog.read() as session:
        assert experiments.get(session, made.id).state == "cancelled"
        assert [one.state for one in experiments.runs(session, made.id)] == ["cancelled"]


def test_a_tag_on_an_experiment_that_is_gone(catalog: Catalog) -> None:
    with catalog.write() as session:
        session.add(Tag(subject_kind="experiment", subject_id="gone", tag="x", owner="ada"))
    check(catalog, "note", "a tag sits on an experiment", repairable=True)
