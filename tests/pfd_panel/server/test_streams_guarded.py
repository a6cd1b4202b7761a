"""Progress of a job through the real guard: as events and by websocket, with a key and with a cookie."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from data_catalog import Catalog
from pfd_panel.accounts.sign_in import open_session
from pfd_panel.api.router import build_router
from pfd_panel.server import build_app
from pfd_panel.server.run import make_server
from pfd_panel.server.settings import ServerSettings
from pfd_panel.services import keys, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.api.test_streams import Hand

Headers = dict[str, str]


class Way:
    """A running server with accounts, a job on it, and the ways in."""

    def __init__(self, base: str, app: Any, catalog: Catalog) -> None:
        self.base, self.app, self.catalog = base, app, catalog
        self.hand = Hand(Context(catalog, User("bob", "operator")))

    @property
    def events(self) -> str:
        return f"{self.base}/api/v1/jobs/{self.hand.job}/events"

    @property
    def watch(self) -> str:
        return f"{self.base.replace('http', 'ws')}/api/v1/jobs/{self.hand.job}/watch"

    def key(self) -> Any:
        return keys.add(Context(self.catalog, User("eve", "viewer")), "test")

    def by_key(self) -> Headers:
        return {"authorization": f"Bearer {self.key().token}"}

    def by_cookie(self) -> Headers:
        keeper = self.app.state.keeper
        sealed = keeper.seal(open_session(self.catalog, "eve"))
        return {"cookie": f"{keeper.cookie_name}={sealed}", "origin": self.base}


@pytest.fixture
def way(peopled: Catalog) -> Iterator[Way]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ServerSettings(home=peopled.home, port=port)

    def context_of(user: Any) -> Context:
        return Context(peopled, User(user.id, user.role, user.scopes))

    app = build_app(context_of, settings, (), routers=[build_router(context_of)], catalog=peopled)
    server = make_server(app, settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield Way(f"http://127.0.0.1:{port}", app, peopled)
    server.should_exit = True
    thread.join(15)


async def heard(way: Way, headers: Headers, moves: Any = None) -> tuple[list[dict[str, Any]], int | None]:
    """What a websocket says until it closes; `moves` is called with each message."""
    seen: list[dict[str, Any]] = []
    given = {name: value for name, value in headers.items() if name != "origin"}
    async with connect(way.watch, additional_headers=given, origin=headers.get("origin")) as opened:  # type: ignore[arg-type]
        try:
            while True:
                seen.append(json.loads(await asyncio.wait_for(opened.recv(), 20)))
                if moves is not None:
                    await asyncio.to_thread(moves, seen[-1])
        except ConnectionClosed:
            return seen, opened.close_code


@pytest.mark.parametrize("by", ["by_key", "by_cookie"])
def test_a_websocket_tells_progress_to_the_end(way: Way, by: str) -> None:
    def moves(message: dict[str, Any]) -> None:
        if message["event"] == "progress" and message["data"]["done_units"] == 0:
            way.hand.move(3, "three")
        elif message["event"] == "progress":
            way.hand.end()

    seen, code = asyncio.run(heard(way, getattr(way, by)(), moves))
    assert [one["data"]["done_units"] for one in seen if one["event"] == "progress"] == [0, 3]
    assert (seen[-1]["event"], seen[-1]["data"]["state"], code) == ("end", "done", 1000)


@pytest.mark.parametrize("by", ["by_key", "by_cookie"])
def test_events_tell_progress_to_the_end(way: Way, by: str) -> None:
    names = []
    with httpx.stream("GET", way.events, headers=getattr(way, by)(), timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-request-id"]
        for line in answer.iter_lines():
            if not line.startswith("event: "):
                continue
            names.append(line.removeprefix("event: "))
            if names[-1] == "progress" and names.count("progress") == 2:
                way.hand.end()
            elif names[-1] == "progress":
                way.hand.move(3, "three")
    assert (names.count("progress"), names[-1]) == (2, "end")


def test_nobody_and_pages_of_other_sites_hear_nothing(way: Way) -> None:
    cookie = way.by_cookie()
    for headers in (
        {},
        {"origin": way.base},
        {"authorization": "Bearer pfd_x", "origin": way.base},
        {"cookie": cookie["cookie"]},
        {"cookie": cookie["cookie"], "origin": "http://evil.example"},
        {"cookie": cookie["cookie"], "origin": "null"},
    ):
        with pytest.raises(InvalidStatus) as refused:
            asyncio.run(heard(way, headers))
        assert refused.value.response.status_code == 403
    for headers in ({}, {"authorization": "Bearer pfd_x"}):
        answer = httpx.get(way.events, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("by", ["by_key", "by_cookie"])
def test_both_end_when_the_way_in_does(way: Way, by: str) -> None:
    made = way.key()
    headers = {"authorization": f"Bearer {made.token}"} if by == "by_key" else way.by_cookie()
    keeper = way.app.state.keeper

    def end() -> None:
        if by == "by_key":
            keys.revoke(Context(way.catalog, User("eve", "viewer")), made.key.id)
        else:
            session = keeper._seal.unseal(headers["cookie"].partition("=")[2]).partition(".")[0]
            asyncio.run(keeper.end(session))

    with httpx.stream("GET", way.events, headers=headers, timeout=30) as stream:
        lines = stream.iter_lines()
        while not next(lines).startswith("event: progress"):
            pass
        ended = [False]

        def once(_: Any) -> None:
            if not ended[0]:
                ended[0] = True
                end()

        seen, code = asyncio.run(heard(way, headers, once))
        assert code == 4401
        assert "end" not in [one["event"] for one in seen]
        assert "event: end" not in list(lines)
    assert work.get(Context(way.catalog, User("bob", "operator")), way.hand.job).state == "running"
