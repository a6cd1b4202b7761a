"""What the guard hands on, keeps open and cuts: the user in headers, websockets, ends, and the form of its answers."""

import asyncio
import gzip
import time
from collections.abc import Callable
from typing import Any

import pytest

from data_catalog.errors import StoreError
from pfd_panel.accounts.sign_in import end_session, end_sessions
from pfd_panel.server import tokens
from pfd_panel.server.user import current_user
from pfd_panel.services import keys
from pfd_panel.services.context import Context, User
from tests.pfd_panel.server.rig import HOST, OWN, Gate, key_of, page_token, seen_headers


class TestUserHeaders:
    def test_a_cookie_that_is_made_to_take_long_does_not(self, manned: Gate) -> None:
        # the standard library takes a core for a quarter of a minute for each of these
        hostile = 'a="' + "\\" * 60_000 + '"; b="' + "\\x" * 30_000 + '"; =; ;c; d=e=f'
        for _ in range(20):
            assert manned.ask("/jobs", cookie=f"{hostile}; {manned.cookie('eve')}; z=1").status == 200
            assert manned.ask("/jobs", cookie=hostile).status == 303

    def test_pages_get_no_cookie_but_those_of_their_look(self, manned: Gate) -> None:
        look = "pfd_theme=dark; pfd_narrow=1; pfd_prefers=<script>; other=1"
        manned.ask("/jobs", cookie=f"{look}; {manned.cookie('eve')}")
        assert seen_headers(manned)["cookie"] == "pfd_theme=dark; pfd_narrow=1"
        manned.ask("/jobs", cookie=manned.cookie("eve"))
        assert "cookie" not in seen_headers(manned)

    def test_are_the_guards_own(self, gate: Gate) -> None:
        forged = {"x_auth_user": "root", "x_auth_role": "god", "x_auth_scopes": "administer", "remote_user": "root"}
        gate.ask(cookie=gate.cookie(), x_forwarded_user="root", **forged)
        headers = seen_headers(gate)
        assert current_user(headers).id == "local"
        assert "root" not in headers.values()
        assert "remote-user" not in headers

    def test_neither_cookie_nor_key_reaches_the_api(self, manned: Gate) -> None:
        manned.ask("/api/v1/x", cookie=manned.cookie("ada"))
        assert {"cookie", "authorization"} & set(seen_headers(manned)) == set()


