"""Dask's own dashboard through the guard: a real scheduler in its own process, a real server, a real browser."""

import asyncio
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import sync_playwright
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from data_catalog import Catalog, samples
from data_catalog.accounts import users
from pfd_panel.accounts.sign_in import open_session
from pfd_panel.errors import NotAllowedError
from pfd_panel.server import build_app
from pfd_panel.server.run import make_server
from pfd_panel.server.settings import ServerSettings
from pfd_panel.services import health
from pfd_panel.services.context import Context, User
from tests.e2e.site import FLAGS
from tests.pfd_panel.server.rig import HOST, Gate

SCHEDULER = """
import json, sys
from distributed import Client, LocalCluster
from dask_cluster.cluster import ClusterHandle
from dask_cluster.cluster_facts import cluster_facts
if __name__ == "__main__":
    made = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "n_workers": 1, "threads_per_worker": 1}
    with LocalCluster(**made, dashboard_address="127.0.0.1:0") as cluster:
        with Client(cluster, set_as_default=False) as client:
            facts = [cluster_facts(ClusterHandle(client, {}, 1, cluster, on)) for on in (True, False)]
            print(json.dumps(facts), flush=True)
            client.submit(sum, [1, 2], key="a-task-<b>of</b>-somebody").result()
            sys.stdin.read()
"""
TOKEN = re.compile(r'"token":"([^"]+)"')


