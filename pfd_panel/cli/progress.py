"""A progress bar for whoever waits at a terminal."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data_catalog.schema import Job


def bar() -> "Callable[[Job], None]":
    """A callback that draws the job's progress on standard error, and leaves nothing behind when it has ended."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    drawn = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rest]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, int] = {}

    def update(job: "Job") -> None:
        if job.id not in tasks:
            tasks[job.id] = drawn.add_task(job.title, total=None, rest="")
            drawn.start()
        rest = f"{job.unit}s, about {job.eta_s:.0f} s left" if job.eta_s else f"{job.unit}s"
        drawn.update(tasks[job.id], completed=job.done_units, total=job.total_units or None, rest=rest)  # type: ignore[arg-type]
        if job.state in {"done", "failed", "cancelled"}:
            drawn.stop()

    return update
