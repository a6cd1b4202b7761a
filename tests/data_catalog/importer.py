"""A small import as a process of its own: writes segments, commits steps, seals, and skips what is committed."""

import sys
from pathlib import Path

import numpy as np

from data_catalog import Catalog, datasets, fault_points, jobs, leases, signals
from data_catalog.store import RowInput

STEPS = 3
ROWS = 4


def samples(source: str, step: int, row: int) -> np.ndarray:
    """Noise that no two places share."""
    seed = [*source.encode(), step, row]
    return np.random.default_rng(seed).integers(-999, 999, 600).astype(np.int16)


def run(home: Path, source: str, database_url: str | None = None, *, fenced: bool = False) -> None:
    """Import `STEPS` segments of `ROWS` signals from `source` as the job of that name, from where it was left."""
    with Catalog.open(home, database_url=database_url) as catalog:
        with catalog.write() as session:
            dataset = datasets.get(session, "rig")
            fence = leases.acquire(session, jobs.COORDINATOR, "tests", 60) if fenced else None
            job_id = next((job.id for job in jobs.page(session).rows if job.title == source), None)
            if job_id is None:
                job_id = jobs.insert(session, "import", source, {}, "ada", "file").id
            done = jobs.steps_done(session, job_id)
        for step in range(STEPS):
            key = f"step {step}"
            if key in done:
                continue
            manifest = catalog.store.write_short([RowInput("DE", samples(source, step, row)) for row in range(ROWS)])
            drafts = [
                signals.MemberDraft(
                    recording=f"{source}/{step}/{stored.row}",
                    channel="DE",
                    rate_hz=12000.0,
                    rate_source="file",
                    stored=stored,
                )
                for stored in manifest.stored
            ]
            with catalog.write() as session:
                signals.add_segments(
                    session, dataset.id, [manifest], drafts, owner="ada", job_id=job_id, reason="import"
                )
                if fence is not None:
                    jobs.add_step(session, job_id, key, ROWS, {}, fence)
        with catalog.write() as session:
            signals.seal_version(session, dataset.id, owner="ada", reason="import", job_id=job_id)
            if fence is not None:
                jobs.set_state(session, job_id, "done", fence=fence)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        fault_points.configure(sys.argv[3], after=int(sys.argv[4]))
    run(Path(sys.argv[1]), sys.argv[2], fenced=True)
