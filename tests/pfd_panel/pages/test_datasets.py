"""Datasets: cards, detail, words, download, delete and bring back."""

import panel as pn

from pfd_panel.components.live import Live
from pfd_panel.pages.datasets.page import DatasetsPage
from pfd_panel.services import collections, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import JOURNAL, RIG, SIMULATED


def html(view: DatasetsPage) -> str:
    panes = view.__panel__().select(lambda one: isinstance(one, (Live, pn.pane.HTML)))
    return " ".join(one.html if isinstance(one, Live) else str(one.object) for one in panes)


def test_every_dataset_has_a_card_with_counts_version_and_origin(filled: Context) -> None:
    shown = html(DatasetsPage(filled))
    for summary in collections.listing(filled):
        assert summary.name in shown
        assert f"v{summary.version} · {summary.manifest_hash[:8]}" in shown
        assert f"{summary.signals} signals in {summary.recordings} recordings" in shown
    assert shown.count(">Measured<") == 1
    assert shown.count("Synthetic</span>") == 2


def test_the_detail_lists_versions_newest_first_with_reason_and_owner(filled_copy: Context) -> None:
    from data_catalog.signals import SignalQuery
    from pfd_panel.services import viewing

    row = viewing.page(filled_copy, SignalQuery(dataset_id=collections.get(filled_copy, RIG).id, limit=1)).rows[0]
    collections.correct(filled_copy, RIG, [row.signal_id], {"unit": "m/s²"}, reason="wrong sensor")
    shown = html(DatasetsPage(filled_copy, {"name": RIG}))
    assert shown.index(">v2<") < shown.index(">v1<")
    assert "wrong sensor" in shown


def test_name_notes_and_tags_are_saved(filled_copy: Context) -> None:
    page = DatasetsPage(filled_copy, {"name": RIG})
    for name, value in {"name": "Rig A", "notes": "In hall 3", "tags": "pump, hall 3"}.items():
        page.detail.form.on[name](value)
    page.detail.save_row.on["save"]("")
    summary = collections.get(filled_copy, "Rig A")
    assert summary.notes == "In hall 3"
    assert collections.tags_of(filled_copy, "dataset", summary.id) == ["hall 3", "pump"]


def test_who_sees_a_dataset_is_chosen_by_its_owner_only(filled_copy: Context) -> None:
    page = DatasetsPage(filled_copy, {"name": RIG})
    page.detail.form.on["visibility"]("private")
    page.detail.save()
    assert collections.get(filled_copy, RIG).visibility == "private"
    assert RIG not in html(DatasetsPage(filled_copy.acting_as(User("eve"))))
    other = DatasetsPage(filled_copy.acting_as(User("eve", "operator")), {"name": SIMULATED})
    other.detail.form.on["visibility"]("private")
    other.detail.save()
    assert "this belongs to local" in other.detail.form.html
    assert collections.get(filled_copy, SIMULATED).visibility == "team"


def test_a_name_that_is_taken_is_answered_at_the_field(filled_copy: Context) -> None:
    page = DatasetsPage(filled_copy, {"name": RIG})
    page.detail.form.on["name"](SIMULATED)
    page.detail.save()
    assert 'role="alert"' in page.detail.form.html
    assert "exists already" in page.detail.form.html
    assert collections.get(filled_copy, RIG)


def test_deleting_asks_first_and_can_be_undone_from_the_overview(filled_copy: Context) -> None:
    page = DatasetsPage(filled_copy, {"name": JOURNAL})
    gone = collections.get(filled_copy, JOURNAL).id
    page.detail.danger.on["ask"]("")
    assert "30 days" in page.detail.danger.html
    page.detail.danger.on["keep"]("")
    assert collections.get(filled_copy, JOURNAL)
    page.detail.danger.on["delete"]("")
    assert JOURNAL not in {one.name for one in collections.listing(filled_copy)}
    assert page.address() == ""
    assert f"Bring back {JOURNAL}" in html(page)
    page.restore(gone)
    assert collections.get(filled_copy, JOURNAL).signals == 3


def test_the_download_is_prepared_and_then_offered(filled_copy: Context) -> None:
    page = DatasetsPage(filled_copy, {"name": RIG})
    page.detail.download.on["export"]("")
    assert "Download Test_rig-v1-" in page.detail.download.html
    assert list((filled_copy.catalog.home / "exports").glob("*.h5"))


def test_extracting_features_starts_a_job_only_when_some_are_missing(filled_copy: Context) -> None:
    before = work.page(filled_copy)[1]
    DatasetsPage(filled_copy, {"name": RIG}).detail.extract()
    assert work.page(filled_copy)[1] == before
    page = DatasetsPage(filled_copy, {"name": JOURNAL})
    page.detail.extract()
    jobs, count = work.page(filled_copy)
    assert count == before + 1
    assert jobs[0].kind == "extract_features"
    assert page.detail.jobs.visible


def test_without_datasets_the_next_steps_are_offered(bare: Context) -> None:
    shown = html(DatasetsPage(bare))
    assert "No datasets yet" in shown
    assert 'href="/import"' in shown
