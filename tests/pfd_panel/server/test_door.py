"""Logging in and out: links, the log-in page, choosing a password, and the attacks on each."""

import re
import time
from collections.abc import Callable

import pytest

from data_catalog import Catalog
from pfd_panel.accounts import totp
from pfd_panel.accounts.sign_in import session_user
from pfd_panel.server.links import LoginLinks
from pfd_panel.server.settings import ServerSettings
from pfd_panel.services import account, people
from pfd_panel.services.context import LOCAL_USER, Context, User
from tests.pfd_panel.server.rig import HOST, PASSWORD, Gate, Sent


def session_cookie(gate: Gate, sent: Sent) -> str:
    return f"{gate.keeper.cookie_name}={sent.cookies[gate.keeper.cookie_name]}"


class TestLink:
    def test_works_once(self, gate: Gate) -> None:
        token = gate.keeper.links.issue()
        first = gate.ask("/login", query=f"token={token}".encode())
        assert first.status == 200
        assert "HttpOnly; SameSite=Lax" in (first.header("set-cookie") or "")
        assert token.encode() not in first.body
        assert gate.ask(cookie=session_cookie(gate, first)).status == 200
        assert gate.ask("/login", query=f"token={token}".encode()).status == 403

    def test_that_is_forged_or_foreign_opens_nothing(self, gate: Gate, tmp_path: object) -> None:
        foreign = LoginLinks(ServerSettings(home=f"{tmp_path}/other")).issue()
        sealed = gate.keeper.seal(gate.signed_in())
        for token in ("", "abc", foreign, gate.keeper.links.issue()[:-2], sealed):
            sent = gate.ask("/login", query=f"token={token}".encode())
            assert sent.status == 403
            assert sent.cookies == {}

    def test_is_no_cookie(self, gate: Gate) -> None:
        assert gate.ask(cookie=f"{gate.keeper.cookie_name}={gate.keeper.links.issue()}").status == 401

    def test_opens_nothing_once_there_are_accounts(self, manned: Gate) -> None:
        sent = manned.ask("/login", query=f"token={manned.keeper.links.issue()}".encode())
        assert sent.status == 200
        assert manned.keeper.cookie_name not in sent.cookies
        assert b'name="password"' in sent.body


