"""The web process: opens the catalog and serves pages and API until told to end."""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

from dask_cluster.logs import log_to_output
from dask_cluster.settings import ClusterSettings
from data_catalog.catalog import Catalog
from pfd_panel.accounts.sign_in import has_people
from pfd_panel.accounts.visitors import lent
from pfd_panel.api.router import build_router
from pfd_panel.errors import ServiceError
from pfd_panel.monitoring import routes
from pfd_panel.monitoring.readiness import health
from pfd_panel.pages.registry import PAGES, SHELL
from pfd_panel.server.app import build_app
from pfd_panel.server.refusals import require_accounts, require_privacy
from pfd_panel.server.run import serve
from pfd_panel.server.settings import ServerSettings
from pfd_panel.server.user import User as ServerUser
from pfd_panel.services.context import Context, User


def make_app(cluster: ClusterSettings, server: ServerSettings) -> Any:
    """The ASGI application on a data directory.

    Raises
    ------
    AddressRefusedError
        Other machines would reach it without accounts.
    """
    catalog = Catalog.open(cluster.home, database_url=cluster.database_url)
    require_accounts(server, has_people(catalog))

    def context_of(user: ServerUser) -> Context:
        eyes = lent(catalog, user.id)
        known = User(user.id, user.role, user.scopes, eyes.reads_as, eyes.reads_all)  # type: ignore[arg-type]
        return Context(catalog, known, cluster)

    routers = [build_router(context_of), routes.build_router(context_of)]
    return build_app(
        context_of, server, PAGES, shell=SHELL, routers=routers, health=lambda: health(catalog), catalog=catalog
    )


def _socket_file(folder: Path | None, process: str) -> str | None:
    return str(folder / f"{process}.sock") if folder is not None and process else None


def main() -> int:
    """Serve; settings come from the environment, address and port from the command line."""
    ask = argparse.ArgumentParser(prog="python -m pfd_panel.server.main")
    ask.add_argument("--host", default=None)
    ask.add_argument("--port", type=int, default=None)
    ask.add_argument("--processes", type=int, default=None, help="how many web processes there are")
    ask.add_argument("--process", default="", help="which of them this is")
    ask.add_argument("--sockets", type=Path, default=None, help="where they listen, behind a router")
    args = ask.parse_args()
    log_to_output()
    try:
        cluster = ClusterSettings.read()
        where = {"home": cluster.home, "host": args.host, "port": args.port}
        server = ServerSettings.read(**where, web_processes=args.processes, process=args.process)
        require_privacy(server)
        serve(make_app(cluster, server), server, socket_file=_socket_file(args.sockets, args.process))
    except ServiceError as refused:
        logging.getLogger(__name__).critical("%s. %s", refused, refused.hint)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
