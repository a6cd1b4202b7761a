"""Every revision goes up and down with data in the tables, on both databases, and ends at the declared models."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text

from data_catalog import Catalog, audit, datasets, jobs
from data_catalog.accounts import keys, users
from data_catalog.database import Database
from data_catalog.migrations import HEAD, REVISIONS, runner
from data_catalog.schema import Base, DatasetVersion
from tests.data_catalog.contract_work import save_model
from tests.data_catalog.drafts import fill

AREAS = {
    "0001": {"segments", "signals", "datasets", "dataset_versions", "recordings", "members", "tags"},
    "0002": {"users", "audit", "settings"},
    "0003": {"jobs", "job_steps", "job_events", "leases"},
    "0004": {
        "artifacts",
        "feature_sets",
        "feature_parts",
        "feature_rows",
        "splits",
        "model_versions",
        "predictions",
        "derived",
    },
    "0005": {"login_sessions", "api_keys", "recovery_codes", "one_time_tokens", "sign_in_failures"},
    "0006": {"answered_requests", "uploads"},
    "0007": {
        "samples",
        "alert_rules",
        "alert_standings",
        "alert_events",
        "inbox_marks",
        "deliveries",
        "webhooks",
        "preferences",
    },
    "0008": {"saved_views", "share_links"},
    "0009": {"external_identities"},
    "0010": {"annotations"},
    "0011": {"healthy_references"},
    "0012": {"experiments", "runs", "run_metrics", "run_summaries", "experiment_summaries"},
    "0013": {"stage_changes", "model_exports"},
}


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


class MigrationContract:
    """Subclasses give a `catalog` fixture."""

    def test_models_and_migrations_agree(self, catalog: Catalog) -> None:
        with catalog.database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []

    def test_each_step_down_and_up_keeps_the_data_of_the_others(self, catalog: Catalog) -> None:
        database = catalog.database
        dataset_id = fill(catalog, "rig", 5)
        with catalog.write() as session:
            save_model(session, dataset_id)
            jobs.insert(session, "import", "rig", {"path": "x"}, "ada", "file")
        left = set(Base.metadata.tables)
        for revision, below in zip(reversed(REVISIONS), [*reversed(REVISIONS[:-1]), "base"], strict=True):
            runner.downgrade(database, below)
            left -= AREAS[revision]
            with database.engine.connect() as connection:
                assert tables(connection) == left
                if "members" in left:
                    assert connection.execute(text("SELECT count(*) FROM members")).scalar() == 5
                if "jobs" in left:
                    assert connection.execute(text("SELECT count(*) FROM jobs")).scalar() == 1
        for revision in REVISIONS:
            runner.upgrade(database, revision)
            with database.engine.connect() as connection:
                left |= AREAS[revision]
                assert tables(connection) == left
                assert runner.stamped_revision(connection) == revision
        fill(catalog, "afterwards", 3)

    def test_data_written_at_an_old_revision_is_there_after_the_upgrade(self, catalog: Catalog) -> None:
        runner.downgrade(catalog.database, "0001")
        columns = "id, name, notes, synthetic, source, current_version, owner, created_at, updated_at"
        with catalog.database.writing.begin() as connection:
            moment = "'2026-01-01 00:00:00'"
            connection.execute(
                text(
                    f"INSERT INTO datasets ({columns}) "
                    f"VALUES ('d', 'old', '', false, '{{}}', 0, 'ada', {moment}, {moment})"
                )
            )
        runner.upgrade(catalog.database)
        with catalog.read() as session:
            old = datasets.get(session, "old")
            assert (old.id, old.visibility) == ("d", "team")

    def test_jobs_of_before_know_what_they_were_about(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            job = jobs.insert(session, "import", "rig", {"dataset": "rig"}, "ada", "file")
            session.get_one(DatasetVersion, (dataset_id, 1)).job_id = job.id
            asked = jobs.insert(session, "predict", "x", {"model": "forest:1", "path": "x"}, "ada", "file")
        runner.downgrade(catalog.database, "0004")
        runner.upgrade(catalog.database)
        with catalog.read() as session:
            before, later = jobs.get(session, job.id), jobs.get(session, asked.id)
            assert (before.dataset_id, before.dataset_name, before.model_name) == (dataset_id, "rig", "")
            assert (later.dataset_id, later.dataset_name, later.model_name) == (None, "", "forest:1")

    def test_people_and_what_they_did_outlive_the_accounts_revision_both_ways(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            users.add(session, "ada", "admin", owner="local", password_hash="h")
            keys.add(session, "ada", "script", "0" * 64, [], None)
        runner.downgrade(catalog.database, "0004")
        with catalog.database.engine.connect() as connection:
            assert connection.execute(text("SELECT name, role FROM users")).all() == [("ada", "admin")]
            assert {column["name"] for column in inspect(connection).get_columns("users")} == {
                "name",
                "role",
                "created_at",
            }
        with catalog.database.writing.begin() as connection:  # before this revision the log could be edited
            connection.execute(text("UPDATE audit SET detail = '{}'"))
        runner.upgrade(catalog.database)
        with catalog.read() as session:
            ada = users.get(session, "ada")
            assert (ada.role, ada.password_hash, ada.updated_at) == ("admin", None, ada.created_at)
            assert audit.page(session, user="local")[1] == 1
            assert keys.listing(session) == []


class TestSqliteMigrations(MigrationContract):
    @pytest.fixture
    def catalog(self, sqlite_catalog: Catalog) -> Catalog:
        return sqlite_catalog


@pytest.mark.postgres
class TestPostgresMigrations(MigrationContract):
    @pytest.fixture
    def catalog(self, postgres_catalog: Catalog) -> Catalog:
        return postgres_catalog


@pytest.fixture
def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(runner.__file__).parent))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def test_the_revisions_named_in_the_package_are_those_in_its_folder(scripts: ScriptDirectory) -> None:
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS
    assert scripts.get_current_head() == HEAD


def test_the_areas_of_this_test_name_every_table() -> None:
    assert set().union(*AREAS.values()) == set(Base.metadata.tables)


def test_an_empty_database_has_no_revision(tmp_path: Path) -> None:
    database = Database(URL.create("sqlite", database=str(tmp_path / "x.sqlite")))
    with database.engine.connect() as connection:
        assert runner.stamped_revision(connection) is None
    database.close()
