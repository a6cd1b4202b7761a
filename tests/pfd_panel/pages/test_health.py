"""The Health page shows what is measured, follows it, and each of its controls acts."""

from datetime import UTC, datetime, timedelta

import pytest

from data_catalog import jobs, leases, samples
from data_catalog.schema import Segment, utc_now
from pfd_panel.pages.health.chart import share_chart
from pfd_panel.pages.health.page import HealthPage
from pfd_panel.pages.health.words import gpu_stat
from pfd_panel.services import health
from pfd_panel.services.context import Context, User

WORKER = {"name": "w-1", "threads": 2, "memory_bytes": 10**8, "memory_limit_bytes": 10**9, "cpu_percent": 73.0}
CLUSTER = {"workers": 1, "executing": 3, "waiting": 7, "each": [WORKER | {"executing": 3, "waiting": 7}]}


def log_something(context: Context) -> None:
    lines = ["INFO pfd_panel.x ready", "WARNING pfd_panel.y slow <b>disk</b>", "ERROR pfd_panel.z broken"]
    stamp = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    (context.catalog.home / "logs" / "web.log").write_text("".join(f"{stamp},000 {line}\n" for line in lines))


def test_every_part_is_shown_with_what_to_do(bare: Context) -> None:
    page = HealthPage(bare)
    for part in health.parts(bare):
        assert part.name in page.parts.html
        assert part.fix in page.parts.html
    assert "No coordinator runs" in page.workers.html
    assert ">none<" in page.stats[3].html
    assert page.__panel__() is not None


def test_the_page_follows_what_happens(bare: Context) -> None:
    page = HealthPage(bare)
    with bare.catalog.write() as session:
        leases.acquire(session, jobs.COORDINATOR, "x", 60.0, detail={"host": "plant-7", "pid": 42})
        samples.add(session, {"cpu_percent": 42.4, "memory_percent": 10.0, "cluster": CLUSTER})
        job = jobs.insert(session, "selftest", "Check", {}, "ada", "signal")
        job.state, job.finished_at = "failed", utc_now()
        jobs.insert(session, "selftest", "Waiting", {}, "ada", "signal")
    page.poller.look()
    assert ">42<" in page.stats[0].html
    assert "w-1" in page.workers.html
    assert "plant-7, process 42" in page.queue.html
    assert "<b>Failed jobs needs a look.</b>" in page.head.html
    assert "The job&#39;s page says why" in page.parts.html
    assert "CPU now 42 %" in page.chart.html


def test_the_log_is_filtered_by_level_and_words_and_escaped(bare: Context) -> None:
    log_something(bare)
    page = HealthPage(bare, {"level": "warning"})
    assert "ready" not in page.log.html
    assert "slow &lt;b&gt;disk&lt;/b&gt;" in page.log.html
    page.log_tools.on["level"]("error")
    assert "slow" not in page.log.html
    page.log_tools.on["level"]("debug")
    page.log_tools.on["words"](" READY ")
    assert "ready" in page.log.html
    assert "broken" not in page.log.html
    assert page.address() == "level=debug&words=READY"


def test_a_paused_log_stands_still(bare: Context) -> None:
    log_something(bare)
    page = HealthPage(bare)
    page.log_tools.on["tail"]("")
    assert "Follow" in page.log_tools.html
    before = page.log.html
    (bare.catalog.home / "logs" / "web.log").write_text("2026-11-21 10:00:00,000 INFO pfd_panel.x another\n")
    page.poller.look()
    assert page.log.html == before
    page.log_tools.on["tail"]("")
    assert "another" in page.log.html


def test_the_log_is_not_for_everybody(bare: Context) -> None:
    log_something(bare)
    page = HealthPage(bare.acting_as(User("eve", "viewer")))
    assert "broken" not in page.log.html
    assert "for administrators" in page.log.html


def test_self_checks_say_that_all_is_well_or_what_is_not(bare: Context) -> None:
    page = HealthPage(bare)
    page.checks.on["check"]("")
    assert "Everything is in order" in page.checks.html
    with bare.catalog.write() as session:
        session.add(Segment(id="lost", kind="short", dtype="float32", rows=1, bytes=1, checksum="x"))
    page.checks.on["check"]("")
    assert "Error" in page.checks.html
    assert "Repair what can be repaired" in page.checks.html
    page.checks.on["repair"]("")
    assert "repaired" in page.checks.html


def test_a_viewer_is_refused_checks_in_words(bare: Context) -> None:
    page = HealthPage(bare.acting_as(User("eve", "viewer")))
    page.checks.on["check"]("")
    assert "may not change anything" in page.checks.html


def test_a_gpu_is_shown_with_what_its_driver_says(bare: Context) -> None:
    from dataclasses import replace

    from pfd_panel.monitoring.machine import Gpu

    found = health.report(bare, with_cpu=False)
    gpu = Gpu("Test GPU", 40.0, 2 * 10**9, 8 * 10**9, 61.0)
    shown = str(gpu_stat(replace(found, machine=replace(found.machine, gpus=(gpu, gpu)))))
    assert "Test GPU · 25 % of its memory · 61 °C · and 1 more" in shown


@pytest.mark.parametrize(("pause_s", "strokes"), [(5, 1), (120, 3)])
def test_a_gap_in_time_is_a_gap_in_the_line(pause_s: float, strokes: int) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    at = [now - timedelta(seconds=pause_s * n) for n in (2, 1, 0)]
    drawn = str(share_chart(at, now, [("CPU", "#000000", "none", [10.0, 50.0, 120.0])]))
    path = drawn.split(' d="')[1].split('"')[0]
    assert path.count("M") == strokes
    assert path.endswith("600.0 0.0")


def test_dasks_own_dashboard_is_linked_for_administrators_where_there_is_one(bare: Context) -> None:
    page = HealthPage(bare)
    assert "PFD_DASHBOARD=true switches it on" in page.dashboard.html
    with bare.catalog.write() as session:
        samples.add(session, {"cluster": CLUSTER | {"dashboard": "http://127.0.0.1:8787"}})
    page.poller.look()
    assert '<a href="/dask/" target="_blank" rel="noopener">' in page.dashboard.html
    reader = HealthPage(bare.acting_as(User("eve", "viewer")))
    assert "for administrators" in reader.dashboard.html
    assert "/dask/" not in reader.dashboard.html
    for one in (page, reader):
        assert "8787" not in "".join(part.html for part in (one.dashboard, one.workers, one.parts, one.queue))