@pytest.fixture(scope="module")
def facts() -> Iterator[list[dict[str, Any]]]:
    """What the coordinator writes down of a cluster with a dashboard, and of the same with it switched off."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCHEDULER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        assert process.wait(30) == 0
        process.stdout.close()


class Served:
    """A server on this machine, and what its people are given."""

    def __init__(self, app: Any, base: str, catalog: Catalog, facts: list[dict[str, Any]]) -> None:
        self.app, self.base, self.catalog, self.facts = app, base, catalog, facts

    def noted(self, which: int = 0) -> None:
        """The coordinator writes down what it sees."""
        with self.catalog.write() as session:
            samples.add(session, {"cluster": self.facts[which]})

    def cookie(self, name: str) -> dict[str, str]:
        keeper = self.app.state.keeper
        return {keeper.cookie_name: keeper.seal(open_session(self.catalog, name))}

    def get(self, path: str, name: str = "", **headers: str) -> httpx.Response:
        cookies = "; ".join(f"{k}={v}" for k, v in self.cookie(name).items()) if name else ""
        given = {"accept": "text/html", **({"cookie": cookies} if cookies else {}), **headers}
        return httpx.get(self.base + path, headers=given, timeout=30)

    def ticket(self, name: str = "ada") -> str:
        """The address of the dashboard as an administrator gets it: ``/dask/<ticket>/``."""
        self.noted()
        sent = self.get("/dask/", name)
        assert sent.status_code == 303, sent.text
        return sent.headers["location"].removesuffix("status")


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, password_hash: str, facts: list[dict[str, Any]]
) -> Iterator[Served]:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("dask") / "home"
    with Catalog.open(home) as catalog:
        with catalog.write() as session:
            for name, role in (("ada", "admin"), ("bob", "operator"), ("eve", "viewer")):
                users.add(session, name, role, owner="test", password_hash=password_hash)
        settings = ServerSettings(home=home, port=port, limit_read=10**5)
        app = build_app(lambda user: user, settings, (), catalog=catalog)
        server = make_server(app, settings)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until = time.monotonic() + 60
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield Served(app, f"http://127.0.0.1:{port}", catalog, facts)
        server.should_exit = True
        thread.join(15)


def test_its_address_is_noted_only_where_it_is_switched_on(facts: list[dict[str, Any]]) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", facts[0]["dashboard"])
    assert facts[1]["dashboard"] == ""
    assert facts[0]["workers"] == facts[1]["workers"] == 1


def test_everyone_knows_that_there_is_one_and_administrators_where(served: Served) -> None:
    served.noted()
    for name, role in (("eve", "viewer"), ("bob", "operator")):
        context = Context(served.catalog, User(name, role))  # type: ignore[arg-type]
        report = health.report(context, with_cpu=False)
        assert report.has_dashboard
        assert served.facts[0]["dashboard"] not in str(report)
        with pytest.raises(NotAllowedError):
            health.dashboard(context)
    assert health.dashboard(Context(served.catalog, User("ada", "admin"))) == served.facts[0]["dashboard"]


def test_an_administrator_sees_its_pages_files_and_live_values(served: Served) -> None:
    here = served.ticket()
    page = served.get(f"{here}status")
    assert (page.status_code, "Dask: Status" in page.text or "bokeh" in page.text.lower()) == (200, True)
    files = re.findall(r'(?:src|href)="((?:statics|static)/[^"]+)"', page.text)
    assert len(files) >= 3
    assert {served.get(here + file).status_code for file in files} == {200}
    found = TOKEN.search(page.text)
    assert found is not None

    async def live() -> str:
        address = served.base.replace("http", "ws") + f"{here}status/ws"
        async with connect(address, subprotocols=["bokeh", found.group(1)], origin="null") as socket:  # type: ignore[list-item, arg-type]
            return str(await asyncio.wait_for(socket.recv(), 20))

    assert "ACK" in asyncio.run(live())


def test_nobody_else_sees_any_of_it(served: Served) -> None:
    served.noted()
    for path in ("/dask", "/dask/", "/dask/status", "/dask/x.1.y/status"):
        assert [served.get(path, name).status_code for name in ("eve", "bob")] == [403, 403]
        assert served.get(path).headers["location"].startswith("/login?next=")
        assert served.get(path, accept="*/*").status_code == 401
    assert served.get("/dask/", "ada").status_code == 303


def test_a_ticket_is_signed_ends_with_its_sign_in_and_its_role(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = served.cookie("ada")
    given = {"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    served.noted()
    here = served.get("/dask/", **given).headers["location"].removesuffix("status")
    ticket = here.split("/")[2]
    session, until, signature = ticket.split(".")
    for forged in (
        f"{session}.{int(until) + 1}.{signature}",
        f"x{session}.{until}.{signature}",
        f"{session}.{until}.{'0' * 64}",
        f"{session}.{until}.",
        f"{session}.{until}",
        served.app.state.keeper.seal(open_session(served.catalog, "ada")),
    ):
        assert served.get(f"/dask/{forged}/status").status_code == 303
        assert served.get(f"/dask/{forged}/status", accept="*/*").status_code == 401
    assert served.get(f"{here}status").status_code == 200
    with served.catalog.write() as session_:
        users.get(session_, "ada").role = "viewer"
    time.sleep(1.1)
    try:
        assert served.get(f"{here}status", accept="*/*").status_code == 401
    finally:
        with served.catalog.write() as session_:
            users.get(session_, "ada").role = "admin"
    time.sleep(1.1)
    assert served.get(f"{here}status").status_code == 200
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr("pfd_panel.server.dask_proxy.time.time", lambda: now + 8 * 3600 + 5)
        assert served.get(f"{here}status", accept="*/*").status_code == 401
    asyncio.run(served.app.state.keeper.end(session))
    assert served.get(f"{here}status", accept="*/*").status_code == 401


def test_a_ticket_is_in_no_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    here = served.ticket()
    with caplog.at_level("INFO", "pfd_panel.access"):
        served.get(f"{here}status")
        # the line is written after the answer has gone out
        until = time.monotonic() + 20
        while "GET /dask/…/status 200" not in caplog.text and time.monotonic() < until:
            time.sleep(0.01)
    assert "GET /dask/…/status 200" in caplog.text
    assert here.split("/")[2] not in caplog.text


def test_a_ticket_opens_nothing_but_the_dashboard(served: Served) -> None:
    here = served.ticket()
    ticket = here.split("/")[2]
    for path in (f"{here}../../jobs", f"{here}%2e%2e/%2e%2e/upload", f"/jobs?ticket={ticket}", f"/{ticket}/status"):
        answer = served.get(path, accept="*/*")
        assert answer.status_code in (401, 404), path
    name = served.app.state.keeper.cookie_name
    assert served.get("/jobs", cookie=f"{name}={ticket}", accept="*/*").status_code == 401


def test_it_is_only_looked_at(served: Served) -> None:
    here = served.ticket()
    for path in (
        "proxy/80/example.com/x",
        "jupyter/lab",
        "api/v1/retire_workers",
        "x%2f..%2fstatus",
        "status/%2e%2e/info",
    ):
        assert served.get(here + path).status_code == 404, path
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        refused = httpx.request(method, f"{served.base}{here}status", headers={"accept": "*/*"})
        assert refused.status_code == 404


def test_our_cookies_stay_here_and_its_own_do_too(
    served: Served, facts: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A false dashboard writes down what it is sent, and tries what it should not."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    heard: list[dict[str, str]] = []

    class Spy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("location", "https://evil.example/")
            self.send_header("set-cookie", "pfd_session=stolen; Path=/")
            self.send_header("content-security-policy", "default-src *")
            self.send_header("access-control-allow-origin", "*")
            self.send_header("service-worker-allowed", "/")
            self.end_headers()
            self.wfile.write(b"<script>1</script>")

        def log_message(self, *_: Any) -> None:
            """Keep the output clean."""

    spy = ThreadingHTTPServer(("127.0.0.1", 0), Spy)
    threading.Thread(target=spy.serve_forever, args=(0.02,), daemon=True).start()
    try:
        here = served.ticket()
        with served.catalog.write() as session:
            samples.add(session, {"cluster": {**facts[0], "dashboard": f"http://127.0.0.1:{spy.server_port}"}})
        answer = served.get(f"{here}status", "ada", authorization="Bearer pfd_secret", **{"x-auth-user": "root"})
        away = served.get(f"{here}away")
    finally:
        spy.shutdown()
        spy.server_close()
    assert len(heard) == 2
    assert not {"cookie", "authorization", "x-auth-user", "x-forwarded-for", "referer"} & heard[0].keys()
    for name in ("set-cookie", "location", "access-control-allow-origin", "service-worker-allowed"):
        assert name not in answer.headers
        assert name not in away.headers
    told = answer.headers["content-security-policy"]
    assert told.startswith("sandbox allow-scripts; default-src 'none'")
    assert "default-src *" not in told
    assert (answer.headers["referrer-policy"], answer.headers["x-frame-options"]) == ("no-referrer", "DENY")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_websockets_need_the_ticket_and_an_origin_that_is_ours_or_none(served: Served) -> None:
    here = served.ticket()
    found = TOKEN.search(served.get(f"{here}status").text)
    assert found is not None

    def says(path: str, origin: str | None) -> str:
        async def ask() -> str:
            address = served.base.replace("http", "ws") + path
            try:
                async with connect(address, subprotocols=["bokeh", found.group(1)], origin=origin) as socket:  # type: ignore[list-item, arg-type]
                    return str(await asyncio.wait_for(socket.recv(), 20))
            except InvalidStatus as refused:
                return f"status {refused.response.status_code}"

        return asyncio.run(ask())

    assert "ACK" in says(f"{here}status/ws", served.base)
    for path, origin in (
        (f"{here}status/ws", "http://evil.example"),
        (f"{here}status/ws", None),
        (f"{here}status", "null"),
        (f"{here}proxy/1/x/ws", "null"),
        (f"/dask/x{here.split('/')[2]}/status/ws", "null"),
        ("/dask/status/ws", "null"),
    ):
        assert says(path, origin) == "status 403", (path, origin)


def test_logging_out_cuts_its_websocket(served: Served) -> None:
    cookies = served.cookie("ada")
    served.noted()
    given = {"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    here = served.get("/dask/", **given).headers["location"].removesuffix("status")
    found = TOKEN.search(served.get(f"{here}status").text)
    assert found is not None

    async def run() -> int | None:
        address = served.base.replace("http", "ws") + f"{here}status/ws"
        async with connect(address, subprotocols=["bokeh", found.group(1)], origin="null") as socket:  # type: ignore[list-item, arg-type]
            await asyncio.wait_for(socket.recv(), 20)
            own = {"origin": served.base, "sec-fetch-site": "same-origin", **given}
            out = await asyncio.to_thread(httpx.post, f"{served.base}/logout", headers=own)
            assert out.status_code == 303

            async def until_closed() -> None:
                while True:
                    await asyncio.wait_for(socket.recv(), 10)

            with pytest.raises(ConnectionClosed) as closed:
                await until_closed()
            return closed.value.rcvd.code if closed.value.rcvd else None

    assert asyncio.run(run()) == 4401


def test_where_there_is_none_it_says_so(manned: Gate, facts: list[dict[str, Any]]) -> None:
    begun = manned.ask("/dask/", cookie=manned.cookie("ada"))
    where = begun.header("location") or ""
    shown = manned.ask(where)
    assert (shown.status, b"PFD_DASHBOARD" in shown.body) == (503, True)
    with manned.keeper.catalog.write() as session:
        samples.add(session, {"cluster": {**facts[0], "dashboard": "http://127.0.0.1:1"}})
    assert manned.ask(where).status == 503
    assert urlsplit(where).netloc == ""
    assert HOST not in where


@pytest.mark.browser
def test_a_browser_shows_it_in_a_sandbox_that_reaches_nothing_of_ours(served: Served, chromium: str) -> None:
    served.noted()
    problems: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context()
        context.add_cookies([{"name": k, "value": v, "url": served.base} for k, v in served.cookie("ada").items()])
        page = context.new_page()
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        frames: list[Any] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(data)))
        page.goto(f"{served.base}/dask/")
        drawn = _until(page, lambda: page.locator(".bk-Canvas, canvas").count() >= 3 and len(frames) >= 2)
        assert drawn, (page.content()[:2000], problems)
        # what a script of its page could do, were it hostile
        tried = page.evaluate(
            """async () => {
                const attempt = async (act) => { try { return await act() } catch (e) { return `refused ${e.name}` } }
                return {
                    origin: self.origin,
                    cookie: await attempt(() => document.cookie),
                    storage: await attempt(() => String(localStorage.length)),
                    fetched: await attempt(async () => (await fetch('/jobs')).status),
                    api: await attempt(async () => (await fetch('/api/v1/datasets', {credentials: 'include'})).status),
                    posted: await attempt(async () => (await fetch('/logout', {method: 'POST', mode: 'no-cors'})).type),
                    socket: await new Promise((done) => {
                        try {
                            const s = new WebSocket(location.origin.replace('http', 'ws') + '/ws', ['bokeh', 'x'])
                            s.onopen = () => done('open'); s.onerror = () => done('refused')
                        } catch (e) { done('refused') }
                    }),
                }
            }"""
        )
        assert tried["origin"] == "null"
        for name in ("cookie", "storage", "fetched", "api", "posted", "socket"):
            assert str(tried[name]).startswith("refused"), tried
        problems.clear()
        page.get_by_role("link", name="workers", exact=False).first.click()
        assert _until(page, lambda: page.url.endswith("/workers")), page.url
        browser.close()


def _until(page: Any, happened: Callable[[], bool]) -> bool:
    for _ in range(200):
        if happened():
            return True
        page.wait_for_timeout(100)
    return False
