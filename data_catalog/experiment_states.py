"""Experiments follow the state of their jobs, and runs that of their experiment."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data_catalog.batches import changed
from data_catalog.schema import Experiment, Job, Run, utc_now

NOT_BEGUN = "not begun: another seed of the experiment failed"


def follow(session: Session, job_id: str | None = None) -> int:
    """Give experiments the state of their jobs where it differs, of one job or of all; how many it did in.

    A run that has left its model stays done. Of the others one is `running` from its first word on (`begin`); until
    then it waits. When the job fails, so does what was running, in the job's words.
    """
    apart = select(Experiment, Job).join(Job, Job.id == Experiment.job_id).where(Experiment.state != Job.state)
    found = session.execute(apart if job_id is None else apart.where(Job.id == job_id)).all()
    for experiment, job in found:
        experiment.state, experiment.updated_at = job.state, utc_now()
        experiment.started_at, experiment.finished_at = job.started_at, job.finished_at
        _lead_runs(session, experiment, job)
    session.flush()
    return len(found)


def begin(session: Session, run: Run) -> None:
    """A run's step has said its first word."""
    if run.state != "done":
        run.state, run.message = "running", ""
        run.started_at = run.started_at or utc_now()
        session.flush()


def _lead_runs(session: Session, experiment: Experiment, job: Job) -> None:
    if job.state == "done":
        return
    session.flush()
    waiting = update(Run).where(Run.experiment_id == experiment.id, Run.state != "done")
    if job.state != "failed":
        state = "queued" if job.state == "running" else job.state
        ended = job.finished_at if state == "cancelled" else None
        changed(session, waiting.values(state=state, finished_at=ended, message=""))
        return
    words = str((job.error or {}).get("message", ""))
    began = changed(
        session,
        waiting.where(Run.state == "running").values(state="failed", message=words, finished_at=job.finished_at),
    )
    others = waiting.where(Run.state != "failed")
    failed = {"state": "failed", "message": words} if not began else {"state": "cancelled", "message": NOT_BEGUN}
    changed(session, others.values(finished_at=job.finished_at, **failed))
