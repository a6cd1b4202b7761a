"""Examine a data directory: every reference, checksum and leftover; and repair what can be repaired.

A check is a function from a catalog to problems, listed in `CHECKS`; it looks, and hands over how to repair.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import text

from data_catalog.catalog import Catalog
from data_catalog.doctor_rows import (
    annotations_of_nothing,
    experiments_beside_their_jobs,
    jobs_without_coordinator,
    pending_members,
    tags_of_nothing,
    version_manifests,
)
from data_catalog.doctor_store import (
    artifacts,
    feature_parts,
    orphans,
    segments,
    segments_without_signals,
)
from data_catalog.migrations import HEAD
from data_catalog.migrations.runner import stamped_revision
from data_catalog.problems import Problem

SPACE_NEEDED = 1 << 30
"""Bytes of free space below which an import is likely to fail."""

LOG_LIMIT = 1 << 28
"""Bytes of write-ahead log beyond which something keeps SQLite from folding it into the database."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be; `severity` is 'error' (data lost or unusable), 'warning' or 'note'."""

    severity: str
    what: str
    subject: str
    repairable: bool
    repaired: bool


@dataclass(frozen=True)
class Report:
    """What the doctor found; nothing, if all is well."""

    findings: list[Finding]

    @property
    def healthy(self) -> bool:
        """No error or warning is left unrepaired."""
        return all(finding.repaired or finding.severity == "note" for finding in self.findings)


def examine(catalog: Catalog, *, repair: bool = False) -> Report:
    """Look at everything, and with `repair` mend what can be mended; jobs may go on meanwhile.

    Repairs lose nothing that anybody can still reach: they remove leftovers and what is computed again on demand.
    """
    findings = []
    for check in CHECKS:
        for problem in list(check(catalog)):
            mend = problem.repair if repair else None
            if mend is not None:
                mend()
            findings.append(
                Finding(problem.severity, problem.what, problem.subject, problem.repair is not None, mend is not None)
            )
    return Report(findings)


def schema_version(catalog: Catalog) -> Iterator[Problem]:
    """Whether the tables are those of this version."""
    with catalog.database.engine.connect() as connection:
        revision = stamped_revision(connection)
    if revision != HEAD:
        yield Problem("error", f"the schema has version {revision}, this program needs {HEAD}", "schema")


def database_file(catalog: Catalog) -> Iterator[Problem]:
    """Whether SQLite finds its file sound and every reference leading somewhere; PostgreSQL sees to both itself."""
    if catalog.database.backend != "sqlite":
        return
    with catalog.read() as session:
        for (word,) in session.execute(text("PRAGMA quick_check")):
            if word != "ok":
                yield Problem("error", f"the database file is damaged: {word}", "catalog.sqlite")
        for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
            yield Problem("error", f"row {row} of {table} refers to a row of {parent} that does not exist", table)


def write_ahead_log(catalog: Catalog) -> Iterator[Problem]:
    """Whether SQLite runs in WAL mode and folds its log into the database in time."""
    if catalog.database.backend != "sqlite":
        return
    with catalog.database.engine.connect() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar()
    if mode != "wal":
        yield Problem(
            "warning",
            f"the database is in {mode} mode instead of WAL: readers and writers wait for each other",
            "catalog.sqlite",
            catalog.database.use_write_ahead_log,
        )
    log = catalog.home / "catalog.sqlite-wal"
    if log.is_file() and log.stat().st_size > LOG_LIMIT:
        yield Problem(
            "warning",
            f"the write-ahead log has grown to {log.stat().st_size >> 20} MiB: some reader never finishes",
            log.name,
            catalog.database.fold_write_ahead_log,
        )


def disk_space(catalog: Catalog) -> Iterator[Problem]:
    """Whether there is room for another import."""
    free = shutil.disk_usage(catalog.home).free
    if free < SPACE_NEEDED:
        yield Problem(
            "warning",
            f"only {free >> 20} MiB are free on the disk of the data directory; imports need {SPACE_NEEDED >> 20}",
            str(catalog.home),
        )


CHECKS: tuple[Callable[[Catalog], Iterator[Problem]], ...] = (
    schema_version,
    database_file,
    write_ahead_log,
    disk_space,
    segments,
    segments_without_signals,
    feature_parts,
    artifacts,
    orphans,
    version_manifests,
    pending_members,
    jobs_without_coordinator,
    experiments_beside_their_jobs,
    tags_of_nothing,
    annotations_of_nothing,
)
