"""The Jobs page: list, filters, one job, and its controls."""

from markupsafe import escape

from dask_cluster.jobs import wait
from pfd_panel.pages.jobs import Jobs
from pfd_panel.pages.result.words import said
from pfd_panel.services import training, work
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import running_coordinator


def test_the_list_shows_every_job_and_filters_by_state_and_kind(filled: Context) -> None:
    page = Jobs(filled, {})
    every = work.page(filled)[1]
    assert page.table.total == every
    page.facets.chosen = {"kind": ["train_model"]}
    assert page.table.total == work.page(filled, kinds=("train_model",))[1] == 1
    assert "kinds" in page.address()
    page.facets.chosen = {"state": ["failed"]}
    assert page.table.total == 0
    page.facets.clear()
    assert page.table.total == every


def test_filters_count_all_jobs(filled: Context) -> None:
    found = work.counts(filled)
    assert sum(found.states.values()) == sum(found.kinds.values()) == work.page(filled)[1]
    assert set(found.kinds) <= set(work.kinds())


def test_the_stamp_changes_when_a_job_is_added_or_steered(filled_copy: Context) -> None:
    before = work.stamp(filled_copy)
    assert work.stamp(filled_copy) == before
    job = work.start(filled_copy, "selftest", {})
    added = work.stamp(filled_copy)
    work.control(filled_copy, job.id, "pause")
    assert len({before, added, work.stamp(filled_copy)}) == 3


def test_the_list_follows_what_happens(filled_copy: Context) -> None:
    page = Jobs(filled_copy, {})
    before = page.table.total
    job = work.start(filled_copy, "selftest", {})
    page.poller.look()
    assert page.table.total == before + 1
    page.table._body.on["job"](f"cancel:{job.id}")
    assert work.get(filled_copy, job.id).requested == "cancel"


def test_one_job_is_followed_cancelled_and_tried_again(filled_copy: Context) -> None:
    job = work.start(filled_copy, "selftest", {})
    page = Jobs(filled_copy, {"id": job.id})
    page.__panel__()
    detail = page.detail
    assert "Queued" in detail.head.html
    detail.card._on_button("cancel")
    with running_coordinator(filled_copy.catalog):
        assert wait(filled_copy.catalog, job.id, 60).state == "cancelled"
        detail.look()
        assert "Cancelled" in detail.head.html
        assert detail.poller is None
        detail.card._on_button("retry")
        assert wait(filled_copy.catalog, job.id, 120).state in {"done", "cancelled"}
    detail.look()
    assert "Done" in detail.head.html


def test_a_result_links_to_what_it_made(filled: Context) -> None:
    trained = work.page(filled, kinds=("train_model",))[0][0]
    page = Jobs(filled, {"job": trained.id})
    assert f"/model?id={trained.result['model_id']}" in page.detail.result.html
    assert page.heading == trained.title
    told = trained.result["statement"]
    words = said(training.get(filled, trained.result["model_id"]), told)
    assert words != told
    assert str(escape(words)) in page.detail.result.html, "classes by the names a reader knows"


def test_a_finished_job_refuses_to_be_paused_in_words(filled: Context) -> None:
    trained = work.page(filled, kinds=("train_model",))[0][0]
    detail = Jobs(filled, {"id": trained.id}).detail
    detail.card._on_button("pause")
    assert "done already" in detail.said.html
