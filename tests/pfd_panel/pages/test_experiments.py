"""The list of experiments: filters, columns, marks and changes, on rows that were made without training."""

import re
from urllib.parse import parse_qs

import pytest

from data_catalog.schema import Experiment, Job
from pfd_panel.pages.experiments import PAGE
from pfd_panel.pages.experiments.columns import SHOWN
from pfd_panel.pages.experiments.filters import tree
from pfd_panel.pages.experiments.view import ExperimentsView
from pfd_panel.services import experiments, finding
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import SIMULATED
from tests.pfd_panel.experiment_rows import add_experiments


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def made(filled_copy: Context) -> list[str]:
    return add_experiments(filled_copy, SIMULATED, 63)


def body(page: ExperimentsView) -> str:
    return text(page.table._body.html)


def test_experiments_are_paged_newest_first_with_score_split_and_synthetic_origin(
    filled_copy: Context, made: list[str]
) -> None:
    page = PAGE.view(filled_copy, {})
    everything = experiments.page(filled_copy)
    assert page.table.total == everything.total
    assert everything.total >= 63
    first = everything.rows[0]
    assert first.name in body(page)
    assert "Synthetic" in body(page)
    assert "by recording" in body(page)
    page.table._body.on["page"]("2")
    assert "page=2" in page.address()
    assert experiments.page(filled_copy, offset=40, limit=1).rows[0].name in body(page)


def test_words_query_facets_and_folder_narrow_the_list_and_stand_in_the_address(
    filled_copy: Context, made: list[str]
) -> None:
    page = ExperimentsView(filled_copy, {})
    page._bar.on["search"]("cnn 1d")
    found = page.table.total
    assert found == experiments.page(filled_copy, search="cnn 1d").total > 0
    page.box.view.on["query"]("record_accuracy > 0.8 and state = done")
    assert 0 < page.table.total < found
    page.box.view.on["query"]("record_acuracy > 0.8")
    assert "Did you mean record_accuracy" in text(page.box.view.html)
    page.clear()
    page.facets._body.on["facet"]("state\x1ffailed", True)
    page.facets._body.on["facet"]("tag\x1fchecked", True)
    assert page.table.total == experiments.page(filled_copy, state=["failed"], tags=["checked"]).total
    page.clear()
    page.folders.view.on["folder"]("sweeps")
    assert page.table.total == experiments.page(filled_copy, folder="sweeps").total > 0
    again = ExperimentsView(filled_copy, {name: one[0] for name, one in parse_qs(page.address()).items()})
    assert again.table.total == page.table.total
    page.folders.view.on["folder"]("/")
    assert page.table.total == experiments.page(filled_copy, folder="").total


def test_folders_count_what_lies_below_them() -> None:
    assert tree([("", 3), ("a", 1), ("a/b", 2), ("a/b/c", 4)]) == {"a": 7, "a/b": 6, "a/b/c": 4}


def test_columns_are_chosen_and_a_measured_number_is_shown_and_sorted_by(filled_copy: Context, made: list[str]) -> None:
    page = ExperimentsView(filled_copy, {})
    page.choice.toggle()
    page.choice.view.on["column"]("owner", True)
    page.choice.view.on["number"]("valid_loss")
    page.choice.view.on["statistic"]("min")
    page.choice.view.on["column-add"]("")
    assert page.columns[-1] == "valid_loss.min"
    assert "owner" in page.columns
    assert "Validation loss (nat), min" in body(page)
    page.table._body.on["sort"]("valid_loss.min")
    page.table._body.on["sort"]("valid_loss.min")
    lowest = experiments.page(filled_copy, sort="valid_loss.min", columns=["valid_loss.min"]).rows
    assert [row.name for row in page._rows] == [row.name for row in lowest[:20]]
    again = ExperimentsView(filled_copy, {name: one[0] for name, one in parse_qs(page.address()).items()})
    assert (again.columns, again.sort, again.descending) == (page.columns, "valid_loss.min", False)
    assert "valid_loss.min" in page.experiments_csv().content.decode().splitlines()[0]
    page.choice.view.on["columns-reset"]("")
    assert page.columns == list(SHOWN)


