"""`pfd doctor|serve|demo`."""

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

if TYPE_CHECKING:
    from pfd_panel.services.context import Context

Host = Annotated[str | None, typer.Option(help="Address to listen on (PFD_HOST; default 127.0.0.1).")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on (PFD_PORT; default 5006).")]
Processes = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Web processes behind the port (PFD_WEB_PROCESSES).")
]
READY_WITHIN_S = 60.0


@app.command()
def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be repaired.")] = False,
    as_json: Json = False,
) -> None:
    """Check every reference, checksum and orphan of the data directory (exit 1 if something is wrong)."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        report = bench.doctor(repair=repair)
        rows = [(one.severity, one.what, one.subject, "repaired" if one.repaired else "") for one in report.findings]

        def words() -> None:
            if rows:
                table(("Severity", "What", "Where", ""), rows)
            else:
                say("Everything is in order.")

        show(report, as_json=as_json, words=words)
        if any(one.severity == "error" and not one.repaired for one in report.findings):
            raise typer.Exit(int(Exit.FAILED))


@app.command()
def serve(
    context: typer.Context,
    host: Host = None,
    port: Port = None,
    processes: Processes = None,
    as_json: Json = False,
) -> None:
    """Serve the dashboard and run the queue until interrupted.

    Without accounts it prints a one-time log-in link and serves this machine only; other machines are served once
    there is an administrator, whom it asks for.
    """
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.opened() as opened:
        run_server(opened, host, port, processes, as_json=as_json)


@app.command()
def demo(context: typer.Context, host: Host = None, port: Port = None, as_json: Json = False) -> None:
    """Fill the data directory with real and synthetic recordings (the first time), then serve it."""
    from dask_cluster.ensure import ensure_coordinator
    from pfd_panel.demo.fill import fill, is_filled

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        if not is_filled(bench):
            with ensure_coordinator(bench.context.catalog, bench.context.cluster):
                fill(bench, (lambda _: None) if as_json else (lambda text: say(f"· {text}")))
        run_server(bench.context, host, port, 1, as_json=as_json)


def run_server(context: "Context", host: str | None, port: int | None, processes: int | None, *, as_json: bool) -> None:
    """Supervise the web processes and the coordinator until interrupted."""
    from dask_cluster.supervisor import Supervisor
    from pfd_panel.accounts.sign_in import has_people
    from pfd_panel.server.links import LoginLinks
    from pfd_panel.server.processes import commands_of
    from pfd_panel.server.refusals import require_accounts, require_privacy
    from pfd_panel.server.run import port_is_free
    from pfd_panel.server.settings import ServerSettings

    catalog = context.catalog
    settings = ServerSettings.read(home=catalog.home, host=host, port=port, web_processes=processes)
    require_privacy(settings)
    people = has_people(catalog)
    if settings.is_public and not people and sys.stdin.isatty() and not as_json:
        ask_for_administrator(context)
        people = True
    require_accounts(settings, people)
    if not port_is_free(settings.host, settings.port):
        stop(
            f"port {settings.port} of {settings.host} is in use",
            "Stop what uses it, or choose another: --port 5007.",
            as_json=as_json,
        )
    link = f"{settings.address}/login" if people else LoginLinks(settings).link()
    place = {"address": settings.address, "link": link, "home": str(catalog.home), "pid": os.getpid()}
    told = threading.Thread(
        target=announce, args=(place, settings.local_address, people, as_json), daemon=True, name="announce"
    )
    told.start()
    with tempfile.TemporaryDirectory(prefix="pfd-") as sockets:
        commands = commands_of(settings, Path(sockets))
        Supervisor(context.cluster, commands, address=settings.address).run()


def ask_for_administrator(context: "Context") -> None:
    """Ask, on the terminal, for the first administrator of a server that others will reach."""
    from pfd_panel.errors import RequestError
    from pfd_panel.services import people

    say("Other machines will reach this server, so someone must administer it. Who?")
    while True:
        name = typer.prompt("Name")
        password = typer.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt=True)
        try:
            people.add(context, name, "admin", password)
        except RequestError as refused:
            say(f"{refused}. {refused.hint}")
        else:
            return


def announce(place: dict[str, Any], local_address: str, people: bool, as_json: bool) -> None:
    """Tell where to log in once the server answers: in words, or as one line of JSON for whoever reads the pipe."""
    ready = answers(local_address)
    if as_json:
        sys.stdout.write(json.dumps(place | {"ready": ready}) + "\n")
    elif not ready:
        say(
            "The server has not answered for a minute; logs/web*.log in the data directory says why. "
            "Once it does, open:"
        )
        say(f"  {place['link']}")
    elif people:
        say(f"\nPFD Panel is ready. Log in at:\n  {place['link']}\nCtrl+C ends it.")
    else:
        say(f"\nPFD Panel is ready. Open (works once, within 30 minutes):\n  {place['link']}\nCtrl+C ends it.")
    sys.stdout.flush()


def answers(address: str) -> bool:
    """Whether the server at `address` of this machine answers within a minute."""
    import httpx

    until = time.monotonic() + READY_WITHIN_S
    # its certificate names the host that people type, not this address
    with httpx.Client(timeout=2, verify=False) as client:  # noqa: S501 - it is asked on this very machine
        while time.monotonic() < until:
            try:
                if client.get(f"{address}/api/health").status_code == 200:
                    return True
            except httpx.HTTPError:
                time.sleep(0.1)
    return False
