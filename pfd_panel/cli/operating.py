"""`pfd doctor|serve|demo`."""

import sys
import threading
import time
from typing import TYPE_CHECKING, Annotated

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.data import Json
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
def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = 5006) -> None:
    """Serve the dashboard and run the queue until interrupted; prints a one-time login link."""
    options: Globals = context.obj
    with spoken_errors(as_json=False), options.workbench() as bench:
        run_server(bench, host, port)


@app.command()
def demo(context: typer.Context, host: Host = "127.0.0.1", port: Port = 5006) -> None:
    """Fill the data directory with real and synthetic recordings (the first time), then serve it."""
    from dask_cluster.ensure import ensure_coordinator
    from pfd_panel.demo.fill import fill, is_filled

    options: Globals = context.obj
    with spoken_errors(as_json=False), options.workbench(progress=True) as bench:
        if not is_filled(bench):
            with ensure_coordinator(bench.context.catalog, bench.context.cluster):
                fill(bench, lambda text: say(f"· {text}"))
        run_server(bench, host, port)


def run_server(bench: "Workbench", host: str, port: int) -> None:
    """Supervise the web process and the coordinator until interrupted."""
    from dask_cluster.supervisor import Supervisor
    from pfd_panel.server.keeper import Keeper
    from pfd_panel.server.run import port_is_free, require_loopback
    from pfd_panel.server.settings import ServerSettings

    require_loopback(host, port)
    if not port_is_free(host, port):
        stop(f"port {port} of {host} is in use", "Stop what uses it, or choose another: --port 5007.", as_json=False)
    settings = ServerSettings(bench.context.catalog.home, host=host, port=port)
    command = [sys.executable, "-m", "pfd_panel.server.main", "--host", host, "--port", str(port)]
    supervisor = Supervisor(bench.context.cluster, {"web": command}, address=f"http://{host}:{port}")
    link = Keeper(settings).login_link()
    threading.Thread(target=announce, args=(host, port, link), daemon=True).start()
    supervisor.run()


def announce(host: str, port: int, link: str) -> None:
    """Print the link once the server answers."""
    import httpx

    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://{host}:{port}/api/health", timeout=2).status_code == 200:
                say(f"\nPFD Panel is ready. Open (works once, within 30 minutes):\n  {link}\nCtrl+C ends it.")
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    say("The server has not answered for a minute; logs/web.log in the data directory says why. Once it does, open:")
    say(f"  {link}")
