"""The application: global options, and the commands of each area."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pfd_panel.services.context import Context
    from pfd_panel.workbench import Workbench

app = typer.Typer(
    name="pfd",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Which machine is failing, why, and how sure: from the vibration data you already have.",
    epilog="Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 questions are open, 4 cancelled, 5 not ended.",
)


@dataclass
class Globals:
    """What the global options said."""

    home: Path | None = None
    workers: int | None = None

    @contextmanager
    def opened(self) -> Iterator["Context"]:
        """The chosen data directory, without what computes on it."""
        from pfd_panel.opening import open_context

        context = open_context(self.home, workers=self.workers)
        try:
            yield context
        finally:
            context.catalog.close()

    def workbench(self, *, progress: bool = False) -> "Workbench":
        """The services on the chosen data directory; `progress` draws a bar on standard error while waiting."""
        from pfd_panel.cli.progress import bar
        from pfd_panel.workbench import Workbench

        return Workbench(
            self.home, on_progress=bar() if progress and sys.stderr.isatty() else None, workers=self.workers
        )


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", envvar="PFD_HOME", help="Data directory (default ~/.pfd).", show_envvar=True),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes (default: cores).")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log to standard error.")] = False,
) -> None:
    """Options that come before the command."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.CRITICAL,
        stream=sys.stderr,
        format="%(asctime)s %(name)s %(message)s",
    )
    context.obj = Globals(home, workers)


def main() -> None:
    """Entry point of `pfd`."""
    # each module adds its commands to `app`; nothing heavy is imported before a command runs
    from pfd_panel.cli import commands  # noqa: F401

    app()
