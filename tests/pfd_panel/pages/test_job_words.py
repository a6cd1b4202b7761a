"""What is said of a job that has been asked for something."""

import pytest

from data_catalog.schema import Job, utc_now
from pfd_panel.components.jobs import JobState, progress
from pfd_panel.pages.job_words import job_state, wish


def job(state, requested):
    return Job(
        id="a", kind="extract_features", title="Features", owner="local", state=state, requested=requested,
        created_at=utc_now(), done_units=0, total_units=0, unit="signal", message="", error=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "requested", "said"),
    [
        ("queued", "pause", "pausing"),
        ("queued", "cancel", "stopping"),
        ("running", "pause", "pausing"),
        ("paused", "run", "resuming"),
        ("paused", "cancel", "stopping"),
        ("paused", "pause", ""),
        ("running", "run", ""),
        ("cancelled", "cancel", ""),
    ],
)
def test_a_wish_is_told_until_it_is_obeyed(state, requested, said):
    assert wish(job(state, requested)) == said


def test_a_press_on_pause_is_seen_before_the_coordinator_acts():
    assert job_state(job("queued", "pause")).note != job_state(job("queued", "run")).note


def test_a_job_without_units_says_its_state_and_not_that_it_waits() -> None:
    def told(state: str) -> str:
        return str(progress(JobState("1", "Predict", state)))

    assert "<b>Waiting</b>" in told("queued")
    assert "<b>Done</b>" in told("done")
    assert 'aria-valuenow="100"' in told("done")
    assert 'aria-valuenow="0"' in told("running")
