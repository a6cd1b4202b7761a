"""`pfd look`: what files hold, without importing them."""

from pathlib import Path
from typing import Annotated

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import show, spoken_errors


@app.command()
def look(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="npy, csv, mat and wav, up to 200 MB each.")],
    rate: Annotated[
        list[str] | None,
        typer.Option(help="Sampling rate in Hz, by name of the file: 'run*.npy=48000'; a number for all."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look at files without importing them: channels, rates, findings; a file that lies about its kind is told."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        from pfd_panel.cli.data import describe
        from pfd_panel.services.importing import parse_patterns

        found = bench.peek(*files, rates=parse_patterns(rate or [], "--rate"))
        show(found.to_dict(), as_json=as_json, words=lambda: describe(found))
