"""The gate alone: who passes, what is refused, and what every answer carries."""

import asyncio
import time
from collections.abc import Callable

import pytest

from data_catalog import Catalog
from pfd_panel.server.user import current_user
from pfd_panel.services import keys
from pfd_panel.services.context import Context, User
from tests.pfd_panel.server.rig import HOST, OWN, Gate, key_of, page_token, seen_headers

PATHS = ["/", "/signals", "/static/js/bokeh.min.js", "/docs", "/api/v1/x"]


class TestNobody:
    """What a stranger is told; that every route tells him no more is `test_walk`."""

    @pytest.mark.parametrize("path", PATHS)
    def test_is_led_to_the_log_in_page_where_there_are_accounts(self, manned: Gate, path: str) -> None:
        sent = manned.ask(path, query=b"a=1")
        if path.startswith("/api/"):
            assert (sent.status, sent.header("www-authenticate")) == (401, "Bearer")
        else:
            assert sent.status == 303
            assert sent.header("location") == f"/login?next={path.replace('/', '%2F')}%3Fa%3D1"
        assert manned.ask(path, "POST").status == 401
        assert manned.inner.seen == []

    def test_may_ask_whether_the_server_lives(self, gate: Gate) -> None:
        assert gate.ask("/api/health").status == 200
        assert gate.ask("/api/health", "POST").status == 401
        assert len(gate.inner.seen) == 1

    @pytest.mark.parametrize(
        "path",
        ["/api/health/", "/api/health/x", "//api/health", "/API/health", "/api/health%00", "/login/x", "/x/login"],
    )
    def test_does_not_get_in_by_what_looks_like_an_open_path(self, gate: Gate, path: str) -> None:
        assert gate.ask(path).status == 401
        assert gate.inner.seen == []

    def test_is_told_nothing_about_cookies_and_keys_that_are_made_up(self, manned: Gate) -> None:
        name = manned.keeper.cookie_name
        good = manned.keeper.seal(manned.signed_in("ada"))
        for value in ("", "x", "a.b.c", good[:-1] + ("0" if good[-1] != "0" else "1"), good.replace(".", "", 1)):
            assert manned.ask("/api/v1/x", cookie=f"{name}={value}").status == 401
        for token in ("", "x", "pfd_", "pfd_" + "a" * 43):
            assert manned.ask("/api/v1/x", authorization=f"Bearer {token}").status == 401
        assert manned.inner.seen == []

    def test_cannot_mint_a_cookie_with_a_secret_it_chose(self, manned: Gate) -> None:
        signed_in = manned.signed_in("ada")
        forged = manned.keeper._seal.seal(f"{signed_in.session_id}.not-the-secret")
        assert manned.ask("/api/v1/x", cookie=f"{manned.keeper.cookie_name}={forged}").status == 401


