"""Home shows what the services count, and each of its controls acts."""

import re

import pytest

from data_catalog import jobs as jobs_table
from data_catalog import leases, samples
from data_catalog.schema import Job, utc_now
from pfd_panel.components.live import Live
from pfd_panel.pages.home import PAGE, HomePage
from pfd_panel.pages.home.facts import balance_lines, best_stat, diagnosed_stat, rates_words
from pfd_panel.services import health, work
from pfd_panel.services.context import Context
from pfd_panel.services.overview import ClassCount, Diagnosed
from tests.pfd_panel.conftest import RIG, SIMULATED
from tests.pfd_panel.pages.conftest import Toast


def html(view: HomePage) -> str:
    """Everything a page shows as HTML."""
    import panel as pn

    panes = view.__panel__().select(lambda one: isinstance(one, (Live, pn.pane.HTML)))
    return " ".join(one.html if isinstance(one, Live) else str(one.object) for one in panes)


def test_an_imported_dataset_is_shown_before_a_synthetic_one(filled: Context) -> None:
    page = HomePage(filled)
    assert page.chosen.name == RIG
    shown = html(page)
    assert ">18<small>in 9 recordings" in shown
    assert "12 and 48 kHz" in shown
    assert "Synthetic</span>" not in shown


def test_a_synthetic_dataset_says_so_and_its_model_names_split_and_interval(filled: Context) -> None:
    page = HomePage(filled, {"dataset": SIMULATED})
    shown = html(page)
    assert "Synthetic</span>" in shown
    assert "held out by recording" in shown
    assert re.search(r"95 % interval \d+ % to \d+ %", shown)


def test_choosing_another_dataset_changes_the_page_and_its_address(filled: Context) -> None:
    page = HomePage(filled)
    page.show_dataset(SIMULATED)
    assert ">30<small>in 30 recordings" in html(page)
    assert page.address() == "dataset=Simulated+bearings"


def test_the_quick_actions_lead_to_where_it_is_done(filled: Context) -> None:
    assert {'href="/import"', 'href="/diagnose"', 'href="/train"', 'href="/generate"'} <= set(
        re.findall(r'href="[^"]*"', html(HomePage(filled)))
    )


def test_diagnosing_from_home_replaces_the_dash_by_counts(filled_copy: Context) -> None:
    page = HomePage(filled_copy)
    assert "Not yet computed for 18 signals" in page.diagnosed.html
    page.diagnosed.on["diagnose"]("")
    assert "Not yet computed" not in page.diagnosed.html
    assert "agree with the label" in page.diagnosed.html
    assert "/ 18<" in page.diagnosed.html


def test_recent_work_links_to_the_job_and_tells_its_result(filled: Context) -> None:
    page = HomePage(filled)
    jobs, _ = work.page(filled, limit=6)
    for job in jobs:
        assert f"/jobs?id={job.id}" in page.work.html
    assert "held out by recording" in page.work.html
    assert "18 of 18 computed" in page.work.html


def test_a_job_that_is_queued_appears_without_reloading(filled_copy: Context) -> None:
    page = HomePage(filled_copy)
    before = page.work.html
    page.poller.look()
    assert page.work.html == before
    job = work.start(filled_copy, "selftest", {})
    page.poller.look()
    assert job.id in page.work.html
    assert "Queued" in page.work.html


def test_while_no_job_moves_only_the_stamp_is_asked_for(filled_copy: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    page = HomePage(filled_copy)
    page.poller.look()
    asked: list[str] = []
    real = work.page
    monkeypatch.setattr(work, "page", lambda *args, **kwargs: asked.append("rows") or real(*args, **kwargs))
    for _ in range(3):
        page.poller.look()
    assert asked == []
    work.start(filled_copy, "selftest", {})
    page.poller.look()
    assert asked == ["rows"]


def test_the_system_card_shows_every_part_as_it_is_now(filled_copy: Context) -> None:
    shown = html(HomePage(filled_copy))
    for part in health.parts(filled_copy):
        assert part.name in shown
        assert part.word in shown
    assert "not running" in shown
    with filled_copy.catalog.write() as session:
        for number in range(3):
            jobs_table.insert(session, "selftest", f"Check {number}", {}, "ada", "signal")
        broken = jobs_table.insert(session, "selftest", "Broken", {}, "ada", "signal")
        broken.state, broken.finished_at = "failed", utc_now()
        leases.acquire(session, jobs_table.COORDINATOR, "host-1", 30.0)
        samples.add(session, {"cluster": {"workers": 5, "executing": 2}})
    shown = html(HomePage(filled_copy))
    assert "not running" not in shown
    assert "3 queued" in shown
    assert "5 · 2 tasks" in shown
    assert "1 in 24 h" in shown
    assert ">Look</span>" in shown


def test_the_demo_and_a_failing_look_are_told_in_the_corner(
    bare: Context, toasts: list[Toast], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = HomePage(bare)
    page.load_demo()
    (queued,) = toasts
    assert queued.kind == "info"
    assert f"{work.page(bare)[1]} jobs were queued" in queued.text

    def gone(_: Context) -> str:
        raise OSError("SECRET")

    monkeypatch.setattr(work, "stamp", gone)
    page.poller.look()
    page.poller.look()
    _, failed = toasts
    assert failed.kind == "error"
    assert re.search("The log has the details under number [0-9a-f]{8}", failed.text)
    assert "SECRET" not in failed.text


def test_an_empty_data_directory_offers_an_import_and_the_demo(bare: Context) -> None:
    page = HomePage(bare)
    shown = html(page)
    assert "No signals yet" in shown
    assert 'href="/import"' in shown
    assert 'data-send="demo"' in shown
    page.load_demo()
    jobs: list[Job] = work.page(bare)[0]
    assert {job.kind for job in jobs} == {"import_signals", "generate_signals"}


def test_a_class_with_one_recording_is_named_and_explained() -> None:
    shown = balance_lines([ClassCount("healthy", 2, 1), ClassCount("ball", 6, 6)])
    assert "<b>Healthy</b> holds one recording" in shown
    assert "Ball</b>" not in shown


def test_no_verdicts_are_claimed_where_nothing_was_computed() -> None:
    assert "Not yet computed" in diagnosed_stat(Diagnosed(5, 0, 0, 0, 0))
    assert "No signal names a bearing" in diagnosed_stat(Diagnosed(0, 0, 0, 0, 0))
    shown = diagnosed_stat(Diagnosed(10, 8, 2, 5, 1))
    assert "6 / 8" in shown
    assert "Diagnose the other 2" in shown


def test_without_a_model_the_next_step_is_named() -> None:
    assert "/train?dataset=Rig%201" in best_stat(None, "Rig 1", synthetic=False)


def test_rates_share_their_unit() -> None:
    assert rates_words([12_000.0, 48_000.0]) == "12 and 48 kHz"
    assert rates_words([12_000.0]) == "12 kHz"
    assert rates_words([1.0, 2.0, 3.0, 4.0]) == "1 Hz to 4 Hz"


def test_the_page_is_the_first_one() -> None:
    assert PAGE.path == "/"
