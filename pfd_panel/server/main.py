"""The web process: opens the catalog and serves pages and API until told to end."""

import argparse
import logging
from pathlib import Path
from typing import Any

from dask_cluster.settings import ClusterSettings
from data_catalog.catalog import Catalog
from pfd_panel.monitoring import routes
from pfd_panel.monitoring.readiness import health
from pfd_panel.pages.registry import PAGES, SHELL
from pfd_panel.server.app import build_app
from pfd_panel.server.run import serve
from pfd_panel.server.settings import ServerSettings
from pfd_panel.server.user import User as ServerUser
from pfd_panel.services.context import Context, User


def make_app(cluster: ClusterSettings, server: ServerSettings) -> Any:
    """The ASGI application on a data directory."""
    catalog = Catalog.open(cluster.home, database_url=cluster.database_url)

    def context_of(user: ServerUser) -> Context:
        return Context(catalog, User(user.id, user.role), cluster)  # type: ignore[arg-type]

    routers = [routes.build_router(context_of)]
    return build_app(context_of, server, PAGES, shell=SHELL, routers=routers, health=lambda: health(catalog))


def main() -> None:
    """Serve; settings come from the environment, address and port from the command line."""
    ask = argparse.ArgumentParser(prog="python -m pfd_panel.server.main")
    ask.add_argument("--host", default="127.0.0.1")
    ask.add_argument("--port", type=int, default=5006)
    args = ask.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    cluster = ClusterSettings.read()
    server = ServerSettings(Path(cluster.home), host=args.host, port=args.port)
    serve(make_app(cluster, server), args.host, args.port)


if __name__ == "__main__":
    main()