class TestAddress:
    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "127.0.0.1.evil.example:5006",
            "192.168.1.4:5006",
            "",
            "[::2]:5006",
            "127.0.0.1:5006; script-src *",
            "localhost:5006\t",
            "localhost@evil.example",
        ],
    )
    def test_other_host_names_are_refused_even_with_a_login(self, gate: Gate, host: str) -> None:
        assert gate.ask(host=host, cookie=gate.cookie()).status == 403
        assert gate.inner.seen == []

    @pytest.mark.parametrize("host", ["localhost:5006", "127.0.0.1", "[::1]:5006"])
    def test_loopback_names_are_served(self, gate: Gate, host: str) -> None:
        assert gate.ask(host=host, cookie=gate.cookie()).status == 200

    def test_names_from_the_settings_are_served(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(hosts="plant.example, Other.example")
        for host in ("plant.example", "PLANT.example:5006", "other.example"):
            assert gate.ask(host=host, cookie=gate.cookie()).status == 200

    def test_forwarded_words_of_strangers_are_not_believed(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(trusted_proxies="10.0.0.0/8")
        told = {"x_forwarded_proto": "https", "x_forwarded_for": "1.2.3.4", "x_request_id": "mine"}
        stranger = gate.ask("/api/health", peer="192.0.2.1", **told)
        proxy = gate.ask("/api/health", peer="10.1.1.1", **told)
        assert stranger.header("strict-transport-security") is None
        assert stranger.header("x-request-id") != "mine"
        assert proxy.header("strict-transport-security") is not None
        assert proxy.header("x-request-id") == "mine"


class TestChanges:
    @pytest.mark.parametrize(
        "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:5006", f"https://{HOST}"]
    )
    def test_of_another_origin_are_refused(self, gate: Gate, origin: str) -> None:
        headers = {"origin": origin, "sec_fetch_site": "same-origin", "cookie": gate.cookie()}
        assert gate.ask("/upload", "POST", **headers).status == 403
        assert gate.inner.seen == []

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    @pytest.mark.parametrize("path", ["/upload", "/api/v1/x", "/logout", "/signals"])
    def test_with_a_cookie_alone_are_refused(self, gate: Gate, method: str, path: str) -> None:
        cookie = gate.cookie()
        other = gate.keeper.csrf(gate.signed_in().session_id)
        for headers in (
            {},
            {"origin": f"http://{HOST}"},
            {"sec_fetch_site": "same-origin"},
            {"origin": f"http://{HOST}", "sec_fetch_site": "same-site"},
            {"origin": f"http://{HOST}", "sec_fetch_site": "none"},
            {"origin": f"http://{HOST}", "x_csrf_token": ""},
            {"origin": f"http://{HOST}", "x_csrf_token": other},
        ):
            assert gate.ask(path, method, cookie=cookie, **headers).status == 403
        assert gate.inner.seen == []
        assert gate.ask("/", cookie=cookie).status == 200, "nobody was logged out"

    def test_of_own_pages_pass(self, gate: Gate) -> None:
        assert gate.ask("/upload", "POST", cookie=gate.cookie(), **OWN).status == 200

    def test_with_the_token_of_the_page_pass_where_browsers_do_not_say_where_they_come_from(self, gate: Gate) -> None:
        signed_in = gate.signed_in()
        cookie = gate.cookie_of(signed_in)
        page = gate.ask(cookie=cookie).body.decode()
        token = page.split('<meta name="pfd-csrf" content="')[1].split('"')[0]
        headers = {"origin": f"http://{HOST}", "x_csrf_token": token}
        assert gate.ask("/upload", "POST", cookie=cookie, **headers).status == 200
        assert signed_in.secret not in page


class TestKeys:
    def test_open_the_api_without_a_cookie_or_a_token(self, manned: Gate) -> None:
        token = key_of(manned.keeper.catalog, "bob", "operator").token
        assert manned.ask("/api/v1/x", "POST", authorization=f"Bearer {token}").status == 200
        assert current_user(seen_headers(manned)).id == "bob"
        assert current_user(seen_headers(manned)).scopes is None
        assert token not in str(manned.inner.seen[-1]["headers"])

    def test_open_nothing_else(self, manned: Gate) -> None:
        token = key_of(manned.keeper.catalog, "ada", "admin").token
        for path in ("/", "/upload", "/download/x", "/static/x.js"):
            assert manned.ask(path, accept="*/*", authorization=f"Bearer {token}").status == 401
        assert manned.ask("/logout", "POST", authorization=f"Bearer {token}").status == 401

    def test_read_the_measurements_too(self, manned: Gate) -> None:
        token = key_of(manned.keeper.catalog, "bob", "operator").token
        assert manned.ask("/metrics", authorization=f"Bearer {token}").status == 200
        assert manned.ask("/metrics/x", authorization=f"Bearer {token}", accept="*/*").status == 401

    def test_carry_their_scopes(self, manned: Gate) -> None:
        token = key_of(manned.keeper.catalog, "ada", "admin", ("read",)).token
        assert manned.ask("/api/v1/x", authorization=f"Bearer {token}").status == 200
        user = current_user(seen_headers(manned))
        assert (user.role, user.scopes) == ("admin", frozenset({"read"}))

    def test_are_not_helped_by_the_cookie_of_someone_else(self, manned: Gate) -> None:
        sent = manned.ask("/api/v1/x", authorization="Bearer pfd_wrong", cookie=manned.cookie("ada"))
        assert sent.status == 401

    def test_that_are_revoked_open_nothing_a_moment_later(self, manned: Gate) -> None:
        context = Context(manned.keeper.catalog, User("bob", "operator"))
        made = keys.add(context, "test")
        assert manned.ask("/api/v1/x", authorization=f"Bearer {made.token}").status == 200
        keys.revoke(context, made.key.id)
        time.sleep(1.05)
        assert manned.ask("/api/v1/x", authorization=f"Bearer {made.token}").status == 401

    def test_are_counted_each_time(self, manned: Gate) -> None:
        context = Context(manned.keeper.catalog, User("bob", "operator"))
        made = keys.add(context, "test")
        for _ in range(7):
            manned.ask("/api/v1/x", authorization=f"Bearer {made.token}")
        asyncio.run(manned.keeper.poll())
        (key,) = keys.listing(context)
        assert key.uses == 7

    def test_that_are_guessed_are_slowed_down(self, peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_login=5)
        answers = [gate.ask("/api/v1/x", authorization=f"Bearer pfd_{n}").status for n in range(8)]
        assert answers == [401] * 5 + [429] * 3


class TestCrossOrigin:
    ASKING = {"origin": "https://notebook.example", "access_control_request_method": "GET"}  # noqa: RUF012

    def test_scripts_of_others_are_refused_unless_named(self, manned: Gate) -> None:
        token = key_of(manned.keeper.catalog, "bob", "operator").token
        assert manned.ask("/api/v1/x", "OPTIONS", **self.ASKING).status == 401
        answered = manned.ask("/api/v1/x", origin="https://notebook.example", authorization=f"Bearer {token}")
        assert answered.header("access-control-allow-origin") is None

    def test_named_ones_may_use_keys_and_no_cookies(self, peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(cors_origins="https://notebook.example")
        token = key_of(peopled, "bob", "operator").token
        allowed = gate.ask("/api/v1/x", "OPTIONS", **self.ASKING)
        assert allowed.status == 204
        assert "authorization" in (allowed.header("access-control-allow-headers") or "")
        for origin in ("https://notebook.example.evil.example", "https://evil.example", "null"):
            assert gate.ask("/api/v1/x", "OPTIONS", **{**self.ASKING, "origin": origin}).status == 401
        given = {"origin": "https://notebook.example", "authorization": f"Bearer {token}"}
        answered = gate.ask("/api/v1/x", "POST", **given)
        assert (answered.status, answered.header("access-control-allow-origin")) == (200, "https://notebook.example")
        assert answered.header("access-control-allow-credentials") is None
        with_cookie = {"origin": "https://notebook.example", "cookie": gate.cookie("bob")}
        assert gate.ask("/api/v1/x", "POST", **with_cookie).status == 403
        elsewhere = gate.ask("/", "OPTIONS", **self.ASKING)
        assert elsewhere.status == 303, "the API only"
        assert elsewhere.header("access-control-allow-origin") is None


class TestLimits:
    def test_reads_are_counted_by_user_and_the_others_told_when_to_come_back(
        self, peopled: Catalog, gate_of: Callable[..., Gate]
    ) -> None:
        gate = gate_of(limit_read=10)
        ada, bob = gate.cookie("ada"), gate.cookie("bob")
        answers = [gate.ask(cookie=ada, peer=f"10.0.0.{n}") for n in range(12)]
        assert [one.status for one in answers] == [200] * 10 + [429] * 2
        assert 1 <= int(answers[-1].header("retry-after") or 0) <= 60
        assert gate.ask(cookie=bob).status == 200
        assert len(gate.inner.seen) == 11

    def test_changes_are_counted_by_address(self, peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_write=3)
        names = ["ada", "bob", "eve", "ada"]
        answers = [gate.ask("/api/v1/x", "POST", cookie=gate.cookie(name), **OWN).status for name in names]
        assert answers == [200, 200, 200, 429]
        assert gate.ask("/api/v1/x", "POST", cookie=gate.cookie("ada"), peer="10.0.0.7", **OWN).status == 200

    def test_the_whole_network_of_one_ipv6_subscriber_counts_as_one(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_read=3)
        assert [gate.ask(peer=f"2001:db8:1:2::{n}").status for n in range(4)] == [401] * 3 + [429]
        assert gate.ask(peer="2001:db8:1:3::1").status == 401

    def test_uploads_and_their_parts_are_counted_by_user(self, peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_upload=4, limit_write=1)
        ada, bob = gate.cookie("ada"), gate.cookie("bob")
        asked = [("/upload", "POST"), ("/api/v1/uploads", "POST"), *[("/api/v1/uploads/x", "PATCH")] * 3]
        answers = [
            gate.ask(path, method, cookie=ada, peer=f"10.0.0.{n}", **OWN) for n, (path, method) in enumerate(asked)
        ]
        assert [one.status for one in answers] == [200] * 4 + [429]
        assert 1 <= int(answers[-1].header("retry-after") or 0) <= 60
        assert gate.ask("/upload", "POST", cookie=bob, **OWN).status == 200, "another user has his own"
        assert gate.ask("/api/v1/uploads/x", cookie=ada).status == 200, "asking for the offset is a read"
        assert gate.ask("/api/v1/uploads/x", "DELETE", cookie=ada, **OWN).status == 429

    def test_nobody_keeps_more_open_than_his_share(self, peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_open=3)
        signed_in = gate.signed_in("eve")
        cookie, token = gate.cookie_of(signed_in), page_token(gate, signed_in.session_id)
        socket = {"kind": "websocket", "scheme": "ws", "origin": f"http://{HOST}", "cookie": cookie}

        async def run() -> tuple[list[str], int, list[str]]:
            page = {**socket, "sec_websocket_protocol": f"bokeh, {token}"}
            held = [asyncio.create_task(gate.asking("/ws", **page)) for _ in range(2)]
            held.append(asyncio.create_task(gate.asking("/api/v1/stream", cookie=gate.cookie("eve"))))
            await asyncio.sleep(0.5)
            refused = (await gate.asking("/ws", **page)).types
            full = (await gate.asking("/api/v1/x", cookie=cookie)).status
            other = (await gate.asking("/api/v1/x", cookie=gate.cookie("bob"))).status
            assert other == 200, "others have their own"
            assert (await gate.asking("/jobs", cookie=cookie)).status == 200, "pages that are only read go on"
            held.pop(0).cancel()
            await asyncio.sleep(0.1)
            again = (await gate.asking("/api/v1/x", cookie=cookie)).status
            for one in held:
                one.cancel()
            return refused, full, [str(again)]

        assert asyncio.run(run()) == (["websocket.close"], 429, ["200"])

    def test_a_bytes_quota_holds_for_uploads(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_upload_bytes=100)
        cookie = gate.cookie()
        sizes = [60, 60, 40]
        answers = [
            gate.ask("/upload", "POST", cookie=cookie, body=b"x" * size, content_length=str(size), **OWN).status
            for size in sizes
        ]
        assert answers == [200, 429, 200]

    def test_an_upload_of_unknown_length_is_counted_afterwards(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_upload_bytes=100)
        cookie = gate.cookie()
        assert gate.ask("/upload", "POST", cookie=cookie, body=b"x" * 90, **OWN).status == 200
        assert gate.ask("/upload", "POST", cookie=cookie, body=b"x" * 20, content_length="20", **OWN).status == 429


class TestBodies:
    def test_that_are_said_to_be_too_large_are_not_read(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(body_limit=1024)
        for length, status in (("1025", 413), ("9" * 5000, 413), ("-1", 400), ("1e3", 400), ("x", 400), ("٣", 400)):
            sent = gate.ask("/api/v1/x", "POST", cookie=gate.cookie(), content_length=length, **OWN)
            assert sent.status == status
            assert sent.header("connection") == "close"
        assert gate.inner.seen == []

    def test_that_turn_out_to_be_too_large_are_read_no_further(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(body_limit=1024)
        endless = tuple({"type": "http.request", "body": b"x" * 500, "more_body": True} for _ in range(50))
        sent = gate.ask("/api/v1/x", "POST", cookie=gate.cookie(), incoming=endless, **OWN)
        assert sent.status == 413
        assert sent.header("connection") == "close"
        assert len(gate.inner.read) <= 1024

    def test_that_do_not_come_are_not_waited_for(self, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(body_seconds=0.2)
        begun = time.monotonic()
        for path in ("/api/v1/x", "/upload"):
            begin = ({"type": "http.request", "body": b"x", "more_body": True},)
            assert gate.ask(path, "POST", cookie=gate.cookie(), incoming=begin, **OWN).status == 408
        assert time.monotonic() - begun < 3
