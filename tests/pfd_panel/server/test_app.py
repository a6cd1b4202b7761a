"""The whole application over real sockets."""

import asyncio
import gc
import json
import re
import time
import weakref

import panel as pn
import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id, get_token_payload
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from pfd_panel.server.session import _OPEN, open_pages


def token_of(page):
    return re.search(r'"token":"([^"]+)"', page).group(1)


async def socket_says(running, token, path="/plain/ws", **headers):
    """What a websocket with this token answers first: a message, or how it was refused."""
    given = {"Cookie": running.cookie, "Origin": running.base, **headers}
    given = {k: v for k, v in given.items() if v}
    url = running.base.replace("http", "ws") + path
    try:
        async with connect(
            url,
            subprotocols=["bokeh", token],
            additional_headers={k: v for k, v in given.items() if k != "Origin"},
            origin=given.get("Origin"),
        ) as socket:
            return str(await asyncio.wait_for(socket.recv(), 10))
    except InvalidStatus as refused:
        return f"status {refused.response.status_code}"
    except ConnectionClosed as closed:
        return f"closed {closed.rcvd.code if closed.rcvd else ''}"


def test_health_tells_nothing_but_that_it_lives(running):
    import httpx

    answer = httpx.get(f"{running.base}/api/health")
    assert answer.json() == {"status": "ok"}


def test_pages_need_the_login(running):
    import httpx

    for path in ("/", "/plain", "/static/js/bokeh.min.js", "/download/x"):
        answer = httpx.get(running.base + path, headers={"accept": "text/html"})
        assert answer.status_code == 401
        assert "login link" in answer.text


def test_a_page_opens_with_its_own_token(running):
    page = running.client.get("/plain").text
    assert "ACK" in asyncio.run(socket_says(running, token_of(page)))


def test_the_login_cookie_is_nowhere_in_the_page(running):
    page = running.client.get("/plain").text
    secret = running.client.cookies[running.app.state.keeper.cookie_name]
    assert secret not in page
    payload = json.dumps(get_token_payload(token_of(page)), default=str)
    assert secret not in payload
    assert running.app.state.keeper.cookie_name not in payload
    assert "authorization" not in payload.lower()


def test_forged_altered_and_foreign_tokens_open_no_websocket(running):
    page = running.client.get("/plain").text
    good = token_of(page)
    session = get_token_payload(good)["headers"]["x-auth-session"]
    payload = {
        "headers": {"x-auth-session": session, "x-auth-user": "root", "x-auth-role": "admin", "x-auth-name": "x"}
    }
    unsigned = generate_jwt_token(
        generate_session_id(signed=False), signed=False, extra_payload=payload, expiration=300
    )
    wrong_key = generate_jwt_token(
        generate_session_id(b"k", signed=True), b"k", signed=True, extra_payload=payload, expiration=300
    )
    for token in (unsigned, wrong_key, good[:-3] + "AAA", "x.y"):
        answer = asyncio.run(socket_says(running, token))
        assert "ACK" not in answer


@pytest.mark.parametrize("headers", [{"Cookie": ""}, {"Origin": "http://evil.example"}, {"Origin": ""}])
def test_websockets_need_cookie_and_own_origin(running, headers):
    good = token_of(running.client.get("/plain").text)
    assert "ACK" not in asyncio.run(socket_says(running, good, **headers))


def test_a_message_that_cannot_be_handled_is_answered_without_a_traceback(running):
    def patch(event):
        return ['{"msgid":"1","msgtype":"PATCH-DOC"}', "{}", json.dumps({"events": [event]})]

    unknown = {"kind": "ModelChanged", "model": {"id": "p999999"}, "attr": "x", "new": 1}
    forbidden = {"kind": "RootAdded", "model": {"type": "object", "name": "os.system", "id": "p1"}}

    async def said():
        token = token_of(running.client.get("/plain").text)
        found = []
        async with connect(
            running.base.replace("http", "ws") + "/plain/ws",
            subprotocols=["bokeh", token],
            additional_headers={"Cookie": running.cookie},
            origin=running.base,
        ) as socket:
            for event in (unknown, forbidden):
                for part in patch(event):
                    await socket.send(part)
            while len([one for one in found if '"ERROR"' in one]) < 2 or '"ERROR"' in found[-1] or found[-1] == "{}":
                found.append(str(await asyncio.wait_for(socket.recv(), 20)))
        return found

    told = asyncio.run(said())
    assert sum("The server could not do this" in one for one in told) == 2
    assert not any("Traceback" in one or "site-packages" in one or "os.system" in one for one in told)


@pytest.mark.parametrize("query", ["?bokeh-session-id=mine", "?bokeh-token=abc.def"])
def test_a_reader_cannot_choose_a_session(running, query):
    assert running.client.get("/plain" + query).status_code in (403, 500)


def test_a_broken_page_shows_a_sentence_and_hides_the_details(running):
    answer = running.client.get("/broken")
    assert answer.status_code == 200
    assert "SECRET-DETAIL" not in answer.text


def test_unknown_addresses_are_said_in_words(running):
    answer = running.client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_every_script_of_a_page_is_local_versioned_and_cached(running):
    page = running.client.get("/plain").text
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', page)
    assert len(scripts) >= 3
    assert not any(script.startswith(("http:", "https:", "//")) for script in scripts)
    total = 0
    for script in scripts:
        answer = running.client.get(script, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        total += int(answer.headers["content-length"])
    assert total < 800_000


def test_uploads_are_stored_below_home_and_limited(running):
    sent = running.client.post("/upload", content=b"abc", headers={"x-file-name": "..%2Fa%20b.mat", **running.own})
    assert sent.status_code == 200
    assert sent.json()["path"].startswith(str(running.app.state.settings.uploads))
    assert sent.json()["path"].endswith("/a b.mat")
    large = running.client.post("/upload", content=b"x" * 20_000, headers={"x-file-name": "a.mat", **running.own})
    assert large.status_code == 413
    assert running.client.post("/upload", content=b"x", headers=running.own).status_code == 400


def test_closed_pages_are_let_go(running):
    """Open and close pages; sessions, documents and page objects return to where they were."""
    core = running.app.state.sessions
    contexts = core.applications.values()

    def held():
        return sum(len(list(context.sessions)) for context in contexts)

    async def visit():
        token = token_of(running.client.get("/plain").text)
        assert "ACK" in await socket_says(running, token)

    def settle():
        for _ in range(20):
            for context in contexts:
                asyncio.run_coroutine_threadsafe(context._cleanup_sessions(1), core._loop).result(10)
            gc.collect()
            if held() == 0 and open_pages() == 0:
                return
            time.sleep(0.1)

    def watchers():
        return sum(len(found) for found in pn.state.param.watchers.get("busy", {}).values())

    settle()
    before = watchers()
    asyncio.run(visit())
    # what one reader does costs the open pages of others nothing
    assert watchers() == before
    documents = [weakref.ref(document) for document in list(_OPEN)]
    assert held() >= 1
    for _ in range(4):
        asyncio.run(visit())
    settle()
    assert held() == 0
    assert open_pages() == 0
    assert [one() for one in documents] == [None] * len(documents)
    assert watchers() == before
