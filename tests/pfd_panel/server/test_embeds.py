"""What a shared link lets through the gate, and what it does not."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from data_catalog.accounts import users
from data_catalog.schema import ShareLink, utc_now
from pfd_panel.server.embed_token import embed_token, without_secret
from pfd_panel.server.user import current_user
from pfd_panel.services import links
from pfd_panel.services.context import Context, User
from tests.pfd_panel.server.rig import HOST, Gate, page_token

REPORTS = "https://reports.example"


def shared(gate: Gate, page: str = "/signal", query: str = "dataset=rig", owner: str = "bob", **more: Any) -> Any:
    """A fresh link of an operator, to be framed by `REPORTS`."""
    context = Context(gate.keeper.catalog, User(owner, "operator" if owner != "local" else "admin"))
    return links.add(context, "T", page, query, ancestors=[REPORTS], **more)


def forget(gate: Gate) -> None:
    """As if the time had passed for which the gate remembers."""
    gate.keeper._visits.clear()


class TestView:
    def test_a_link_shows_its_view_with_its_state_and_only_the_theme_is_free(self, manned: Gate) -> None:
        made = shared(manned)
        root = made.path.rstrip("/")
        query = b"theme=dark&dataset=secret&id=7&bokeh-absolute-url=http://evil.example"
        sent = manned.ask(made.path, query=query, cookie=manned.cookie("ada"), authorization="Bearer pfd_x")
        scope = manned.inner.seen[-1]
        assert sent.status == 200
        assert (scope["path"], scope["root_path"]) == (f"{root}/signal", root)
        assert scope["query_string"] == b"dataset=rig&theme=dark"
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        assert not {"cookie", "authorization"} & set(headers)
        visitor = current_user(headers)
        assert (visitor.id, visitor.role, visitor.session) == (f"share:{made.link.id}", "viewer", visitor.id)
        assert b"pfd-csrf" not in sent.body

    def test_its_answer_may_be_framed_by_the_named_origins_and_tells_no_one_its_address(self, manned: Gate) -> None:
        sent = manned.ask(shared(manned).path)
        policy = sent.header("content-security-policy") or ""
        assert policy.endswith(f"frame-ancestors {REPORTS}")
        assert "unsafe-eval" not in policy
        assert sent.header("x-frame-options") is None
        assert sent.header("referrer-policy") == "no-referrer"
        assert sent.header("cross-origin-resource-policy") == "cross-origin"
        assert sent.header("cache-control") == "no-store"

    def test_without_named_origins_nobody_frames_it_and_other_pages_never_are(self, manned: Gate) -> None:
        context = Context(manned.keeper.catalog, User("bob", "operator"))
        alone = manned.ask(links.add(context, "T", "/signal").path)
        page = manned.ask("/", cookie=manned.cookie("ada"))
        for sent in (alone, page):
            assert (sent.header("content-security-policy") or "").endswith("frame-ancestors 'none'")
        assert page.header("x-frame-options") == "DENY"

    def test_an_address_without_its_last_slash_leads_to_the_one_with_it(self, manned: Gate) -> None:
        made = shared(manned)
        sent = manned.ask(made.path.rstrip("/"), query=b"theme=dark&next=//evil.example")
        assert (sent.status, sent.header("location")) == (303, f"{made.path}?theme=dark")

    def test_the_script_can_be_loaded_by_any_page_and_says_nothing(self, manned: Gate) -> None:
        made = shared(manned)
        sent = manned.ask(f"{made.path}frame.js")
        assert (sent.status, sent.header("content-type")) == (200, "text/javascript; charset=utf-8")
        assert sent.header("cross-origin-resource-policy") == "cross-origin"
        assert made.path.split("/")[2].encode() not in sent.body

    def test_how_often_it_was_opened_is_written_down(self, manned: Gate) -> None:
        made = shared(manned)
        for path in (made.path, made.path, f"{made.path}frame.js", f"{made.path}static/js/bokeh.min.js"):
            assert manned.ask(path).status == 200
        asyncio.run(manned.keeper.poll())
        found = next(one for one in links.listing(Context(manned.keeper.catalog, User("bob", "operator"))))
        assert found.opened == 2
        assert found.opened_at is not None


class TestNothingElse:
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    def test_is_below_a_link(self, manned: Gate, method: str) -> None:
        made, cookie = shared(manned), manned.cookie("ada")
        for rest in (
            "api/v1/datasets", "api/health", "signals", "signal", "login", "logout", "upload", "download/x", "metrics",
            "docs", "autoload.js", "metadata", "ws", "components/antigravity/x.js", "static/../signals",
            "static/..%2fsignals", "static//x",
            "static/js/..\\x", "components/../../api/v1/datasets", "/", "/signals", "frame.js/", "frame.js/../signals",
            "static",
        ):  # fmt: skip
            assert manned.ask(made.path + rest, method, origin=f"http://{HOST}", cookie=cookie).status == 404, rest
        assert manned.inner.seen == []

    def test_changes_anything(self, manned: Gate) -> None:
        made = shared(manned)
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"):
            assert manned.ask(made.path, method).status == 404
        assert manned.inner.seen == []

    def test_opens_by_a_token_that_is_not_whole_signed_and_known(self, manned: Gate) -> None:
        one, other = shared(manned), shared(manned)
        link_id, secret, seal = one.path.split("/")[2].split(".")
        key = manned.keeper.settings.key()
        tried = [
            f"{link_id}.{secret}.{seal[:-1]}{'0' if seal[-1] != '0' else '1'}",
            f"{other.link.id}.{secret}.{seal}",
            f"{link_id}.{secret}",
            f"{link_id}..{seal}",
            "",
            ".",
            "x" * 5000,
            f"{link_id}.{secret}.{seal}.{seal}",
            "é.x.y",
            # signed by this server, but never given out
            embed_token(key, other.link.id, secret),
            embed_token(key, link_id, ""),
            embed_token(key, "0" * 32, secret),
        ]
        for token in tried:
            sent = manned.ask(f"/embed/{token}/", cookie=manned.cookie("ada"))
            assert sent.status == 403, token
            assert b"not shown any more" in sent.body
        assert manned.inner.seen == []

    def test_is_made_or_revoked_from_another_site_or_with_a_cookie_alone(self, manned: Gate) -> None:
        cookie = manned.cookie("bob")
        for path in ("/api/v1/links", "/api/v1/links/x/revoke", "/api/v1/views"):
            for given in ({}, {"origin": REPORTS}, {"origin": "null"}, {"origin": f"http://{HOST}"}):
                assert manned.ask(path, "POST", cookie=cookie, **given).status == 403
        assert manned.inner.seen == []
        own = {"origin": f"http://{HOST}", "sec_fetch_site": "same-origin"}
        assert manned.ask("/api/v1/links", "POST", cookie=cookie, **own).status == 200

    def test_opens_under_a_host_name_that_is_not_ours(self, manned: Gate) -> None:
        assert manned.ask(shared(manned).path, host="evil.example").status == 403
        assert manned.inner.seen == []


class TestEnds:
    def test_a_link_that_is_over_shows_nothing_and_says_so_in_the_frame(self, manned: Gate) -> None:
        made = shared(manned)
        with manned.keeper.catalog.write() as session:
            session.get_one(ShareLink, made.link.id).expires_at = utc_now() - timedelta(seconds=1)
        sent = manned.ask(made.path)
        assert (sent.status, b"not shown any more" in sent.body) == (403, True)
        assert (sent.header("content-security-policy") or "").endswith(f"frame-ancestors {REPORTS}")
        for rest in ("frame.js", "static/js/bokeh.min.js"):
            assert manned.ask(made.path + rest).status == 403
        assert manned.inner.seen == []

    def test_a_revoked_link_or_one_of_a_disabled_owner_shows_nothing_a_second_later(self, manned: Gate) -> None:
        made, of_owner = shared(manned), shared(manned)
        assert {manned.ask(one.path).status for one in (made, of_owner)} == {200}
        links.revoke(Context(manned.keeper.catalog, User("bob", "operator")), made.link.id)
        with manned.keeper.catalog.write() as session:
            users.set_disabled(session, "bob", True, owner="ada")
        forget(manned)
        assert {manned.ask(one.path).status for one in (made, of_owner)} == {403}

    def test_links_of_the_time_without_accounts_end_with_the_first_account(
        self, gate: Gate, password_hash: str
    ) -> None:
        made = shared(gate, owner="local")
        assert gate.ask(made.path).status == 200
        with gate.keeper.catalog.write() as session:
            users.add(session, "ada", "admin", owner="test", password_hash=password_hash)
        forget(gate)
        assert gate.ask(made.path).status == 403


class TestWebsockets:
    def ask(self, gate: Gate, path: str, session: str, **more: Any) -> list[str]:
        given = {"origin": f"http://{HOST}", "sec_websocket_protocol": f"bokeh, {page_token(gate, session)}", **more}
        incoming = ({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000})
        return gate.ask(path, kind="websocket", incoming=incoming, **given).types

    def test_a_shared_view_opens_its_own_without_a_cookie(self, manned: Gate) -> None:
        made = shared(manned)
        assert self.ask(manned, f"{made.path}ws", f"share:{made.link.id}") == ["websocket.accept"]
        scope = manned.inner.seen[-1]
        assert (scope["path"], scope["root_path"]) == (f"{made.path}signal/ws", made.path.rstrip("/"))

    def test_nothing_else_is_opened_by_it(self, manned: Gate) -> None:
        made, other = shared(manned), shared(manned)
        own = f"share:{made.link.id}"
        ada = manned.signed_in("ada")
        refused = ["websocket.close"]
        for path, session, more in [
            (f"{made.path}signal/ws", own, {}),
            (f"{made.path}signals/ws", own, {}),
            (f"{made.path}api/v1/jobs/x/ws", own, {}),
            (f"{made.path}/ws", own, {}),
            (f"{other.path}ws", own, {}),
            (f"{made.path}ws", f"share:{other.link.id}", {}),
            (f"{made.path}ws", ada.session_id, {"cookie": manned.cookie_of(ada)}),
            ("/signal/ws", own, {}),
            ("/ws", own, {"cookie": manned.cookie_of(ada)}),
            (f"{made.path}ws", own, {"origin": REPORTS}),
            (f"{made.path}ws", own, {"origin": "null"}),
            (f"{made.path}ws", own, {"origin": None}),
            (f"{made.path}ws", own, {"host": "evil.example"}),
            ("/embed/x/ws", own, {}),
        ]:
            assert self.ask(manned, path, session, **more) == refused, (path, session, more)
        assert manned.inner.seen == []

    def test_an_expired_link_opens_none(self, manned: Gate) -> None:
        made = shared(manned)
        with manned.keeper.catalog.write() as session:
            session.get_one(ShareLink, made.link.id).expires_at = utc_now()
        assert self.ask(manned, f"{made.path}ws", f"share:{made.link.id}") == ["websocket.close"]

    @pytest.mark.parametrize("how", ["revoked", "expired", "disabled"])
    def test_one_that_is_open_is_cut_when_the_link_ends(self, manned: Gate, how: str) -> None:
        made = shared(manned)
        session = f"share:{made.link.id}"

        async def run() -> tuple[Any, float]:
            given = {"origin": f"http://{HOST}", "sec_websocket_protocol": f"bokeh, {page_token(manned, session)}"}
            following = asyncio.create_task(manned.keeper.follow_ends())
            opening = asyncio.create_task(manned.asking(f"{made.path}ws", kind="websocket", **given))
            while not manned.inner.seen:
                await asyncio.sleep(0.01)
            begun = time.monotonic()
            await asyncio.to_thread(self.end, manned, made.link.id, how)
            sent = await opening
            following.cancel()
            return sent, time.monotonic() - begun

        sent, _ = asyncio.run(asyncio.wait_for(run(), 20))
        assert sent.types == ["websocket.accept", "websocket.close"]
        assert sent.messages[-1]["code"] == 4401

    @staticmethod
    def end(gate: Gate, link_id: str, how: str) -> None:
        if how == "revoked":
            links.revoke(Context(gate.keeper.catalog, User("bob", "operator")), link_id)
            return
        with gate.keeper.catalog.write() as session:
            if how == "expired":
                session.get_one(ShareLink, link_id).expires_at = utc_now()
            else:
                users.set_disabled(session, "bob", True, owner="ada")


class TestLimits:
    def test_guesses_are_counted_as_log_ins_and_openings_by_address(self, gate_of: Any, peopled: Any) -> None:
        gate = gate_of(limit_login=5, limit_read=3)
        made = shared(gate)
        guesses = [gate.ask(f"/embed/{n}.x.y/").status for n in range(7)]
        assert guesses == [403] * 5 + [429] * 2
        assert [gate.ask(made.path).status for _ in range(4)] == [200] * 3 + [429]
        assert gate.ask(made.path, peer="192.0.2.9").status == 200


def test_the_log_does_not_hold_what_opens_a_link(manned: Gate, caplog: pytest.LogCaptureFixture) -> None:
    made = shared(manned)
    secret = made.path.split(".")[1]
    caplog.set_level("INFO")
    manned.ask(made.path)
    manned.ask(f"{made.path}nowhere")
    assert made.link.id in caplog.text
    assert secret not in caplog.text
    assert without_secret(made.path) == f"/embed/{made.link.id}/"
    assert without_secret("/embed/" + "s" * 90) == "/embed/" + "s" * 32
    assert without_secret("/signal") == "/signal"
