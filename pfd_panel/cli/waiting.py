"""What a command does with a job it started: print its id at once, or wait, tell the result, leave with its status."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from pfd_panel.cli.output import Exit, say, show

if TYPE_CHECKING:
    from data_catalog.schema import Job
    from pfd_panel.workbench import Workbench

STATUS_OF = {"done": Exit.OK, "failed": Exit.FAILED, "cancelled": Exit.CANCELLED}


def hand_over(job: "Job", *, as_json: bool) -> None:
    """Print the id of a queued job and nothing else, for ``job=$(pfd … --no-wait)``."""
    show({"job": job.id}, as_json=as_json, words=lambda: say(job.id))


def finish(
    bench: "Workbench",
    job: "Job",
    words: Callable[[dict[str, Any]], None],
    *,
    no_wait: bool,
    as_json: bool,
    more: Callable[[dict[str, Any]], dict[str, Any]] = lambda _: {},
) -> None:
    """Hand a job over, or wait for its end and show its result.

    Parameters
    ----------
    words : callable
        Says the result to a person.
    more : callable
        What is shown beside the job's own result.

    Raises
    ------
    typer.Exit
        With status 3, if the job left questions open.
    """
    if no_wait:
        hand_over(job, as_json=as_json)
        return
    ended = bench.wait(job)
    result = {"job": ended.id, **ended.result, **more(ended.result)}
    show(result, as_json=as_json, words=lambda: words(result))
    if status_of(ended) is Exit.NEEDS_ANSWERS:
        raise typer.Exit(int(Exit.NEEDS_ANSWERS))


def status_of(job: "Job") -> Exit:
    """The exit status that a job's end stands for."""
    return Exit.NEEDS_ANSWERS if job.state == "done" and job.result.get("needs") else STATUS_OF[job.state]
