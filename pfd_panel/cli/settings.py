"""`pfd settings`: what can be set, what is set, and a file to start from."""

import sys
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import show, spoken_errors, table


@app.command("settings")
def settings(
    context: typer.Context,
    example: Annotated[
        bool, typer.Option("--example", help="Print a file of environment variables to start from.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Explain every setting, with its value here; each is an environment variable."""
    from dask_cluster.logs import LogSettings
    from dask_cluster.settings import ClusterSettings
    from pfd_panel.server.settings import ServerSettings
    from pfd_panel.settings_example import declared, example_file

    options: Globals = context.obj
    if example:
        sys.stdout.write(example_file())
        return
    with spoken_errors(as_json=as_json):
        cluster = ClusterSettings.read(home=options.home, workers=options.workers)
        values: dict[str, Any] = ServerSettings.read(home=cluster.home).model_dump(mode="json")
        values |= cluster.model_dump(mode="json") | LogSettings().model_dump(mode="json")
        rows = [{"name": one.variable, "value": values[one.name], "meaning": one.meaning} for one in declared()]

        def words() -> None:
            table(("Variable", "Value", "Meaning"), [tuple(row.values()) for row in rows])

        show({"settings": rows}, as_json=as_json, words=words)
