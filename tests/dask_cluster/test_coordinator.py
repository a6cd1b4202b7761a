"""The queue on a real Dask cluster: every end a job can come to, and what survives."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from distributed import Future

from dask_cluster.cluster import ClusterHandle
from dask_cluster.coordinator import Coordinator
from dask_cluster.jobs import request, retry, submit, wait
from dask_cluster.ledger import TAKEN_OVER, Ledger
from data_catalog import Catalog, glimpse, jobs, leases
from data_catalog.errors import FencedError
from data_catalog.schema import Job, Lease
from tests.dask_cluster.sample_kinds import expected_draws

pytestmark = pytest.mark.usefixtures("coordinator")
Submit = Callable[..., Job]
Until = Callable[..., float]


def log_of(catalog: Catalog, job_id: str) -> list[str]:
    with catalog.read() as session:
        return [event.text for event in jobs.events(session, job_id)]


def test_a_job_is_done_and_its_result_is_in_plan_order(catalog: Catalog, count: Submit) -> None:
    job = wait(catalog, count(steps=20).id, 60)
    assert (job.state, job.error) == ("done", None)
    assert job.result["draws"] == expected_draws(20)
    assert (job.done_units, job.total_units, job.unit, job.title) == (40, 40, "block", "Count to 20")
    assert job.finished_at is not None
    assert job.started_at is not None
    assert job.finished_at > job.started_at >= job.created_at
    assert log_of(catalog, job.id) == ["40 blocks planned in 20 steps", "all 40 blocks stored"]


def test_steps_that_must_follow_each_other_do(catalog: Catalog, count: Submit) -> None:
    job = wait(catalog, count(steps=4, parallel=False, hold_s=0.15).id, 60)
    assert job.result["draws"] == expected_draws(4)
    assert (job.finished_at - job.started_at).total_seconds() > 4 * 0.15


def test_progress_and_the_time_that_remains_are_reported_while_it_runs(catalog: Catalog, count: Submit) -> None:
    seen: list[tuple[int, float | None, str]] = []
    job = count(steps=6, hold_s=0.6)
    wait(catalog, job.id, 60, lambda row: seen.append((row.done_units, row.eta_s, row.message)))
    done = [units for units, _, _ in seen]
    assert done == sorted(done)
    assert len({units for units in done if 0 < units < 12}) >= 2
    assert any(message.startswith("holding") for _, _, message in seen)
    etas = [eta for _, eta, _ in seen if eta is not None]
    assert etas
    assert all(0 <= eta < 60 for eta in etas)


def test_what_steps_measure_reaches_their_kind_while_they_run(catalog: Catalog, count: Submit) -> None:
    job = wait(catalog, count(steps=2, hold_s=0.5, tells=True).id, 60)
    assert job.state == "done"
    lines = log_of(catalog, job.id)
    for index in range(2):
        told = [line for line in lines if line.startswith(f"step-{index:03d} told")]
        assert told == [
            f"step-{index:03d} told {sorted(one.items())}"
            for one in (
                {},
                {"part": "part", "epoch": 1, "numbers": {"index": float(index)}},
                {"part": "part", "epoch": 2, "numbers": {"index": float(index)}},
            )
        ]
    assert lines.index(told[-1]) < lines.index("all 4 blocks stored")


def test_whoever_watches_sees_more_reports_than_the_row_and_none_after_the_end(catalog: Catalog, count: Submit) -> None:
    job = count(steps=2, hold_s=1.5)
    marks: set[tuple[int, int]] = set()
    rows: set[tuple[int, str]] = set()
    state = "queued"
    while state not in jobs.FINISHED:
        marks.add(glimpse.mark(catalog.home, job.id))
        with catalog.read() as session:
            row = jobs.get(session, job.id)
        state = row.state
        rows.add((row.done_units, row.message))
        time.sleep(0.01)
    assert len(marks) > len(rows) + 2
    assert wait(catalog, job.id, 60).state == "done"
    assert glimpse.mark(catalog.home, job.id) == (0, 0)


def test_a_refused_step_fails_the_job_in_its_own_words_without_trying_again(catalog: Catalog, count: Submit) -> None:
    job = wait(catalog, count(steps=4, refuse_at=2).id, 60)
    assert job.state == "failed"
    assert job.error == {"message": "block 2 is not usable", "hint": "leave it out"}
    assert any("Traceback" in text and "InputError" in text for text in log_of(catalog, job.id))


def test_an_unexpected_error_is_tried_three_times_and_its_traceback_stays_in_the_log(
    catalog: Catalog, count: Submit
) -> None:
    job = wait(catalog, count(steps=3, fail_at=1).id, 60)
    assert job.state == "failed"
    assert "'step-001' failed 3 times: ZeroDivisionError: by design" in job.error["message"]
    assert "retry" in job.error["hint"]
    assert "Traceback" not in str(job.error)
    log = log_of(catalog, job.id)
    assert log.count("about to fail at 1") == 3
    assert any("Traceback" in text and "by design" in text for text in log)


def test_a_retry_keeps_the_finished_steps(catalog: Catalog, count: Submit, tmp_path) -> None:
    healed = tmp_path / "healed"
    job = count(steps=6, parallel=False, fail_at=3, heal=str(healed))
    assert wait(catalog, job.id, 60).state == "failed"
    with catalog.read() as session:
        assert jobs.steps_done(session, job.id) == {"step-000", "step-001", "step-002"}
    healed.touch()
    retry(catalog, job.id)
    again = wait(catalog, job.id, 60)
    assert (again.state, again.error, again.result["draws"]) == ("done", None, expected_draws(6))
    assert "continues after 6 of 12 blocks" in log_of(catalog, job.id)


@pytest.mark.parametrize("deaf", [False, True])
def test_a_running_job_is_cancelled_within_a_second(catalog: Catalog, count: Submit, until: Until, deaf: bool) -> None:
    job = count(steps=6, hold_s=2.0 if deaf else 30.0, deaf=deaf)
    until(job.id, lambda row: row.done_units > 0)
    request(catalog, job.id, "cancel")
    took = until(job.id, lambda row: row.state == "cancelled")
    assert took < 1.5  # a second, and the noise of a shared machine


def test_a_paused_job_rests_and_resumes_to_the_same_result(catalog: Catalog, count: Submit, until: Until) -> None:
    job = count(steps=8, hold_s=0.3)
    until(job.id, lambda row: row.done_units > 2)
    request(catalog, job.id, "pause")
    assert until(job.id, lambda row: row.state == "paused") < 1.5
    with catalog.read() as session:
        resting = jobs.steps_done(session, job.id)
    time.sleep(0.7)
    with catalog.read() as session:
        assert jobs.steps_done(session, job.id) == resting
    request(catalog, job.id, "run")
    done = wait(catalog, job.id, 60)
    assert (done.state, done.result["draws"]) == ("done", expected_draws(8))


def test_a_killed_worker_costs_nothing_but_its_step(catalog: Catalog, count: Submit) -> None:
    job = wait(catalog, count(steps=6, die_once_at=2).id, 90)
    assert (job.state, job.error, job.result["draws"]) == ("done", None, expected_draws(6))


@pytest.mark.parametrize(
    "point",
    [
        "segment.after_rename",
        pytest.param("segment.before_fsync", marks=pytest.mark.slow),
        pytest.param("segment.after_fsync", marks=pytest.mark.slow),
    ],
)
def test_a_worker_killed_while_it_writes_a_segment_changes_nothing_in_the_result(
    catalog: Catalog, count: Submit, point: str
) -> None:
    undisturbed = wait(catalog, count(steps=4, worker_fault=point, fault_at=-1).id, 90)
    killed = wait(catalog, count(steps=4, worker_fault=point, fault_at=1).id, 90)
    assert (catalog.home / f"worker-{point}").exists()
    assert (killed.state, killed.error) == ("done", None)
    assert killed.result == undisturbed.result
    assert len(set(killed.result["signals"])) == 4


def test_a_step_no_worker_can_take_fails_in_words(catalog: Catalog, count: Submit) -> None:
    job = wait(catalog, count(steps=1, resources={"GPU": 8}).id, 60)
    assert job.state == "failed"
    assert "needs 8 GPU" in job.error["message"]


def test_jobs_share_the_cluster(catalog: Catalog, count: Submit, until: Until) -> None:
    long = count(steps=40, hold_s=0.3)
    until(long.id, lambda row: row.state == "running")
    short = count(steps=2)
    assert wait(catalog, short.id, 30).state == "done"
    with catalog.read() as session:
        assert jobs.get(session, long.id).state == "running"
    request(catalog, long.id, "cancel")


def test_waiting_jobs_obey_without_being_started(
    catalog: Catalog, count: Submit, until: Until, coordinator: Coordinator
) -> None:
    busy = [count(steps=2, hold_s=20.0) for _ in range(4)]
    for job in busy:
        until(job.id, lambda row: row.state == "running")
    waiting = count(steps=1)
    request(catalog, waiting.id, "pause")
    until(waiting.id, lambda row: row.state == "paused", 5)
    request(catalog, waiting.id, "cancel")
    until(waiting.id, lambda row: row.state == "cancelled", 5)
    for job in busy:
        request(catalog, job.id, "cancel")
    for job in busy:
        assert wait(catalog, job.id, 10).state == "cancelled"


def test_a_lost_client_is_replaced_and_the_job_goes_on(
    catalog: Catalog, count: Submit, until: Until, coordinator: Coordinator
) -> None:
    job = count(steps=8, hold_s=0.3)
    until(job.id, lambda row: row.done_units > 1)
    coordinator._link.handle().client.close()
    done = wait(catalog, job.id, 60)
    assert (done.state, done.error, done.result["draws"]) == ("done", None, expected_draws(8))


def test_a_client_lost_while_it_fetches_a_result_is_replaced(
    catalog: Catalog, count: Submit, until: Until, coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, lost = Future.result, list[str]()

    def losing(future: Future, timeout: float | None = None) -> Any:
        if not lost:
            lost.append(future.key)
            future.client.close()
        return fetch(future, timeout)

    monkeypatch.setattr(Future, "result", losing)
    done = wait(catalog, count(steps=4).id, 60)
    assert (done.state, done.error, done.result["draws"]) == ("done", None, expected_draws(4))
    assert lost


def test_who_was_replaced_writes_no_more(catalog: Catalog, count: Submit, until: Until) -> None:
    job = count(steps=40, hold_s=0.2)
    until(job.id, lambda row: row.done_units > 1)
    with catalog.write() as session:
        lease = session.get(Lease, jobs.COORDINATOR)
        old = lease.fence
        leases.release(session, jobs.COORDINATOR, lease.holder, old)
        assert leases.acquire(session, jobs.COORDINATOR, "someone else", 60.0) == old + 1
    with catalog.read() as session:
        committed = jobs.steps_done(session, job.id)
    time.sleep(1.5)
    with catalog.read() as session:
        row = jobs.get(session, job.id)
        assert jobs.steps_done(session, job.id) == committed
    assert (row.state, row.fence) == ("running", old)
    with pytest.raises(FencedError):
        Ledger(catalog, old).stop(job.id, "paused")


def test_a_job_that_keeps_killing_its_coordinator_is_given_up_in_words(
    catalog: Catalog, connect: Callable[[], ClusterHandle], coordinator: Coordinator, until: Until, count: Submit
) -> None:
    job = count(steps=2, hold_s=60.0)
    until(job.id, lambda row: row.state == "running")
    with catalog.write() as session:  # as if two coordinators had died before
        for _ in range(2):
            jobs.log(session, job.id, "warning", TAKEN_OVER)
        lease = session.get(Lease, jobs.COORDINATOR)
        leases.release(session, jobs.COORDINATOR, lease.holder, lease.fence)
        leases.acquire(session, jobs.COORDINATOR, "dead", 0.001)
    failed = wait(catalog, job.id, 30)
    assert failed.state == "failed"
    assert "died 3 times" in failed.error["message"]


def test_the_self_check_proves_store_and_workers(catalog: Catalog) -> None:
    job = wait(catalog, submit(catalog, "selftest", {"blocks": 3}, owner="tester").id, 120)
    assert (job.state, job.error) == ("done", None)
    assert (job.result["signals"], job.result["wrong"]) == (24, 0)
    assert len(set(job.result["signal_ids"])) == 24


def test_a_second_coordinator_stands_by(catalog: Catalog, count: Submit, until: Until) -> None:
    job = count(steps=4, hold_s=0.5)
    until(job.id, lambda row: row.state == "running")
    never = threading.Event()

    def refuse() -> ClusterHandle:
        never.set()
        raise AssertionError("who stands by needs no cluster")

    stop = threading.Event()
    second = threading.Thread(target=Coordinator(catalog, refuse, holder="second", lease_s=5.0).run, args=(stop,))
    second.start()
    assert wait(catalog, job.id, 60).result["draws"] == expected_draws(4)
    with catalog.read() as session:
        assert leases.current(session, jobs.COORDINATOR).holder != "second"
    stop.set()
    second.join(10)
    assert not never.is_set()
