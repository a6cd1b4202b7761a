"""Nothing answers without credentials but what is listed as public: asked of every route that the application has.

The routes are read from the application itself, so one that is added is asked without a change here.
"""

import asyncio
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bokeh.settings import settings as bokeh_settings
from fastapi.routing import iter_route_contexts
from panel.io.resources import DIST_DIR
from starlette.routing import Mount, WebSocketRoute

from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from pfd_panel.accounts.sign_in import open_session
from pfd_panel.pages.registry import PAGES
from pfd_panel.server import guard as guard_module
from pfd_panel.server.kinds import DOOR_PATHS, OPEN_PATHS
from pfd_panel.server.main import make_app
from pfd_panel.server.settings import ServerSettings
from tests.pfd_panel.server.rig import HOST, Sent

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW")
FORGED = (
    {},
    {"accept": "*/*"},
    {"authorization": "Bearer pfd_" + "a" * 43, "accept": "*/*"},
    {"cookie": "pfd_session_00000000=a.b.c"},
    {"x-auth-user": "ada", "x-auth-name": "ada", "x-auth-role": "admin", "x-auth-session": "x", "x-auth-scopes": ""},
    {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"},
)
WIDE = dict.fromkeys(("limit_login", "limit_write", "limit_read", "limit_static", "limit_upload"), 10**6)


@dataclass
class Table:
    """What an application can be asked for: paths with the methods they declare, and paths of websockets."""

    paths: dict[str, set[str]] = field(default_factory=dict)
    sockets: set[str] = field(default_factory=set)


def table_of(app: Any) -> Table:
    """Every route of FastAPI, every route of Panel and Bokeh, and one real file of every static directory."""
    table = Table()
    for route in iter_route_contexts(app.routes):
        assert route.path is not None, f"{route.original_route} has no path: teach this walk to look into it"
        path = re.sub(r"{[^}]*}", "x", route.path)
        if isinstance(route.original_route, WebSocketRoute):
            table.sockets.add(path)
        else:
            table.paths.setdefault(path, set()).update(getattr(route.original_route, "methods", None) or ())
            # what is mounted answers below its path, in its own way
            if isinstance(route.original_route, Mount):
                table.paths.setdefault(f"{path}/x", set())
                table.sockets.add(f"{path}/x")
    for panel in app.state._panel_asgi_apps:
        for pattern, *_ in (*panel._app_routes, *panel._extra_routes):
            for path in _examples(pattern):
                table.paths.setdefault(path, set())
                if path.endswith("/ws"):
                    table.sockets.add(path)
        for slug in panel._static_dirs:
            table.paths.setdefault(f"{slug}/x", set())
    for path in static_files():
        table.paths.setdefault(path, set())
    table.paths.setdefault("/favicon.ico", set())
    return table


def _examples(pattern: re.Pattern[str]) -> set[str]:
    """Paths that a pattern of Panel takes; a pattern of a new shape is an error here, not left out."""
    text = re.sub(r"\(\?P<\w+>(.*?)\)", r"\1", pattern.pattern.strip("^$"))
    text = re.sub(r"\(\?:(.*?)\)\?", r"\1", text).replace("[^/]+", "x").replace(".*", "x")
    made = {re.sub(r"\\(.)", r"\1", text.replace("/?", slash)) for slash in ("", "/")} - {""}
    assert made
    assert all(pattern.match(path) for path in made), pattern.pattern
    return made


def static_files() -> Iterator[str]:
    """Files that exist below the static directories."""
    yield "/static/js/bokeh.min.js"
    yield "/static/extensions/panel/panel.min.js"
    assert (Path(bokeh_settings.bokehjs_path()) / "js" / "bokeh.min.js").is_file()
    assert (Path(DIST_DIR) / "panel.min.js").is_file()


@pytest.fixture
def app(peopled: Catalog) -> Iterator[Any]:
    """The application as it is served, on a catalog with people; every door is switched on."""
    oidc = {"oidc_issuer": "https://login.example", "oidc_client_id": "x", "oidc_client_secret": "y"}
    server = ServerSettings(home=peopled.home, registration=True, **oidc, **WIDE)  # type: ignore[arg-type]
    made = make_app(ClusterSettings(home=peopled.home), server)
    yield made
    made.state.keeper.catalog.close()


async def asked(app: Any, path: str, method: str = "GET", kind: str = "http", **headers: str) -> Sent:
    """One request, in the shape in which the server hands it over."""
    given = {"host": HOST, "accept": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "scheme": "http" if kind == "http" else "ws",
        "client": ("127.0.0.1", 1234),
        "server": ("127.0.0.1", 5006),
        "http_version": "1.1",
        "subprotocols": [],
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
        "app": app,
    }
    first = {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}
    sent: list[Any] = []

    async def receive() -> Any:
        if not sent or sent[-1].get("more_body"):
            return first
        await asyncio.sleep(60)
        return None

    async def send(message: Any) -> None:
        sent.append(message)

    await asyncio.wait_for(app(scope, receive, send), 20)
    return Sent(sent)


def is_refusal(sent: Sent) -> bool:
    """Whether an answer says nothing but that one must log in."""
    if sent.status == 303:
        return (sent.header("location") or "").startswith("/login") and sent.body == b""
    return sent.status in (401, 403)


async def answering(app: Any, table: Table) -> set[str]:
    """The paths, among all of them, that answer a stranger."""
    found = set()
    for path, declared in table.paths.items():
        ways = [(method, {}) for method in (*METHODS, *declared - set(METHODS))]
        for method, headers in [*ways, *(("GET", forged) for forged in FORGED)]:
            if not is_refusal(await asked(app, path, method, **headers)):
                found.add(path)
    for path in table.sockets:
        for headers in FORGED:
            if (await asked(app, path, kind="websocket", **headers)).types != ["websocket.close"]:
                found.add(f"websocket {path}")
    return found


def test_nothing_answers_a_stranger_but_what_is_listed(app: Any) -> None:
    table = table_of(app)
    assert asyncio.run(answering(app, table)) == OPEN_PATHS
    # the walk went everywhere: pages with what Bokeh adds to them, operations, streams, files
    for page in PAGES:
        below = page.path.rstrip("/")
        assert {page.path, f"{below}/metadata", f"{below}/autoload.js", f"{below}/static/x"} <= set(table.paths)
        assert f"{below}/ws" in table.sockets
    assert {"/api/v1/datasets", "/api/v1/jobs/x/events", "/openapi.json", "/docs", "/metrics"} <= set(table.paths)
    assert {"/upload", "/download/x", "/components/x", "/api/v1/uploads/x"} <= set(table.paths)
    assert "/api/v1/jobs/x/watch" in table.sockets
    assert len(table.paths) > 200


def test_the_doors_answer_strangers_and_are_the_only_ones_beside(app: Any) -> None:
    async def ask() -> dict[str, int]:
        return {path: (await asked(app, path)).status for path in DOOR_PATHS - {"/login/oidc"}}

    assert asyncio.run(ask()) == {"/login": 200, "/reset": 200, "/register": 200, "/login/oidc/back": 403}
    assert DOOR_PATHS.isdisjoint(table_of(app).paths)


def test_the_files_that_are_asked_for_exist_and_are_sent_to_who_is_logged_in(app: Any) -> None:
    keeper = app.state.keeper
    cookie = f"{keeper.cookie_name}={keeper.seal(open_session(keeper.catalog, 'eve'))}"

    async def ask() -> set[int]:
        return {(await asked(app, path, cookie=cookie)).status for path in (*static_files(), "/openapi.json")}

    assert asyncio.run(ask()) == {200}


def test_nobody_has_a_module_run_by_naming_it(app: Any) -> None:
    """Panel imports what the address of a component names; that would run any module that is installed."""
    keeper = app.state.keeper
    cookie = f"{keeper.cookie_name}={keeper.seal(open_session(keeper.catalog, 'eve'))}"
    unknown = ("this", "antigravity", "pfd_panel.__main__", "dask.__main__", "..this", "", "this%00")

    async def ask(modules: Iterable[str]) -> list[Sent]:
        return [await asked(app, f"/components/{one}/Thing/css/x.css", cookie=cookie) for one in modules]

    assert {sent.status for sent in asyncio.run(ask(unknown))} == {404}
    assert set(unknown).isdisjoint(sys.modules)


def test_a_viewer_sends_no_files(app: Any) -> None:
    keeper = app.state.keeper

    async def ask(name: str) -> int:
        cookie = f"{keeper.cookie_name}={keeper.seal(open_session(keeper.catalog, name))}"
        own = {"origin": f"http://{HOST}", "sec_fetch_site": "same-origin", "x_file_name": "a.csv"}
        return (await asked(app, "/upload", "POST", cookie=cookie, **own)).status

    assert {name: asyncio.run(ask(name)) for name in ("eve", "bob", "ada")} == {"eve": 403, "bob": 200, "ada": 200}
    assert len(list((keeper.catalog.home / "uploads").iterdir())) == 2


def test_a_route_that_is_added_is_asked_too(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def leak(*_: Any) -> None:
        """A route that forgets to ask who it answers."""

    app.add_api_route("/brand-new/{thing}", lambda: "secret", methods=["GET"])
    app.add_api_websocket_route("/brand-new/{thing}/ws", leak)
    table = table_of(app)
    assert "/brand-new/x" in table.paths
    assert "/brand-new/x/ws" in table.sockets
    few = Table({"/brand-new/x": table.paths["/brand-new/x"]}, {"/brand-new/x/ws"})
    assert asyncio.run(answering(app, few)) == set()
    # and the walk would notice a hole in the gate
    monkeypatch.setattr(guard_module, "OPEN_PATHS", OPEN_PATHS | {"/brand-new/x"})
    assert asyncio.run(answering(app, few)) == {"/brand-new/x"}