def test_marked_ones_are_tagged_moved_archived_deleted_and_brought_back(
    filled_copy: Context, made: list[str], toasts: list
) -> None:
    page = ExperimentsView(filled_copy, {"query": "state = done"})
    two = [row.id for row in page._rows[:2]]
    total = page.table.total

    def marked(do: str, typed: tuple[str, str] | None = None) -> None:
        for one in two:
            page.table._body.on["mark"](one, True)
        if typed:
            page.bulk.view.on[typed[0]](typed[1])
        page.bulk.view.on[do]("")

    marked("tag", ("bulk-tag", "mine"))
    assert experiments.page(filled_copy, tags=["mine"]).total == 2
    marked("untag", ("bulk-tag", "mine"))
    assert experiments.page(filled_copy, tags=["mine"]).total == 0
    marked("move", ("bulk-folder", "kept/here"))
    assert experiments.page(filled_copy, folder="kept").total == 2
    marked("archive")
    assert page.table.total == total - 2
    page._bar.on["listed"]("archived")
    assert page.table.total == 2
    marked("unarchive")
    assert page.table.total == 0
    page._bar.on["listed"]("current")
    marked("delete")
    assert page.table.total == total - 2
    assert "2 experiments deleted" in text(page.bulk.view.html)
    page.bulk.view.on["undo"]("")
    assert page.table.total == total
    assert [one.text for one in toasts][-1] == "2 experiments restored."


def test_what_is_refused_is_said_beside_the_controls(filled_copy: Context, made: list[str]) -> None:
    page = ExperimentsView(filled_copy, {"query": "state = queued"})
    page.table.chosen = [page._rows[0].id]
    assert "Mark this page" in text(page.bulk.view.html)
    page.bulk.view.on["mark-page"]("")
    assert len(page.table.chosen) == len(page._rows) > 1
    assert "Mark this page" not in text(page.bulk.view.html)
    page.bulk.view.on["delete"]("")
    assert "Not done" in text(page.bulk.view.html)
    page.bulk.view.on["tag"]("")
    assert "Not done" in text(page.bulk.view.html)


def test_up_to_ten_marked_ones_are_compared(filled_copy: Context, made: list[str]) -> None:
    page = ExperimentsView(filled_copy, {})
    page.table.chosen = made[:2]
    assert f"/experiments/compare?ids={made[0]}%2C{made[1]}" in page.bulk.view.html
    page.table.chosen = made[:11]
    assert "/experiments/compare" not in page.bulk.view.html


def test_the_list_follows_jobs_that_move(filled_copy: Context, made: list[str]) -> None:
    page = ExperimentsView(filled_copy, {})
    with filled_copy.catalog.write() as session:
        job = Job(kind="train_model", title="x", params={}, owner="local", unit="fold", state="running", done_units=3,
                  total_units=10)  # fmt: skip
        session.add(job)
        session.flush()
        session.get_one(Experiment, made[-1]).job_id = job.id
        session.get_one(Experiment, made[-1]).state = "running"
    page.poller.look()
    page.page = 0
    assert "30 %" in text(ExperimentsView(filled_copy, {"where": '{"state":["running"]}'}).table._body.html)
    assert "1 running" in text(page._head.html)


def test_the_search_box_finds_experiments_that_the_reader_may_see(filled_copy: Context, made: list[str]) -> None:
    wanted = experiments.get(filled_copy, made[5]).experiment
    (hit,) = [one for one in finding.find(filled_copy, wanted.name) if one.kind == "experiment"]
    assert (hit.text, hit.href) == (wanted.name, f"/experiment?id={made[5]}")
    experiments.share(filled_copy, [made[5]], "private")
    stranger = filled_copy.acting_as(User("eve", "operator"))
    assert [one for one in finding.find(stranger, wanted.name) if one.kind == "experiment"] == []
