"""`pfd jobs …` and `pfd submit`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pfd_panel.cli import waiting
from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, NoWait
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table


class State(StrEnum):
    """The states of a job, as an option takes them."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


jobs = typer.Typer(no_args_is_help=False, help="List, watch and control jobs.", invoke_without_command=True)
app.add_typer(jobs, name="jobs")


def job_row(job: Any) -> dict[str, Any]:
    """A job as plain values."""
    names = (
        "id", "kind", "title", "state", "requested", "done_units", "total_units", "unit", "message", "eta_s", "attempt",
        "owner", "created_at", "started_at", "finished_at", "result", "error",
    )  # fmt: skip
    return {name: getattr(job, name) for name in names}


@jobs.callback()
def listing(
    context: typer.Context,
    state: Annotated[list[State] | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    as_json: Json = False,
) -> None:
    """List jobs, newest first."""
    if context.invoked_subcommand is not None:
        return
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        listed = [job_row(job) for job in bench.jobs(states=tuple(state or ()), limit=limit)]
        rows = [
            (one["id"][:12], one["title"], one["state"], f"{one['done_units']} / {one['total_units']}")
            for one in listed
        ]
        show({"jobs": listed}, as_json=as_json, words=lambda: table(("Job", "What", "State", "Done"), rows, right=(3,)))


def end_of(job: Any, *, as_json: bool) -> None:
    """Show how a job ended, and leave with its exit status."""

    def words() -> None:
        say(f"{job.title}: {job.state}")
        if job.error:
            say(f"  {job.error['message']} {job.error.get('hint', '')}")

    show(job_row(job), as_json=as_json, words=words)
    raise typer.Exit(int(waiting.status_of(job)))


@jobs.command()
def wait(
    context: typer.Context,
    job: str,
    timeout: Annotated[float | None, typer.Option(help="Give up waiting after this many seconds.")] = None,
    as_json: Json = False,
) -> None:
    """Wait for a job; exit status: 0 done, 1 failed, 3 questions are open, 4 cancelled, 5 not ended in time."""
    from dask_cluster.errors import WaitTimeoutError
    from pfd_panel.services import work

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        found = work.get(bench.context, job)
        try:
            ended = work.finish(bench.context, found.id, timeout_s=timeout, on_progress=bench.on_progress)
        except WaitTimeoutError as error:
            stop(str(error), error.hint, as_json=as_json, status=Exit.NOT_ENDED, job=found.id)
        end_of(ended, as_json=as_json)


@jobs.command("show")
def show_job(context: typer.Context, job: str, as_json: Json = False) -> None:
    """Show one job."""
    from pfd_panel.services import work

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = job_row(work.get(bench.context, job))
        show(row, as_json=as_json, words=lambda: table(("Field", "Value"), list(row.items())))


@jobs.command()
def log(context: typer.Context, job: str, as_json: Json = False) -> None:
    """Print the log of a job."""
    from pfd_panel.services import work

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = work.get(bench.context, job)
        events = work.whole_log(bench.context, found.id)
        lines = [{"at": one.at.isoformat(timespec="seconds"), "level": one.level, "text": one.text} for one in events]
        rows = [(one["at"], one["level"], one["text"]) for one in lines]
        show({"events": lines}, as_json=as_json, words=lambda: table(("Time (UTC)", "Level", "Text"), rows))


def control(context: typer.Context, job: str, what: Literal["run", "pause", "cancel", "retry"], as_json: bool) -> None:
    """Set what is requested of a job."""
    from pfd_panel.services import work

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = work.get(bench.context, job)
        asked = work.again(bench.context, found.id) if what == "retry" else work.control(bench.context, found.id, what)
        show(job_row(asked), as_json=as_json, words=lambda: say(f"{asked.title}: {what} requested"))


@jobs.command()
def cancel(context: typer.Context, job: str, as_json: Json = False) -> None:
    """Stop a job for good."""
    control(context, job, "cancel", as_json)


@jobs.command()
def pause(context: typer.Context, job: str, as_json: Json = False) -> None:
    """Stop a job until it is resumed."""
    control(context, job, "pause", as_json)


@jobs.command()
def resume(context: typer.Context, job: str, as_json: Json = False) -> None:
    """Go on with a paused job."""
    control(context, job, "run", as_json)


@jobs.command()
def retry(context: typer.Context, job: str, as_json: Json = False) -> None:
    """Queue a failed or cancelled job again; committed steps are not repeated."""
    control(context, job, "retry", as_json)


@app.command()
def submit(context: typer.Context, file: Path, no_wait: NoWait = False, as_json: Json = False) -> None:
    """Run the job that a YAML file describes (kind and params)."""
    from pfd_panel.services import work

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        queued = work.start_file(bench.context, file)
        if no_wait:
            waiting.hand_over(queued, as_json=as_json)
            return
        end_of(work.finish(bench.context, queued.id, on_progress=bench.on_progress), as_json=as_json)