class TestLogIn:
    def test_a_form_with_many_fields_is_not_understood_and_no_failure(self, manned: Gate) -> None:
        many = {f"field{number}": "x" for number in range(50)}
        sent = manned.post("/login", many)
        assert (sent.status, sent.header("connection")) == (400, "close")

    def test_opens_a_session_with_the_right_password(self, manned: Gate) -> None:
        sent = manned.log_in("ada")
        assert (sent.status, sent.header("location")) == (303, "/")
        cookie = next(one for one in sent.all("set-cookie") if one.startswith(manned.keeper.cookie_name))
        assert "; HttpOnly; SameSite=Lax" in cookie
        assert manned.ask(cookie=session_cookie(manned, sent)).status == 200

    @pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("", ""), ("ada", "")])
    def test_says_the_same_of_a_wrong_name_and_a_wrong_password(self, manned: Gate, name: str, password: str) -> None:
        sent = manned.log_in(name, password)
        assert sent.status == 401
        assert manned.keeper.cookie_name not in sent.cookies
        assert b"The name or the password is not right." in sent.body
        assert b'role="alert"' in sent.body

    def test_asks_for_the_second_factor(self, manned: Gate) -> None:
        context = Context(manned.keeper.catalog, User("ada", "admin"))
        begun = account.begin_second_factor(context)
        before = totp.code_at(begun.secret, totp.step_now() - 1)
        account.confirm_second_factor(context, PASSWORD, begun.secret, before)
        without = manned.log_in("ada")
        assert without.status == 401
        assert b"The code is missing or not right" in without.body
        code = totp.code_at(begun.secret, totp.step_now())
        sent = manned.log_in("ada", code=code)
        assert sent.status == 303
        assert manned.log_in("ada", code=code).status == 401, "a code is used once"

    def test_brute_force_is_locked_out_whatever_the_address(self, manned: Gate) -> None:
        answers = [manned.log_in("eve", f"wrong {n}", peer=f"10.0.0.{n}") for n in range(7)]
        assert [one.status for one in answers][-1] == 429
        assert int(answers[-1].header("retry-after") or 0) > 1
        assert manned.log_in("eve", peer="10.0.9.9").status == 429, "the right password does not help during a lock-out"
        assert manned.log_in("bob", peer="10.0.0.1").status == 303, "others are not locked out"

    def test_an_address_that_tries_many_names_is_slowed_down(
        self, peopled: Catalog, gate_of: Callable[..., Gate]
    ) -> None:
        gate = gate_of(limit_login=4)
        cookie, token = gate.form()
        fields = {"csrf": token, "password": "x"}
        answers = [gate.post("/login", {**fields, "name": f"n{n}"}, cookie=cookie).status for n in range(6)]
        assert answers == [401] * 4 + [429] * 2

    def test_a_disabled_account_is_told_so_with_its_password_only(self, manned: Gate) -> None:
        people.disable(Context(manned.keeper.catalog, User("ada", "admin")), "eve")
        assert manned.log_in("eve").status == 403
        assert b"disabled" not in manned.log_in("eve", "wrong").body

    @pytest.mark.parametrize("bad", ["no cookie", "no token", "other cookie", "other origin", "json", "get"])
    def test_needs_the_form_of_this_browser(self, manned: Gate, bad: str) -> None:
        cookie, token = manned.form()
        other, _ = manned.form()
        fields = {"csrf": "" if bad == "no token" else token, "name": "ada", "password": PASSWORD}
        headers: dict[str, str] = {"cookie": {"no cookie": "", "other cookie": other}.get(bad, cookie)}
        if bad == "other origin":
            headers["origin"] = "http://evil.example"
        if bad == "json":
            headers["content_type"] = "text/plain"
        if bad == "get":
            sent = manned.ask("/login", query=f"name=ada&password={PASSWORD.replace(' ', '+')}&csrf={token}".encode())
        else:
            sent = manned.post("/login", fields, **headers)
        assert sent.status in (200, 400, 403)
        assert manned.keeper.cookie_name not in sent.cookies

    def test_fixes_no_session_that_someone_else_chose(self, manned: Gate) -> None:
        attacker = manned.signed_in("eve")
        planted = manned.cookie_of(attacker)
        cookie, token = manned.form()
        sent = manned.post(
            "/login", {"csrf": token, "name": "ada", "password": PASSWORD}, cookie=f"{cookie}; {planted}"
        )
        fresh = session_cookie(manned, sent)
        assert fresh != planted
        catalog = manned.keeper.catalog
        assert session_user(catalog, attacker.session_id, attacker.secret) is None, "the planted one has ended"
        assert manned.ask(cookie=planted).status == 303

    def test_a_recorded_log_in_cannot_be_replayed_after_logging_out(self, manned: Gate) -> None:
        cookie = session_cookie(manned, manned.log_in("ada"))
        own = {"origin": f"http://{HOST}", "sec_fetch_site": "same-origin"}
        assert manned.ask("/logout", "POST", cookie=cookie, **own).status == 303
        assert manned.ask(cookie=cookie).status == 303

    @pytest.mark.parametrize(
        ("asked", "led"),
        [
            ("/signals?name=x", "/signals?name=x"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/%09/evil.example", "/%09/evil.example"),
            ("/\t/evil.example", "/"),
            ("/a\r\nset-cookie: x=y", "/"),
            ("javascript:alert(1)", "/"),
            ("", "/"),
            ("/login?next=/login", "/"),
        ],
    )
    def test_leads_back_to_where_one_was_and_nowhere_else(self, manned: Gate, asked: str, led: str) -> None:
        cookie, token = manned.form()
        fields = {"csrf": token, "name": "ada", "password": PASSWORD, "next": asked}
        assert manned.post("/login", fields, cookie=cookie).header("location") == led

    def test_page_holds_no_markup_of_others(self, manned: Gate) -> None:
        hostile = '"><script>alert(1)</script>'
        cookie, token = manned.form()
        sent = manned.post("/login", {"csrf": token, "name": hostile, "password": "x"}, cookie=cookie)
        assert b"<script>alert" not in sent.body
        shown = manned.ask("/login", query=b"next=%2F%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        assert b"<script>alert" not in shown.body

    def test_page_needs_no_script_and_loads_nothing(self, manned: Gate) -> None:
        shown = manned.ask("/login")
        assert re.findall(rb"src=|<link|@import|url\(", shown.body) == []
        assert "default-src 'none'" in (shown.header("content-security-policy") or "")
        assert b'<form method="post" action="/login">' in shown.body

    @pytest.mark.parametrize(("chosen", "scheme"), [("dark", b"color-scheme:dark"), ("light", b"color-scheme:light;")])
    def test_page_follows_the_theme_that_was_chosen(self, manned: Gate, chosen: str, scheme: bytes) -> None:
        assert scheme in manned.ask("/login", cookie=f"pfd_theme={chosen}").body
        assert b"prefers-color-scheme:dark" in manned.ask("/login").body

    def test_whoever_is_logged_in_is_led_on(self, manned: Gate) -> None:
        sent = manned.ask("/login", query=b"next=/signals", cookie=manned.cookie("ada"))
        assert (sent.status, sent.header("location")) == (303, "/signals")

    def test_a_form_that_is_too_large_or_never_comes_is_refused(self, manned: Gate) -> None:
        cookie, token = manned.form()
        assert manned.post("/login", {"csrf": token, "name": "a" * 20_000}, cookie=cookie).status == 413
        cut = ({"type": "http.disconnect"},)
        assert manned.post("/login", {}, cookie=cookie, incoming=cut).status == 400


class TestChoosingAPassword:
    NEW = "another phrase of words 9"

    def choose(self, gate: Gate, token: str, password: str, again: str | None = None) -> Sent:
        cookie, csrf = gate.form("/reset", f"token={token}".encode())
        fields = {"csrf": csrf, "token": token, "password": password, "again": password if again is None else again}
        return gate.post("/reset", fields, cookie=cookie)

    def test_with_an_invitation_opens_the_account_once(self, manned: Gate) -> None:
        admin = Context(manned.keeper.catalog, User("ada", "admin"))
        issued = people.invite(admin, "zoe", "viewer")
        sent = self.choose(manned, issued.token, self.NEW)
        assert (sent.status, sent.header("location")) == (303, "/login?set=1")
        assert b"The password is set" in manned.ask("/login", query=b"set=1").body
        assert manned.log_in("zoe", self.NEW).status == 303
        assert manned.ask("/reset", query=f"token={issued.token}".encode()).status == 403

    def test_with_a_reset_ends_what_was_open(self, manned: Gate) -> None:
        cookie = manned.cookie("bob")
        issued = people.reset(Context(manned.keeper.catalog, User("ada", "admin")), "bob")
        assert self.choose(manned, issued.token, self.NEW).status == 303
        assert manned.ask(cookie=cookie).status == 303
        assert manned.log_in("bob", PASSWORD).status == 401
        assert manned.log_in("bob", self.NEW).status == 303

    def test_refuses_weak_and_unlike_ones_and_keeps_the_link(self, manned: Gate) -> None:
        issued = people.reset(Context(manned.keeper.catalog, User("ada", "admin")), "bob")
        short = self.choose(manned, issued.token, "short")
        assert short.status == 400
        assert b"has 5 characters" in short.body
        assert self.choose(manned, issued.token, self.NEW, "not the same words").status == 400
        assert self.choose(manned, issued.token, self.NEW).status == 303

    def test_a_token_can_be_typed_in(self, manned: Gate) -> None:
        shown = manned.ask("/reset")
        assert shown.status == 200
        assert b'<form method="get" action="/reset">' in shown.body

    @pytest.mark.parametrize("token", ["", "x", "a" * 43])
    def test_with_a_made_up_token_is_refused(self, manned: Gate, token: str) -> None:
        sent = manned.ask("/reset", query=f"token={token}".encode())
        assert sent.status == 403
        assert b"no longer works" in sent.body

    def test_guessing_tokens_is_slowed_down(self, peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
        gate = gate_of(limit_login=3)
        assert [gate.ask("/reset", query=b"token=x").status for _ in range(5)] == [403] * 3 + [429] * 2


def test_the_first_account_ends_the_time_of_links(gate: Gate, catalog: Catalog) -> None:
    local = gate.cookie()
    assert gate.ask(cookie=local).status == 200
    people.add(Context(catalog, LOCAL_USER), "ada", "admin", PASSWORD)
    time.sleep(1.05)
    assert gate.ask(cookie=local).status == 303
    assert gate.log_in("ada").status == 303