class TestWebsockets:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": f"http://{HOST}"},
            {"origin": "http://evil.example", "login": "yes"},
            {"origin": f"https://{HOST}", "login": "yes"},
            {"login": "yes"},
            {"origin": f"http://{HOST}", "login": "yes"},
            {"origin": f"http://{HOST}", "login": "yes", "sec_websocket_protocol": "bokeh, forged.token"},
            {"origin": f"http://{HOST}", "login": "yes", "host": "evil.example"},
        ],
    )
    @pytest.mark.parametrize("path", ["/ws", "/signals/ws"])
    def test_need_login_own_origin_and_a_token_of_this_login(self, gate: Gate, path: str, headers: Any) -> None:
        given = dict(headers)
        if given.pop("login", None):
            given["cookie"] = gate.cookie()
        sent = gate.ask(path, kind="websocket", scheme="ws", **given)
        assert sent.types == ["websocket.close"]
        assert gate.inner.seen == []

    def test_of_a_page_of_another_login_are_refused(self, manned: Gate) -> None:
        mine, other = manned.signed_in("bob"), manned.signed_in("ada")
        own = {"origin": f"http://{HOST}", "cookie": manned.cookie_of(mine), "scheme": "ws", "kind": "websocket"}
        refused = manned.ask("/ws", **own, sec_websocket_protocol=f"bokeh, {page_token(manned, other.session_id)}")
        assert refused.types == ["websocket.close"]
        over = ({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000})
        passed = manned.ask(
            "/ws", **own, incoming=over, sec_websocket_protocol=f"bokeh, {page_token(manned, mine.session_id)}"
        )
        assert passed.types == ["websocket.accept"]

    def test_with_a_token_that_somebody_else_packed_are_refused_unread(
        self, manned: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = manned.signed_in("eve")
        own = {"origin": f"http://{HOST}", "cookie": manned.cookie_of(mine), "scheme": "ws", "kind": "websocket"}
        read: list[str] = []
        unpack = tokens.get_token_payload
        monkeypatch.setattr(tokens, "get_token_payload", lambda token: read.append(token) or unpack(token))
        packed = page_token(manned, mine.session_id, b"my own key", padding="x" * 10**6)
        assert len(packed) < 5000, "small on the way, large when it is read"
        good = page_token(manned, mine.session_id)
        for token in (packed, good[:-3] + "AAA", good.partition(".")[0], good + "A", "", ".", "a.b.c"):
            assert manned.ask("/ws", **own, sec_websocket_protocol=f"bokeh, {token}").types == ["websocket.close"]
        assert read == []

    def test_of_the_api_take_a_key_or_a_cookie_of_own_pages(self, manned: Gate) -> None:
        token = key_of(manned.keeper.catalog, "bob", "operator").token
        over = ({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000})
        socket = {"kind": "websocket", "scheme": "ws", "incoming": over}
        assert manned.ask("/api/v1/jobs/ws", authorization=f"Bearer {token}", **socket).types == ["websocket.accept"]
        cookie = manned.cookie("bob")
        own = manned.ask("/api/v1/jobs/ws", cookie=cookie, origin=f"http://{HOST}", **socket)
        assert own.types == ["websocket.accept"]
        for headers in ({"cookie": cookie, "origin": "http://evil.example"}, {"cookie": cookie}):
            assert manned.ask("/api/v1/jobs/ws", **headers, **socket).types == ["websocket.close"]


class TestEnds:
    """A log-in that ends takes what is open with it."""

    def cut_after(self, gate: Gate, end: Callable[[Any], Any], *, follow: bool) -> float:
        """Seconds from `end` until the open websocket is cut."""
        signed_in = gate.signed_in("ada")

        async def run() -> float:
            following = asyncio.create_task(gate.keeper.follow_ends()) if follow else None
            opened = asyncio.create_task(
                gate.asking(
                    "/ws",
                    kind="websocket",
                    scheme="ws",
                    origin=f"http://{HOST}",
                    cookie=gate.cookie_of(signed_in),
                    sec_websocket_protocol=f"bokeh, {page_token(gate, signed_in.session_id)}",
                )
            )
            await asyncio.sleep(0.6)
            assert not opened.done()
            begun = time.perf_counter()
            done = end(signed_in)
            if asyncio.iscoroutine(done):
                await done
            sent = await asyncio.wait_for(opened, 5)
            taken = time.perf_counter() - begun
            assert sent.messages[-1] == {"type": "websocket.close", "code": 4401, "reason": "logged out"}
            if following:
                following.cancel()
            return taken

        return asyncio.run(run())

    def test_logging_out_here_cuts_within_100_ms(self, manned: Gate) -> None:
        assert self.cut_after(manned, lambda one: manned.keeper.end(one.session_id), follow=False) < 0.1

    def test_ending_it_in_another_process_cuts_within_a_second(self, manned: Gate) -> None:
        catalog = manned.keeper.catalog
        assert self.cut_after(manned, lambda one: end_session(catalog, one.session_id), follow=True) < 1.0
        assert self.cut_after(manned, lambda _: end_sessions(catalog, "ada"), follow=True) < 1.0

    @pytest.mark.parametrize("kind", [b"", b"application/octet-stream"])
    def test_streams_end_and_what_is_incomplete_does_not_look_whole(self, manned: Gate, kind: bytes) -> None:
        signed_in = manned.signed_in("ada")

        async def run() -> float:
            asking = manned.asking("/api/v1/stream", query=kind, cookie=manned.cookie_of(signed_in))
            opened = asyncio.create_task(asking)
            await asyncio.sleep(0.3)
            assert not opened.done()
            begun = time.perf_counter()
            await manned.keeper.end(signed_in.session_id)
            await asyncio.wait({opened}, timeout=5)
            assert opened.done()
            if kind:
                assert opened.exception() is not None, "the server drops the connection of what raises"
            else:
                assert opened.result().messages[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
            return time.perf_counter() - begun

        assert asyncio.run(run()) < 0.1

    def test_a_revoked_key_loses_what_it_has_open(self, manned: Gate) -> None:
        context = Context(manned.keeper.catalog, User("bob", "operator"))
        made = keys.add(context, "test")

        async def run() -> float:
            following = asyncio.create_task(manned.keeper.follow_ends())
            given = {"authorization": f"Bearer {made.token}"}
            stream = asyncio.create_task(manned.asking("/api/v1/stream", **given))
            opened = manned.asking("/api/v1/jobs/x/watch", kind="websocket", scheme="ws", **given)
            watching = asyncio.create_task(opened)
            await asyncio.sleep(0.6)
            assert not stream.done()
            assert not watching.done()
            begun = time.perf_counter()
            await asyncio.to_thread(keys.revoke, context, made.key.id)
            await asyncio.wait({stream, watching}, timeout=5)
            taken = time.perf_counter() - begun
            following.cancel()
            assert stream.result().messages[-1]["more_body"] is False
            assert watching.result().messages[-1]["code"] == 4401
            return taken

        assert asyncio.run(run()) < 1.0

    def test_the_cookie_stops_working_at_once(self, manned: Gate) -> None:
        cookie = manned.cookie("ada")
        assert manned.ask(cookie=cookie).status == 200
        assert manned.ask("/logout", cookie=cookie).status == 404, "a link or picture must not log anyone out"
        out = manned.ask("/logout", "POST", cookie=cookie, **OWN)
        assert out.status == 303
        assert "Max-Age=0" in (out.header("set-cookie") or "")
        assert manned.ask(cookie=cookie).status == 303
        assert manned.ask("/api/v1/x", cookie=cookie).status == 401


class TestAnswers:
    def test_pages_get_a_fresh_nonce_in_each_script_and_a_policy_without_eval(self, gate: Gate) -> None:
        login = gate.cookie()
        pages = [gate.ask(cookie=login) for _ in range(2)]
        policies = [page.header("content-security-policy") or "" for page in pages]
        assert policies[0] != policies[1]
        script = policies[0].split("script-src ")[1].split(";")[0]
        nonce = script.split("'nonce-")[1].split("'")[0]
        assert pages[0].body.count(f'<script nonce="{nonce}"'.encode()) == 2
        assert "unsafe" not in script
        assert "frame-ancestors 'none'" in policies[0]
        assert pages[0].header("cache-control") == "no-store"

    @pytest.mark.parametrize(
        "path", ["/", "/missing", "/crash", "/static/js/a.js", "/api/v1/x", "/api/health", "/login"]
    )
    @pytest.mark.parametrize("known", [True, False])
    def test_all_carry_the_protective_headers_and_a_number(self, manned: Gate, path: str, known: bool) -> None:
        sent = manned.ask(path, cookie=manned.cookie("ada") if known else None)
        assert sent.header("x-content-type-options") == "nosniff"
        assert sent.header("x-frame-options") == "DENY"
        assert sent.header("referrer-policy") == "same-origin"
        assert len(sent.header("x-request-id") or "") == 16
        assert sent.header("strict-transport-security") is None

    def test_over_tls_browsers_are_told_to_stay_there_and_cookies_are_secure(self, manned: Gate) -> None:
        shown = manned.ask("/login", scheme="https")
        assert shown.header("strict-transport-security") == "max-age=31536000"
        (cookie,) = shown.all("set-cookie")
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie
        assert "HttpOnly" in cookie

    def test_versioned_static_files_are_cached_for_good_and_compressed(self, gate: Gate) -> None:
        login = gate.cookie()
        for _ in range(3):
            sent = gate.ask("/static/js/a.js", query=b"v=1.2", cookie=login, accept_encoding="gzip, br")
        assert sent.header("cache-control") == "public, max-age=31536000, immutable"
        assert sent.header("content-encoding") == "gzip"
        assert gzip.decompress(sent.body) == b"x" * 4000
        assert len(gate.inner.seen) == 1
        assert gate.ask("/static/js/a.js", cookie=login).header("cache-control") == "no-cache"
        assert gate.ask("/static/js/a.js", query=b"v=1.2", cookie=login).body == b"x" * 4000

    def test_a_reader_cannot_make_the_server_pack_one_file_again_and_again(self, gate: Gate) -> None:
        login = gate.cookie()
        for number in range(20):
            sent = gate.ask("/static/js/a.js", query=f"x={number}".encode(), cookie=login, accept_encoding="gzip")
            assert sent.header("content-encoding") == "gzip"
        assert len(gate.inner.seen) == 1

    def test_missing_pages_and_failures_are_said_in_words_without_details(self, gate: Gate) -> None:
        login = gate.cookie()
        gone = gate.ask("/missing", cookie=login)
        assert gone.status == 404
        assert b"There is no such page" in gone.body
        crashed = gate.ask("/crash", cookie=login)
        assert crashed.status == 500
        assert b"Something went wrong" in crashed.body
        assert (crashed.header("x-request-id") or "?").encode() in crashed.body
        assert b"SECRET-DETAIL" not in crashed.body
        assert b"Traceback" not in crashed.body

    def test_a_database_that_does_not_answer_lets_nobody_in(
        self, manned: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object, **__: object) -> None:
            raise StoreError("the disk is gone", hint="")

        cookie = manned.cookie("ada")
        for name in ("session_user", "key_user", "has_people"):
            monkeypatch.setattr(f"pfd_panel.server.keeper.{name}", fails)
        assert manned.ask(cookie=cookie).status == 503
        assert manned.ask("/api/v1/x", authorization="Bearer pfd_x").status == 503
        assert manned.ask("/ws", kind="websocket", scheme="ws", cookie=cookie).types == ["websocket.close"]
        assert manned.inner.seen == []

    @pytest.mark.parametrize("path", ["/autoload.js", "/signals/autoload.js", "/metadata"])
    def test_embedding_routes_of_bokeh_are_not_served(self, gate: Gate, path: str) -> None:
        assert gate.ask(path, cookie=gate.cookie()).status == 404
        assert gate.inner.seen == []
