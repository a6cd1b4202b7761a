"""Real processes killed at named points: after a restart every job finishes as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from dask_cluster.ensure import coordinator_lives, ensure_coordinator
from dask_cluster.errors import NoCoordinatorError
from dask_cluster.home_lock import read_lock
from dask_cluster.jobs import submit, wait
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog, jobs, leases
from data_catalog.schema import Job
from tests.dask_cluster.sample_kinds import expected_draws

ROOT = Path(__file__).parents[2]
COORDINATOR = """
import sys
from tests.dask_cluster import sample_kinds
from dask_cluster.coordinator_main import main
if __name__ == "__main__":
    sys.exit(main())
"""
SUPERVISOR = """
import sys
from dask_cluster import supervisor
from dask_cluster.settings import ClusterSettings
supervisor.coordinator_command = lambda: [sys.executable, sys.argv[1]]
web = [sys.executable, "-c", "import time; time.sleep(600)"]
if __name__ == "__main__":
    supervisor.Supervisor(ClusterSettings.read(), {"web": web}, address="http://127.0.0.1:5006").run()
"""
Submit = Callable[..., Job]
Until = Callable[..., float]


class Processes:
    """Starts our programs as a user's shell would, and leaves none behind."""

    def __init__(self, home: Path, scripts: Path) -> None:
        self.home = home
        self._coordinator = scripts / "coordinator.py"
        self._supervisor = scripts / "supervisor.py"
        self._coordinator.write_text(COORDINATOR)
        self._supervisor.write_text(SUPERVISOR)
        self._started: list[subprocess.Popen[bytes]] = []
        self._seen: set[psutil.Process] = set()

    def coordinator(self, lease_s: float = 5.0) -> "subprocess.Popen[bytes]":
        return self._start([str(self._coordinator)], lease_s)

    def supervisor(self, lease_s: float = 5.0) -> "subprocess.Popen[bytes]":
        return self._start([str(self._supervisor), str(self._coordinator)], lease_s)

    def family(self, pid: int) -> list[psutil.Process]:
        """A process and all its descendants."""
        process = psutil.Process(pid)
        members = [process, *process.children(recursive=True)]
        self._seen.update(members)
        return members

    def _start(self, arguments: list[str], lease_s: float) -> "subprocess.Popen[bytes]":
        settings = ClusterSettings(home=self.home, workers=1, lease_s=lease_s)
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        with (self.home / "logs" / "test.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                env=os.environ | settings.environment() | {"PYTHONPATH": path},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._started.append(process)
        return process

    def end(self) -> None:
        for process in self._started:
            if process.poll() is None:
                self._seen.update(psutil.Process(process.pid).children(recursive=True))
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        for member in self._seen:
            if member.is_running():
                member.kill()


@pytest.fixture
def processes(catalog: Catalog, tmp_path: Path) -> Iterator[Processes]:
    started = Processes(catalog.home, tmp_path)
    yield started
    started.end()


def gone_within(members: list[psutil.Process], seconds: float) -> bool:
    _, alive = psutil.wait_procs(members, timeout=seconds)
    return not [member for member in alive if member.status() != psutil.STATUS_ZOMBIE]


POINTS = [
    ("commit.before", 2),
    pytest.param("commit.after", 2, marks=pytest.mark.slow),
    pytest.param("commit.before", 0, marks=pytest.mark.slow),
    pytest.param("commit.after", 5, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("point", "at"), POINTS)
def test_a_coordinator_killed_at_a_commit_is_replaced_and_the_result_is_the_same(
    processes: Processes, catalog: Catalog, count: Submit, point: str, at: int
) -> None:
    job = count(steps=6, fault=point, fault_at=at, parallel=False)
    first = processes.coordinator()
    assert first.wait(60) == -signal.SIGKILL
    with catalog.read() as session:
        committed = jobs.steps_done(session, job.id)
        assert jobs.get(session, job.id).state == "running"
    assert committed == {f"step-{index:03d}" for index in range(at + (point == "commit.after"))}
    processes.coordinator()
    done = wait(catalog, job.id, 90)
    assert (done.state, done.error, done.result["draws"]) == ("done", None, expected_draws(6))
    with catalog.read() as session:
        assert len(jobs.step_results(session, job.id)) == 6


def test_a_coordinator_told_to_end_hands_its_jobs_back_at_once(
    processes: Processes, catalog: Catalog, count: Submit, until: Until, state_of: Callable[[str], Job]
) -> None:
    job = count(steps=6, hold_s=0.4)
    process = processes.coordinator()
    until(job.id, lambda row: row.done_units > 1)
    family = processes.family(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert gone_within(family, 5)
    assert state_of(job.id).state == "queued"
    with catalog.read() as session:
        assert leases.current(session, jobs.COORDINATOR) is None


def test_a_coordinator_that_slept_past_its_lease_writes_nothing_when_it_wakes(
    processes: Processes, catalog: Catalog, count: Submit, until: Until
) -> None:
    job = count(steps=8, hold_s=0.3)
    sleeper = processes.coordinator(lease_s=1.5)
    until(job.id, lambda row: row.done_units > 1)
    sleeper.send_signal(signal.SIGSTOP)
    successor = processes.coordinator(lease_s=1.5)
    done = wait(catalog, job.id, 90)
    assert (done.state, done.result["draws"]) == ("done", expected_draws(8))
    with catalog.read() as session:
        before = jobs.get(session, job.id), jobs.step_results(session, job.id)
        log = len(jobs.events(session, job.id))
        holder = leases.current(session, jobs.COORDINATOR).holder
    sleeper.send_signal(signal.SIGCONT)
    time.sleep(3.0)
    with catalog.read() as session:
        after = jobs.get(session, job.id), jobs.step_results(session, job.id)
        assert len(jobs.events(session, job.id)) == log
        assert leases.current(session, jobs.COORDINATOR).holder == holder
    assert after[1] == before[1]
    assert (after[0].state, after[0].fence, after[0].heartbeat_at) == ("done", before[0].fence, before[0].heartbeat_at)
    assert sleeper.poll() is None  # it stands by
    assert str(successor.pid) in holder


def test_each_process_restarts_alone_and_none_outlives_its_supervisor(
    processes: Processes,
    catalog: Catalog,
    count: Submit,
    until: Until,
    state_of: Callable[[str], Job],
) -> None:
    run_folder = catalog.home / "run"
    job = count(steps=10, hold_s=0.5)
    supervisor = processes.supervisor()
    until(job.id, lambda row: row.done_units > 1)
    before = read_lock(run_folder)["children"]

    os.kill(before["web"], signal.SIGKILL)
    time.sleep(1.5)
    middle = read_lock(run_folder)["children"]
    assert middle["web"] not in {None, before["web"]}
    assert middle["coordinator"] == before["coordinator"]

    processes.family(supervisor.pid)
    os.kill(before["coordinator"], signal.SIGKILL)
    term = state_of(job.id).fence
    until(job.id, lambda row: row.fence > term)
    with catalog.read() as session:
        so_far = len(jobs.steps_done(session, job.id))
    until(job.id, lambda row: row.done_units > 2 * so_far)
    assert read_lock(run_folder)["children"]["web"] == middle["web"]

    # supervisor, web, coordinator, worker; a busy machine takes a while to start the last one
    end = time.monotonic() + 30
    while len(family := processes.family(supervisor.pid)) < 4:
        assert time.monotonic() < end, family
        time.sleep(0.1)
    supervisor.kill()
    supervisor.wait()
    assert gone_within(family, 30)
    processes.supervisor()
    done = wait(catalog, job.id, 90)
    assert (done.state, done.error, done.result["draws"]) == ("done", None, expected_draws(10))


def test_a_supervisor_told_to_end_takes_its_children_with_it_and_a_second_one_is_refused(
    processes: Processes, catalog: Catalog
) -> None:
    first = processes.supervisor()
    until = time.monotonic() + 30
    while "children" not in read_lock(catalog.home / "run"):
        assert time.monotonic() < until
        time.sleep(0.05)
    second = processes.supervisor()
    assert second.wait(30) != 0
    words = (catalog.home / "logs" / "test.log").read_text()
    assert f"another supervisor (pid {first.pid}, since 20" in words
    assert str(catalog.home) in words
    family = processes.family(first.pid)
    first.terminate()
    assert first.wait(20) == 0
    assert gone_within(family, 5)
    assert read_lock(catalog.home / "run") == {}


def test_a_command_starts_a_coordinator_only_when_none_runs_and_ends_its_own(catalog: Catalog) -> None:
    settings = ClusterSettings(home=catalog.home, workers=1)
    with ensure_coordinator(catalog, settings) as started:
        assert started
        with ensure_coordinator(catalog, settings) as again:
            assert not again
        assert coordinator_lives(catalog)
        job = submit(catalog, "selftest", {"blocks": 1, "signals": 2}, owner="tester")
        assert wait(catalog, job.id, 90).state == "done"
    assert not coordinator_lives(catalog)


def test_a_coordinator_that_cannot_start_is_told_in_words(catalog: Catalog) -> None:
    settings = ClusterSettings(home=catalog.home, database_url="mysql://nowhere/none")
    with pytest.raises(NoCoordinatorError, match="did not start"), ensure_coordinator(catalog, settings):
        pytest.fail("the block must not be entered")
