"""Logging in by another sign-in service: the way there and back, and every lie that it is told."""

import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt

from data_catalog import Catalog, audit
from data_catalog.accounts import users
from pfd_panel.services import people
from pfd_panel.services.context import Context, User
from tests.pfd_panel.server.oidc_rig import ZOE, GateOf, actions, at_once, back, begin, is_refused, names, sign_in
from tests.pfd_panel.server.provider import CLIENT, SECRET, LocalProvider, new_key, raw_statement
from tests.pfd_panel.server.rig import HOST, Gate

LIES: tuple[dict[str, Any], ...] = (
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another-client"},
    {"aud": ["another-client", CLIENT], "azp": "another-client"},
    {"aud": [CLIENT, "another-client"], "azp": None},
    {"iss": "https://login.example"},
    {"iss": None},
    {"exp": int(time.time()) - 3600},
    {"exp": None},
    {"iat": int(time.time()) + 3600},
    {"nbf": int(time.time()) + 3600},
    {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    {"sub": ""},
    {"sub": None},
    {"sub": 7},
    {"sub": "x" * 300},
)


class TestInAndOut:
    def test_the_log_in_page_offers_it_by_its_name(self, door: GateOf, manned: Gate) -> None:
        shown = door(oidc_label="Plant <login>").ask("/login", query=b"next=%2Fjobs%3Fa%3D1")
        assert b'href="/login/oidc?next=%2Fjobs%3Fa%3D1">Log in with Plant &lt;login&gt;</a>' in shown.body
        assert b"oidc" not in manned.ask("/login").body

    def test_someone_new_gets_an_account_as_viewer_and_the_same_one_next_time(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate = door()
        first = sign_in(gate, provider, "/jobs?a=1;b,c", name="Zoë  Z")
        assert (first.status, first.header("location")) == (303, "/jobs?a=1;b,c")
        cookie = next(one for one in first.all("set-cookie") if one.startswith("pfd_session"))
        assert "HttpOnly; SameSite=Lax" in cookie
        assert gate.ask("/jobs", cookie=cookie.partition(";")[0]).status == 200
        with peopled.read() as session:
            zoe = users.get(session, "zoe")
            assert (zoe.role, zoe.display_name, zoe.password_hash) == ("viewer", "Zoë Z", None)
        assert sign_in(gate, provider, preferred_username="renamed").status == 303
        assert names(peopled) == {"ada", "bob", "eve", "zoe"}
        assert actions(peopled, "zoe") == ["add", "link"]
        with peopled.read() as session:
            entries = audit.page(session, user="zoe", action="sign in")[0]
        assert len(entries) == 2
        context = Context(peopled, User("ada", "admin"))
        assert people.get(context, "zoe").state == "active"

    def test_the_sign_in_that_was_open_in_the_browser_ends(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        old = gate.cookie("eve")
        where, cookie = begin(gate, cookie=old)
        assert back(gate, provider.authorize(where, **ZOE), f"{cookie}; {old}").status == 303
        assert gate.ask("/jobs", cookie=old).header("location") == "/login?next=%2Fjobs"

    def test_nothing_secret_is_in_what_the_browser_carries(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        where, cookie = begin(gate)
        told = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        assert told["redirect_uri"] == f"http://{HOST}/login/oidc/back"
        assert told["nonce"] not in cookie
        assert SECRET not in where + cookie
        sent = gate.ask("/login/oidc")
        assert all("HttpOnly" in one and "Max-Age=600" in one for one in sent.all("set-cookie"))
        secure = gate.ask("/login/oidc", scheme="https")
        assert all(one.startswith("__Host-") and "Secure" in one for one in secure.all("set-cookie"))

    def test_where_it_is_not_set_there_is_no_such_door(self, manned: Gate) -> None:
        for path in ("/login/oidc", "/login/oidc/back"):
            assert (manned.ask(path).header("location") or "").startswith("/login?next=")
            assert manned.ask(path, accept="*/*").status == 401

    def test_a_data_directory_without_accounts_has_none_either(self, gate_of: GateOf, provider: LocalProvider) -> None:
        known = {"oidc_issuer": provider.base, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        gate = gate_of(**known)
        assert [gate.ask(path).status for path in ("/login/oidc", "/login/oidc/back")] == [404, 404]

    @pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
    def test_only_reads_go_there_and_back(self, door: GateOf, provider: LocalProvider, method: str) -> None:
        gate = door()
        where, cookie = begin(gate)
        query = provider.authorize(where, **ZOE)
        assert gate.ask("/login/oidc", method).status == 404
        assert gate.ask("/login/oidc/back", method, query=query.encode(), cookie=cookie).status == 404
        assert back(gate, query, cookie).status == 303, "and nothing was used up"

    def test_it_leads_nowhere_else(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        for target in (
            "//evil.example",
            "https://evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "x",
            "/login",
        ):
            assert sign_in(gate, provider, target).header("location") == "/"

    def test_a_cancelled_sign_in_is_said_in_words_of_ours(self, door: GateOf) -> None:
        gate = door()
        where, cookie = begin(gate)
        state = parse_qs(urlsplit(where).query)["state"][0]
        told = {"error": "access_denied", "error_description": "<b>call 555-1234</b>", "state": state}
        sent = back(gate, urlencode(told), cookie)
        is_refused(sent, gate, "you cancelled there")
        assert b"555" not in sent.body

    def test_a_service_that_does_not_answer_is_said_and_nothing_hangs(self, peopled: Catalog, gate_of: GateOf) -> None:
        gate = gate_of(oidc_issuer="http://127.0.0.1:1", oidc_client_id="x", oidc_client_secret="y")
        sent = gate.ask("/login/oidc")
        assert (sent.status, b"does not answer" in sent.body) == (503, True)


class TestAttacks:
    """Each of these is a sign-in that must not happen."""

    def test_a_way_back_that_was_not_begun_here(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        where, cookie = begin(gate)
        _, other_cookie = begin(gate)
        query = provider.authorize(where, **ZOE)
        made_up = query.replace(parse_qs(query)["state"][0], "x" * 43)
        name, _, value = cookie.partition("=")
        begun, state, rest = value.split(".", 2)
        for asked, kept in (
            (query, ""),
            (query, other_cookie),
            (made_up, cookie),
            (query.replace("state=", "other="), cookie),
            (query, f"{name}={begun}.{state}.x{rest}"),
            (query, f"{name}={begun}.{state}.%2F.{'0' * 64}"),
        ):
            is_refused(back(gate, asked, kept), gate, "not begun in this browser")
        assert back(gate, query, cookie).status == 303

    def test_a_way_back_that_was_used(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        provider.reuses_codes = True
        where, cookie = begin(gate)
        query = provider.authorize(where, **ZOE)
        assert back(gate, query, cookie).status == 303
        is_refused(back(gate, query, cookie), gate, "used already")
        is_refused(back(door(), query, cookie), gate, "used already")

    def test_one_way_back_at_the_same_moment(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        provider.reuses_codes = True
        where, cookie = begin(gate)
        query = provider.authorize(where, **ZOE)
        seen = at_once(8, lambda: back(gate, query, cookie).status)
        assert sorted(seen) == [303] + [403] * 7

    def test_the_code_of_another_browser(self, door: GateOf, provider: LocalProvider) -> None:
        """Someone puts his code into the victim's way back, or a stolen one into his own."""
        gate = door()
        provider.reuses_codes = True
        where, _ = begin(gate)
        stolen = parse_qs(provider.authorize(where, **ZOE))["code"][0]
        mine, cookie = begin(gate)
        own = provider.authorize(mine, sub="mallory")
        query = own.replace(parse_qs(own)["code"][0], stolen)
        is_refused(back(gate, query, cookie), gate, "not accepted")

    def test_a_way_back_that_took_too_long(
        self, door: GateOf, provider: LocalProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate = door()
        where, cookie = begin(gate)
        query = provider.authorize(where, **ZOE)
        now = time.time()
        monkeypatch.setattr("pfd_panel.server.oidc.time.time", lambda: now + 601)
        is_refused(back(gate, query, cookie), gate, "too long")

    def test_a_statement_that_is_not_for_this_sign_in(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate = door()
        for lie in LIES:

            def twist(_: Any, claims: dict[str, Any], lie: dict[str, Any] = lie) -> None:
                for name, value in lie.items():
                    claims.pop(name, None) if value is None else claims.update({name: value})

            provider.twist = twist
            is_refused(sign_in(gate, provider), gate, "not accepted")
        assert "zoe" not in names(peopled)

    def test_a_statement_that_nobody_or_somebody_else_signed(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        stranger = new_key(str(provider.key.kid))
        pem = provider.key.as_pem(private=False)

        def by_secret(secret: bytes) -> Callable[..., str]:
            def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
                unsigned = raw_statement({**header, "alg": "HS256"}, claims).rpartition(".")[0]
                mac = hmac.digest(secret, unsigned.encode(), "sha256")
                return raw_statement({**header, "alg": "HS256"}, claims, mac)

            return sign

        def changed(header: dict[str, Any], claims: dict[str, Any]) -> str:
            signature = jwt.encode(header, claims, provider.key).rpartition(".")[2]
            return raw_statement(header, {**claims, "sub": "ada-1"}).rpartition(".")[0] + f".{signature}"

        lies: list[Callable[..., Any]] = [
            lambda header, claims: raw_statement({**header, "alg": "none"}, claims),
            lambda header, claims: raw_statement({**header, "alg": "NONE"}, claims),
            lambda header, claims: raw_statement(header, claims),
            lambda header, claims: jwt.encode(header, claims, stranger),
            lambda header, claims: jwt.encode({**header, "jwk": stranger.as_dict(private=False)}, claims, stranger),
            lambda header, claims: jwt.encode({**header, "kid": "unknown"}, claims, stranger),
            by_secret(pem),
            by_secret(SECRET.encode()),
            by_secret(json.dumps(provider.key.as_dict(private=False)).encode()),
            changed,
            lambda header, claims: "not.a.statement",
            lambda header, claims: "",
        ]
        for lie in lies:
            provider.twist = lie
            is_refused(sign_in(gate, provider), gate, "not accepted")

    def test_a_symmetric_key_that_is_published_signs_nothing(self, door: GateOf, provider: LocalProvider) -> None:
        from joserfc.jwk import OctKey

        shared = OctKey.generate_key(256, {"kid": "shared"})
        provider.published = [provider.key, shared]  # type: ignore[list-item]

        def lie(header: dict[str, Any], claims: dict[str, Any]) -> str:
            return jwt.encode({"alg": "HS256", "kid": "shared"}, claims, shared)

        provider.twist = lie
        is_refused(sign_in(door(), provider), door(), "not accepted")

    def test_an_answer_that_is_none(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        answers: tuple[Callable[[Any], Any], ...] = (
            lambda told: {name: value for name, value in told.items() if name != "id_token"},
            lambda told: {**told, "id_token": 7},
            lambda told: [told],
            lambda _: b"<html>",
            lambda told: {**told, "more": "x" * 2**21},
        )
        for answer in answers:
            provider.answer = answer
            is_refused(sign_in(gate, provider), gate, "not accepted")

    def test_an_answer_of_another_service(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door()
        for iss in ("https://evil.example", provider.base + "/", ""):
            provider.about = {"authorization_response_iss_parameter_supported": True}
            where, cookie = begin(gate)
            told = {k: v[0] for k, v in parse_qs(provider.authorize(where, **ZOE)).items()}
            sent = back(gate, urlencode({**told, "iss": iss}), cookie)
            if iss:
                is_refused(sent, gate, "not accepted")
        fresh = door()
        where, cookie = begin(fresh)
        told = {k: v[0] for k, v in parse_qs(provider.authorize(where, **ZOE)).items() if k != "iss"}
        is_refused(back(fresh, urlencode(told), cookie), fresh, "not accepted")

    def test_a_service_that_is_another_than_was_set_is_not_gone_to(self, door: GateOf, provider: LocalProvider) -> None:
        lies: tuple[dict[str, Any], ...] = (
            {"issuer": "https://evil.example"},
            {"authorization_endpoint": "http://evil.example/authorize"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": None},
        )
        for about in lies:
            provider.about = about
            sent = door().ask("/login/oidc")
            assert (sent.status, sent.header("location")) == (503, None)

    def test_secrets_are_sent_nowhere_unencrypted_and_follow_no_redirect(
        self, door: GateOf, provider: LocalProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        provider.about = {"token_endpoint": "http://evil.example/token"}
        is_refused(sign_in(door(), provider), door(), "not accepted")
        provider.about = {}
        monkeypatch.setattr(provider, "token", lambda *_: (307, {}))
        provider.asked.clear()
        is_refused(sign_in(door(), provider), door(), "not accepted")
        assert "/elsewhere" not in provider.asked

    def test_guessing_codes_is_counted_as_logging_in(self, door: GateOf) -> None:
        gate = door(limit_login=3)
        answers = [gate.ask("/login/oidc/back", query=f"code={n}&state=x".encode()).status for n in range(5)]
        assert answers == [403] * 3 + [429] * 2
