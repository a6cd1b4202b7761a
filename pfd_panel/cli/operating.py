"""`pfd doctor|serve|demo`."""

import json
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

if TYPE_CHECKING:
    from pfd_panel.workbench import Workbench

Host = Annotated[str, typer.Option(help="Address to listen on; only this machine's own in this version.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
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
def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = 5006, as_json: Json = False) -> None:
    """Serve the dashboard and run the queue until interrupted; prints a one-time login link."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        run_server(bench, host, port, as_json=as_json)


@app.command()
def demo(context: typer.Context, host: Host = "127.0.0.1", port: Port = 5006, as_json: Json = False) -> None:
    """Fill the data directory with real and synthetic recordings (the first time), then serve it."""
    from dask_cluster.ensure import ensure_coordinator
    from pfd_panel.demo.fill import fill, is_filled

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        if not is_filled(bench):
            with ensure_coordinator(bench.context.catalog, bench.context.cluster):
                fill(bench, (lambda _: None) if as_json else (lambda text: say(f"· {text}")))
        run_server(bench, host, port, as_json=as_json)


def run_server(bench: "Workbench", host: str, port: int, *, as_json: bool) -> None:
    """Supervise the web process and the coordinator until interrupted."""
    from dask_cluster.supervisor import Supervisor
    from pfd_panel.server.keeper import Keeper
    from pfd_panel.server.run import port_is_free, require_loopback
    from pfd_panel.server.settings import ServerSettings

    require_loopback(host, port)
    if not port_is_free(host, port):
        stop(f"port {port} of {host} is in use", "Stop what uses it, or choose another: --port 5007.", as_json=as_json)
    home = bench.context.catalog.home
    settings = ServerSettings(home, host=host, port=port)
    command = [sys.executable, "-m", "pfd_panel.server.main", "--host", host, "--port", str(port)]
    address = f"http://{host}:{port}"
    supervisor = Supervisor(bench.context.cluster, {"web": command}, address=address)
    place = {"address": address, "link": Keeper(settings).login_link(), "home": str(home), "pid": os.getpid()}
    threading.Thread(target=announce, args=(place, as_json), daemon=True).start()
    supervisor.run()


def announce(place: dict[str, Any], as_json: bool) -> None:
    """Tell the link once the server answers: in words, or as one line of JSON for whoever reads the pipe."""
    ready = answers(place["address"])
    if as_json:
        sys.stdout.write(json.dumps(place | {"ready": ready}) + "\n")
    elif ready:
        say(f"\nPFD Panel is ready. Open (works once, within 30 minutes):\n  {place['link']}\nCtrl+C ends it.")
    else:
        say(
            "The server has not answered for a minute; logs/web.log in the data directory says why. Once it does, open:"
        )
        say(f"  {place['link']}")
    sys.stdout.flush()


def answers(address: str) -> bool:
    """Whether the server at `address` answers within a minute."""
    import httpx

    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/api/health", timeout=2).status_code == 200:
                return True
        except httpx.HTTPError:
            time.sleep(0.1)
    return False
