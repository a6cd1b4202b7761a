"""The one ASGI application: pages, files and API behind the guard, on one port."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote, unquote

import panel as pn
from bokeh.settings import settings as bokeh_settings
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from panel.io.fastapi import add_applications

from data_catalog.catalog import Catalog
from pfd_panel.components.styles import STYLE, STYLE_ADDRESS
from pfd_panel.limits import Limiter, SqlStorage
from pfd_panel.pages.factory import PageDeclaration, Shell, page_factory, report
from pfd_panel.server.asked import PAGE_COOKIES
from pfd_panel.server.exchange import Exchange, UploadError
from pfd_panel.server.guard import Guard
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.page_resources import keep_page_resources
from pfd_panel.server.quick_models import quicken_models
from pfd_panel.server.quiet_errors import keep_tracebacks_here
from pfd_panel.server.settings import ServerSettings
from pfd_panel.server.user import HEADER_PREFIX, User, current_user
from pfd_panel.server.warm import settle, warm_imports

log = logging.getLogger(__name__)

# a page whose websocket never came is dropped after this long; below 15 s slow clients lose theirs
UNUSED_SESSION_MS = 20_000
TOKEN_SECONDS = 300
PAGE_THREADS = 4
PAGE_HEADERS = (
    *(f"{HEADER_PREFIX}{part}" for part in ("user", "name", "role", "session", "scopes", "process")),
    "host",
)


def build_app(
    services_context_factory: Callable[[User], Any],
    settings: ServerSettings,
    pages: Sequence[PageDeclaration],
    *,
    shell: Shell | None = None,
    routers: Sequence[APIRouter] = (),
    health: Callable[[], dict[str, Any]] | None = None,
    catalog: Catalog | None = None,
) -> FastAPI:
    """The complete web application.

    Parameters
    ----------
    services_context_factory : callable
        Makes the services' context for a user; called once for each page that is opened.
    settings : ServerSettings
        Where to keep the key and uploads, limits, address.
    pages : sequence of PageDeclaration
        Every page that is served.
    shell : Shell, optional
        What surrounds each page: search, workspace name.
    routers : sequence of APIRouter
        Further HTTP routes (``/api/v1``); they are behind the guard like everything else.
    health : callable, optional
        Adds to the answer of ``/api/health``; must hold no secrets, since that route is open.
    catalog : Catalog, optional
        Holds accounts, sign-ins and keys; by default the one in ``settings.home``.

    Returns
    -------
    FastAPI
        ``app.state.keeper`` knows who may come in; ``app.state.settings`` and ``app.state.exchange`` are for later
        routes.
    """
    keeper = Keeper(catalog or Catalog.open(settings.home), settings)
    exchange, key = Exchange(settings), settings.key().hex()
    _configure(key)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # Panel starts this clean-up at the first busy event; with page threads that is off the loop, where its start
        # schedules itself for ever and takes a whole core
        pn.state._schedule_busy_cleanup()
        start = perf_counter()
        await asyncio.to_thread(warm_imports)
        settle()
        log.info("ready in %.1f s", perf_counter() - start)
        following = asyncio.create_task(keeper.follow_ends())
        yield
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following

    app = FastAPI(title="PFD Panel", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.keeper, app.state.exchange, app.state.settings = keeper, exchange, settings
    app.include_router(_own_routes(exchange, health))
    app.include_router(_style_routes([page.path for page in pages]))
    for router in routers:
        app.include_router(router)

    shell = shell or Shell()
    factories = {page.path: page_factory(page, pages, shell, services_context_factory, exchange) for page in pages}
    panel_app = add_applications(
        factories,
        app=app,
        title={page.path: f"{page.title} · PFD Panel" for page in pages},
        location=False,
        index_enabled=False,
        ico_path="none",
        sign_sessions=True,
        secret_key=key.encode(),
        # the token of a page lies in its HTML: only these may enter it, never the login cookie
        include_cookies=list(PAGE_COOKIES),
        include_headers=list(PAGE_HEADERS),
        session_token_expiration=TOKEN_SECONDS,
        check_unused_sessions_milliseconds=5_000,
        unused_session_lifetime_milliseconds=UNUSED_SESSION_MS,
    )
    if not (panel_app.core.sign_sessions and panel_app.core.secret_key):
        raise RuntimeError("pages would be served with unsigned sessions; refusing to start")
    app.state.sessions = panel_app.core
    app.add_middleware(Guard, keeper=keeper, limiter=_limiter(settings))
    return app


def _limiter(settings: ServerSettings) -> Limiter:
    """Counts in memory, unless other processes count with us."""
    if settings.limits_url is None and settings.web_processes == 1:
        return Limiter(settings.rates())
    return Limiter(settings.rates(), SqlStorage(settings.limits_url or settings.run / "limits.sqlite"))


def _configure(key: str) -> None:
    """Bokeh and Panel read these in several places; with unsigned sessions a viewer could mint any token."""
    bokeh_settings.sign_sessions = True
    bokeh_settings.secret_key = key
    vars(bokeh_settings).pop("_secret_key_bytes", None)  # read, and kept, when bokeh was imported
    if not (bokeh_settings.sign_sessions() and bokeh_settings.secret_key_bytes()):
        raise RuntimeError("Bokeh did not accept the session secret; refusing to start")
    bokeh_settings.resources = "server"
    keep_page_resources()
    quicken_models()
    keep_tracebacks_here()
    pn.config.nthreads = PAGE_THREADS
    pn.config.notifications = True
    pn.config.exception_handler = report


def _style_routes(paths: Sequence[str]) -> APIRouter:
    """The style sheet, whose address is relative to the page: below each folder that has pages."""
    router = APIRouter()

    def style() -> Response:
        return Response(STYLE, media_type="text/css")

    for folder in {"/", *(path[: path.rindex("/") + 1] for path in paths)}:
        router.get(f"{folder}{STYLE_ADDRESS}")(style)
    return router


def _own_routes(exchange: Exchange, health: Callable[[], dict[str, Any]] | None) -> APIRouter:
    router = APIRouter()

    @router.get("/api/health")
    def alive(response: Response, ready: str | None = None) -> dict[str, Any]:
        told = {"status": "ok", **(health() if health else {})}
        # being alive is one question; ``?ready`` asks whether requests should be sent here
        if ready is not None and not told.get("ready", True):
            response.status_code = 503
        return told

    @router.post("/upload")
    async def upload(request: Request) -> JSONResponse:
        user = current_user(request.headers)
        if not user.may("work"):
            return JSONResponse({"error": f"{user.name} may read, not send files"}, 403)
        length = request.headers.get("content-length")
        try:
            expected = int(length) if length is not None else None
            path = await exchange.store(
                unquote(request.headers.get("x-file-name", "")), expected, request.stream(), user.id
            )
        except UploadError as refused:
            return JSONResponse({"error": str(refused)}, refused.status)
        except ValueError:
            return JSONResponse({"error": "Content-Length is not a number"}, 400)
        except OSError as failed:
            log.warning("upload failed: %s", failed)
            return JSONResponse({"error": f"The file could not be stored: {failed.strerror}"}, 507)
        return JSONResponse({"name": path.name, "path": str(path), "bytes": path.stat().st_size})

    @router.get("/download/{token}")
    def download(token: str, request: Request) -> Response:
        produce = exchange.take(token, current_user(request.headers).session)
        if produce is None:
            return Response(status_code=404)
        made = produce()
        attachment = {"content-disposition": f"attachment; filename*=UTF-8''{quote(made.name)}"}
        if isinstance(made.content, Path):
            return FileResponse(made.content, media_type=made.media_type, headers=attachment)
        return Response(made.content, media_type=made.media_type, headers=attachment)

    return router
