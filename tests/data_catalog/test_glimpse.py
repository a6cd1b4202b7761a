"""A glimpse tells more than the row while a job runs, and never what is older or comes from someone replaced."""

import itertools
from pathlib import Path

import pytest

from data_catalog import glimpse
from data_catalog.glimpse import Glimpse
from data_catalog.schema import Job


def row(**given: object) -> Job:
    return Job(**{"id": "a" * 32, "state": "running", "fence": 3, "done_units": 4, "total_units": 9, **given})


def test_a_glimpse_is_ahead_of_its_row(tmp_path: Path) -> None:
    job = row(message="reading", eta_s=None)
    glimpse.show(tmp_path, job.id, Glimpse(3, 6, 9, 1.5, "writing"))
    seen = glimpse.brought_up_to_date(tmp_path, job)
    assert (seen.done_units, seen.total_units, seen.eta_s, seen.message) == (6, 9, 1.5, "writing")


@pytest.mark.parametrize("given", [{"state": "done"}, {"state": "paused"}, {"fence": 4}, {"done_units": 7}])
def test_what_is_older_than_the_row_is_not_believed(tmp_path: Path, given: dict[str, object]) -> None:
    job = row(**given)
    glimpse.show(tmp_path, job.id, Glimpse(3, 6, 9))
    assert glimpse.brought_up_to_date(tmp_path, job).done_units == row(**given).done_units


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"fence": 3}', b"\xff", b'{"fence":3,"done":9,"total":9,"x":1}']
)
def test_a_file_that_cannot_be_read_leaves_the_row(tmp_path: Path, content: bytes) -> None:
    job = row()
    glimpse.show(tmp_path, job.id, Glimpse(3, 6, 9))
    next(tmp_path.rglob("*.json")).write_bytes(content)
    assert glimpse.brought_up_to_date(tmp_path, job).done_units == 4


def test_every_report_changes_the_mark_and_the_end_takes_it_away(tmp_path: Path) -> None:
    job = row()
    none = glimpse.mark(tmp_path, job.id)
    marks = [none]
    for done in range(5):
        glimpse.show(tmp_path, job.id, Glimpse(3, done, 9))
        marks.append(glimpse.mark(tmp_path, job.id))
    assert all(one != following for one, following in itertools.pairwise(marks))
    glimpse.end(tmp_path, job.id)
    glimpse.end(tmp_path, job.id)
    assert glimpse.mark(tmp_path, job.id) == none
    assert not list(tmp_path.rglob("*.json"))
