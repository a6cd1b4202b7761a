"""How far a running job is at this moment, between two writes of its row.

The row in SQL is written twice a second, because each write waits for the disk. A glimpse is a file in the data
directory that the coordinator replaces with every report of a worker and that nobody waits for. It is never needed:
whoever finds none, or an older one, has the row.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from data_catalog.schema import Job


@dataclass(frozen=True)
class Glimpse:
    """How far a job is.

    Attributes
    ----------
    fence : int
        Number of the coordinator that runs it; one that was replaced is not believed.
    done, total : int
        In the job's unit.
    eta_s : float, optional
        Seconds it may still take.
    message : str
        What it does.
    """

    fence: int
    done: int
    total: int
    eta_s: float | None = None
    message: str = ""


def show(home: Path, job_id: str, seen: Glimpse) -> None:
    """Replace the glimpse of a job. A disk that refuses is no reason to stop the job."""
    place = _place(home, job_id)
    fresh = place.with_suffix(".new")
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_text(json.dumps(asdict(seen)))
    fresh.replace(place)


def end(home: Path, job_id: str) -> None:
    """The job runs no longer: its row says how it ended."""
    _place(home, job_id).unlink(missing_ok=True)


def mark(home: Path, job_id: str) -> tuple[int, int]:
    """Something that is another with every replacement; zeros without a glimpse. Costs a look at the directory."""
    try:
        found = _place(home, job_id).stat()
    except OSError:
        return 0, 0
    # the clock of files ticks every few milliseconds, but a file that replaces another has another number
    return found.st_mtime_ns, found.st_ino


def brought_up_to_date(home: Path, job: Job) -> Job:
    """A row, detached from its session, with what the glimpse knows better."""
    if job.state != "running":
        return job
    try:
        seen = Glimpse(**json.loads(_place(home, job.id).read_text()))
    except (OSError, ValueError, TypeError):
        return job
    if seen.fence == job.fence and seen.done >= job.done_units:
        job.done_units, job.total_units = seen.done, seen.total
        job.eta_s, job.message = seen.eta_s, seen.message
    return job


def _place(home: Path, job_id: str) -> Path:
    return home / "run" / "jobs" / f"{job_id}.json"
