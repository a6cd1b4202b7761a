"""Jobs from a shell or a batch system: left behind, waited for by exit status, steered, described in files."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from data_catalog import Catalog
from data_catalog.schema import Job
from pfd_panel.cli.output import Exit, spoken_errors
from pfd_panel.errors import JobFailedError
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.shell import pfd, spoken


def job_file(folder: Path, kind: str, **params: Any) -> Path:
    path = folder / "job.yaml"
    path.write_text(yaml.safe_dump({"kind": kind, "params": params}))
    return path


def submit(desk: Catalog, folder: Path, kind: str, **params: Any) -> str:
    answer = pfd(desk.home, "submit", job_file(folder, kind, **params), "--no-wait")
    assert answer.status == 0
    assert list(answer.told) == ["job"]
    job: str = answer.told["job"]
    return job


def until(desk: Catalog, job: str, state: str) -> dict[str, Any]:
    began = time.monotonic()
    while (told := pfd(desk.home, "jobs", "show", job).told)["state"] != state:
        assert time.monotonic() - began < 30, told
        time.sleep(0.05)
    return told


@pytest.fixture
def held(desk: Catalog, tmp_path: Path) -> Iterator[str]:
    """A job that would run for a minute."""
    job = submit(desk, tmp_path, "selftest", blocks=1, length=64, hold_s=60)
    yield job
    if pfd(desk.home, "jobs", "show", job).told["state"] not in {"done", "failed", "cancelled"}:
        pfd(desk.home, "jobs", "cancel", job)
        pfd(desk.home, "jobs", "wait", job)


def test_a_job_file_is_run_to_its_result(desk: Catalog, tmp_path: Path) -> None:
    answer = pfd(desk.home, "submit", job_file(tmp_path, "selftest", blocks=3, signals=2, length=64))
    assert (answer.status, answer.told["state"], answer.told["kind"]) == (0, "done", "selftest")
    assert (answer.told["result"]["signals"], answer.told["result"]["wrong"]) == (6, 0)


def test_without_waiting_only_the_id_is_printed(desk: Catalog, tmp_path: Path) -> None:
    file = job_file(tmp_path, "selftest", blocks=1, length=64)
    status, said = spoken(desk.home, "submit", file, "--no-wait")
    assert status == 0
    assert len(said.split()) == 1
    status, waited = spoken(desk.home, "jobs", "wait", said.strip())
    assert (status, waited.strip()) == (0, "Check cluster and store: done")


def test_every_command_that_works_long_can_leave_its_job_behind(desk: Catalog, tmp_path: Path) -> None:
    source = write_recording(tmp_path / "rig" / "one.mat", 1, fs=12_000.0)
    for arguments in (
        ("import", source, "--dataset", "left behind", "--yes"),
        ("features", "left behind"),
        ("generate", "--dataset", "left behind too", "--set", "per_class=1", "--set", "duration_s=0.5"),
    ):
        queued = pfd(desk.home, *arguments, "--no-wait")
        assert queued.status == 0
        ended = pfd(desk.home, "jobs", "wait", queued.told["job"])
        assert (ended.status, ended.told["state"]) == (0, "done")
    datasets = {one["name"]: one["signals"] for one in pfd(desk.home, "datasets").told["datasets"]}
    assert (datasets["left behind"], datasets["left behind too"]) == (2, 5)


def test_a_failed_job_is_waited_for_with_status_1_and_says_why(desk: Catalog, tmp_path: Path) -> None:
    (tmp_path / "no.mat").write_bytes(b"not a measurement")
    job = submit(desk, tmp_path, "import_signals", path=str(tmp_path / "no.mat"), dataset="never")
    answer = pfd(desk.home, "jobs", "wait", job)
    assert (answer.status, answer.told["state"]) == (1, "failed")
    assert "no.mat" in answer.told["error"]["message"]
    assert answer.told["error"]["hint"]
    status, said = spoken(desk.home, "jobs", "wait", job)
    assert status == 1
    assert "no.mat" in said


def test_open_questions_are_status_3(desk: Catalog, tmp_path: Path) -> None:
    source = write_recording(tmp_path / "rig" / "unknown.mat", 2)
    answer = pfd(desk.home, "import", source, "--dataset", "asked", "--yes", "--no-wait")
    assert answer.status == 0
    waited = pfd(desk.home, "jobs", "wait", answer.told["job"])
    assert (waited.status, waited.told["state"]) == (3, "done")
    assert {need["channel"] for need in waited.told["result"]["needs"]} == {"DE", "FE"}


def test_a_cancelled_job_is_status_4(desk: Catalog, held: str) -> None:
    until(desk, held, "running")
    assert pfd(desk.home, "jobs", "cancel", held).status == 0
    answer = pfd(desk.home, "jobs", "wait", held)
    assert (answer.status, answer.told["state"]) == (4, "cancelled")


def test_giving_up_waiting_is_status_5_and_leaves_the_job_alone(desk: Catalog, held: str) -> None:
    answer = pfd(desk.home, "jobs", "wait", held, "--timeout", "0.3")
    assert answer.status == 5
    assert held in (answer.told["job"], answer.told["hint"])
    assert "0.3 s" in answer.told["error"]
    assert pfd(desk.home, "jobs", "show", held).told["state"] in {"queued", "running"}


def test_a_job_is_paused_resumed_cancelled_and_retried(desk: Catalog, tmp_path: Path) -> None:
    job = submit(desk, tmp_path, "selftest", blocks=2, length=64, hold_s=0.8)
    until(desk, job, "running")
    assert pfd(desk.home, "jobs", "pause", job).told["requested"] == "pause"
    until(desk, job, "paused")
    assert pfd(desk.home, "jobs", "resume", job).status == 0
    until(desk, job, "running")
    assert pfd(desk.home, "jobs", "cancel", job).status == 0
    until(desk, job, "cancelled")
    assert "cancelled already" in pfd(desk.home, "jobs", "pause", job).told["error"]
    assert pfd(desk.home, "jobs", "retry", job).told["attempt"] >= 2
    answer = pfd(desk.home, "jobs", "wait", job)
    assert (answer.status, answer.told["result"]["wrong"]) == (0, 0)
    assert "done; only" in pfd(desk.home, "jobs", "retry", job).told["error"]
    log = pfd(desk.home, "jobs", "log", job).told["events"]
    assert any("retried" in line["text"] for line in log)
    assert [line["at"] for line in log] == sorted(line["at"] for line in log)


def test_a_job_is_shown_by_the_beginning_of_its_id_as_lists_print_it(desk: Catalog, tmp_path: Path) -> None:
    job = submit(desk, tmp_path, "selftest", blocks=1, length=64)
    until(desk, job, "done")
    status, listed = spoken(desk.home, "jobs", "--state", "done", "--limit", "1")
    assert status == 0
    assert job[:12] in listed
    status, shown = spoken(desk.home, "jobs", "show", job[:12])
    assert status == 0
    assert "Check cluster and store" in shown
    assert "no job has an id" in pfd(desk.home, "jobs", "show", "zzz").refusal
    assert pfd(desk.home, "jobs", "wait", job[:12]).told["id"] == job


def test_jobs_are_listed_by_state(desk: Catalog, held: str) -> None:
    until(desk, held, "running")
    running = pfd(desk.home, "jobs", "--state", "running").told["jobs"]
    assert [one["id"] for one in running] == [held]
    finished = pfd(desk.home, "jobs", "--state", "done", "--state", "cancelled").told["jobs"]
    assert held not in {one["id"] for one in finished}


@pytest.mark.parametrize(
    "arguments",
    [
        ("jobs", "--state", "sleeping"),
        ("jobs", "wait"),
        ("jobs", "wait", "x", "--timeout", "soon"),
        ("train", "x", "--folds", "1"),
        ("import", "x"),
        ("datasets", "--delete"),
        ("models", "--delete"),
        ("import", "x", "--dataset", "y"),
        ("fly",),
        ("serve", "--port", "0"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(desk: Catalog, arguments: tuple[str, ...]) -> None:
    assert pfd(desk.home, *arguments).status == 2


def test_a_job_file_that_does_not_fit_is_refused_with_what_was_expected(desk: Catalog, tmp_path: Path) -> None:
    refusal = pfd(desk.home, "submit", job_file(tmp_path, "selftest", blocks=0)).refusal
    assert "blocks" in refusal
    assert "signals" in refusal
    assert "did you mean 'selftest'" in pfd(desk.home, "submit", job_file(tmp_path, "selftests")).refusal


@pytest.mark.parametrize(("state", "status"), [("cancelled", Exit.CANCELLED), ("failed", Exit.FAILED)])
def test_a_command_whose_job_was_stopped_by_others_says_so(
    state: str, status: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Job(id="abc", state=state, error={"message": "the disk is full", "hint": "make room"})
    with pytest.raises(typer.Exit) as left, spoken_errors(as_json=True):
        raise JobFailedError(job)
    assert left.value.exit_code == status
    assert json.loads(capsys.readouterr().out) == {"error": "the disk is full", "hint": "make room", "job": "abc"}
