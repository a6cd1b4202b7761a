"""`pfd report`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli import waiting
from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, NoWait
from pfd_panel.cli.output import say, spoken_errors


@app.command()
def report(
    context: typer.Context,
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...", help="Model (id, name, name:number) or experiment (id); several are compared."
        ),
    ],
    form: Annotated[str, typer.Option("--format", help="pdf, html, or both: pdf,html.")] = "pdf,html",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder the files are written into.")] = Path(),
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Write a report of a model, or of 2 to 10 against one another: scores, split, leaks, limits, how to repeat it."""
    from pfd_panel.workbench_reporting import folder_for

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        folder = folder_for(output)
        job = bench.start_report(models, [one.strip() for one in form.split(",") if one.strip()])

        def saved(result: dict[str, Any]) -> dict[str, Any]:
            return {"written": [bench.save_report(job, one["format"], folder) for one in result["files"]]}

        def words(result: dict[str, Any]) -> None:
            for path in result["written"]:
                say(str(path))

        waiting.finish(bench, job, words, no_wait=no_wait, as_json=as_json, more=saved)
