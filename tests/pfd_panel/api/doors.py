"""The API without the guard, over real sockets: the test says who asks."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from pfd_panel.api.router import build_router
from pfd_panel.server.user import User as ServerUser
from pfd_panel.server.user import user_headers
from pfd_panel.services.context import Context, User

Asgi = Callable[[Any, Any, Any], Any]
WHO = "x-test-who"


def application(context: Context) -> Asgi:
    """The routes of the API on a catalog; whoever the header `WHO` names is taken for vouched for."""

    def context_of(user: ServerUser) -> Context:
        return Context(context.catalog, User(user.id, user.role), context.cluster)  # type: ignore[arg-type]

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(build_router(context_of))

    async def vouched(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            who = dict(scope["headers"]).get(WHO.encode(), b"ada operator").decode()
            name, role = who.split()
            mine = user_headers(ServerUser(name, name.title(), role, "s"))
            scope = {**scope, "headers": [*scope["headers"], *mine]}
        await app(scope, receive, send)

    return vouched


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """An application on a free port of this machine; yields its address."""
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(15)


@contextmanager
def door(base: str, who: str = "ada operator") -> Iterator[httpx.Client]:
    """A client of the API as a user of a role."""
    with httpx.Client(base_url=f"{base}/api/v1", headers={WHO: who}, timeout=60) as client:
        yield client
