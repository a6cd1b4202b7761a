"""SQLite reads the pages of a long list of experiments in the order of an index, and sorts nothing."""

from typing import Any

import pytest
from sqlalchemy import Connection, event

from data_catalog import Catalog, experiment_pages, privacy
from data_catalog.experiment_pages import ExperimentQuery

MEASURED = ("valid_loss",)


def plans(catalog: Catalog, query: ExperimentQuery) -> list[str]:
    """How SQLite would find the ids of a page, one line a step."""
    found: list[str] = []

    def explain(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT experiments.id \n"):
            rows = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            found.extend(str(row[3]) for row in rows)

    event.listen(catalog.database.engine, "before_cursor_execute", explain)
    with catalog.read() as session:
        privacy.limit_to(session, "eve")
        experiment_pages.page(session, query)
    event.remove(catalog.database.engine, "before_cursor_execute", explain)
    return found


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("-created_at", "ix_experiments_created"),
        ("created_at", "ix_experiments_created"),
        ("name", "ix_experiments_name"),
        ("-updated_at", "ix_experiments_updated"),
        ("-record_accuracy", "ix_experiments_accuracy"),
        ("-valid_loss.best", "ix_experiment_summaries_best"),
        ("valid_loss.min", "ix_experiment_summaries_minimum"),
    ],
)
def test_a_page_is_read_in_the_order_of_its_index(sqlite_catalog: Catalog, sort: str, index: str) -> None:
    told = plans(sqlite_catalog, ExperimentQuery(sort=sort, measured=MEASURED))
    assert index in told[0]
    assert not [line for line in told[:2] if "TEMP B-TREE" in line]


def test_what_was_measured_is_filtered_by_its_index(sqlite_catalog: Catalog) -> None:
    told = plans(sqlite_catalog, ExperimentQuery(query="valid_loss.max < 0.5", measured=MEASURED))
    assert any("ix_experiment_summaries_maximum (name=? AND maximum" in line for line in told)
