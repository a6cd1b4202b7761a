"""Whom another sign-in service lets in, under which name and role, and by which keys it is believed."""

import re
import time
from typing import Any
from urllib.parse import parse_qs

import pytest

from data_catalog import Catalog, audit
from data_catalog.accounts import users
from data_catalog.errors import ConflictError
from pfd_panel.accounts.external import Admission, admit, role_of
from pfd_panel.accounts.provider import Provider, ProviderError
from pfd_panel.errors import RequestError
from pfd_panel.server.settings import ServerSettings
from pfd_panel.services import people
from pfd_panel.services.context import LOCAL_USER, Context, User
from tests.pfd_panel.server.oidc_rig import ZOE, GateOf, actions, at_once, back, begin, is_refused, names, sign_in
from tests.pfd_panel.server.provider import CLIENT, SECRET, LocalProvider, new_key


class TestWho:
    def test_nobody_without_an_account_unless_that_is_allowed(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        is_refused(sign_in(door(oidc_new_accounts=False), provider), door(), "You have no account here")
        assert "zoe" not in names(peopled)

    def test_nobody_becomes_someone_who_is_here_by_having_the_same_name(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate = door()
        for name in ("ada", "ADA", " ada ", "ａｄａ"):
            for claims in ({"preferred_username": name}, {"preferred_username": None, "email": name}):
                is_refused(sign_in(gate, provider, sub="mallory", **claims), gate, "Someone else is called")
        assert names(peopled) == {"ada", "bob", "eve"}

    def test_a_name_that_cannot_be_one_is_refused(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate = door()
        for name in ("local", "system", "", "аda", "a b", "x" * 65, "<b>", None):
            sent = sign_in(gate, provider, preferred_username=name, email=None)
            is_refused(sent, gate, "cannot be a name here")
            assert b"<b>" not in sent.body
        assert names(peopled) == {"ada", "bob", "eve"}

    def test_someone_who_is_here_is_linked_by_an_administrator(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate, admin = door(oidc_new_accounts=False), Context(peopled, User("ada", "admin"))
        people.link(admin, "Bob", provider.base, " zoe-1 ")
        signed_in = sign_in(gate, provider)
        cookie = "; ".join(f"{k}={v}" for k, v in signed_in.cookies.items() if v)
        assert gate.ask("/jobs", cookie=cookie).status == 200
        with peopled.read() as session:
            assert audit.page(session, action="sign in")[0][0].user == "bob"
        for name in ("eve", "bob"):
            with pytest.raises(ConflictError, match="belongs to bob"):
                people.link(admin, name, provider.base, "zoe-1")
        with pytest.raises(RequestError):
            people.link(admin, "eve", provider.base, " ")
        people.unlink(admin, "bob")
        time.sleep(1.05)
        assert gate.ask("/jobs", cookie=cookie).status == 303
        is_refused(sign_in(gate, provider), gate, "no account here")
        assert gate.log_in("bob").status == 303, "the password still holds"
        assert actions(peopled, "bob")[-2:] == ["link", "unlink"]

    def test_who_was_disabled_or_removed_stays_out(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate, admin = door(), Context(peopled, User("ada", "admin"))
        assert sign_in(gate, provider).status == 303
        people.disable(admin, "zoe")
        is_refused(sign_in(gate, provider), gate, "is disabled")
        people.remove(admin, "zoe")
        for name in ("zoe", "zoe-again"):
            is_refused(sign_in(gate, provider, preferred_username=name), gate, "was removed")
        assert names(peopled) == {"ada", "bob", "eve"}

    def test_the_first_sign_in_twice_at_once_makes_one_account(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate = door()
        begun = [begin(gate) for _ in range(4)]
        ways = [(provider.authorize(where, **ZOE), cookie) for where, cookie in begun]
        assert at_once(4, lambda: back(gate, *ways.pop()).status) == [303] * 4
        assert names(peopled) == {"ada", "bob", "eve", "zoe"}

    def test_other_domains_are_not_let_in(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door(oidc_domains="Plant.example, @other.example")
        for claims in (
            {"email": "zoe@evil.example"},
            {"email": "zoe@plant.example", "email_verified": False},
            {"email": "zoe@plant.example", "email_verified": "true"},
            {"email": "zoe@plant.example", "email_verified": None},
            {"email": "zoe@sub.plant.example"},
            {"email": "zoe@plant.example.evil.example"},
            {"email": "plant.example"},
            {"email": None},
            {"email": ["zoe@plant.example"]},
        ):
            is_refused(sign_in(gate, provider, **claims), gate, "e-mail address")

    def test_named_domains_are(self, door: GateOf, provider: LocalProvider) -> None:
        gate = door(oidc_domains="Plant.example, @other.example")
        assert sign_in(gate, provider, email="Zoe@PLANT.example").status == 303
        assert sign_in(gate, provider, sub="y", preferred_username="yan", email="y@other.example").status == 303

    def test_roles_follow_from_the_claim_at_every_sign_in(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        roles = {"oidc_role_claim": "realm.groups", "oidc_roles": "rig=operator,root=admin"}
        gate = door(**roles)

        def role(groups: Any) -> str:
            assert sign_in(gate, provider, realm={"groups": groups}).status == 303
            with peopled.read() as session:
                return users.get(session, "zoe").role

        assert [role(one) for one in (["rig"], ["x", "root", "rig"], "rig", [], None)] == [
            "operator", "admin", "operator", "viewer", "viewer",
        ]  # fmt: skip

    def test_whoever_may_less_loses_what_was_open(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate = door(oidc_role_claim="groups", oidc_roles="rig=operator")
        first = sign_in(gate, provider, groups=["rig"])
        cookie = "; ".join(f"{k}={v}" for k, v in first.cookies.items() if v)
        assert sign_in(gate, provider, groups=[]).status == 303
        time.sleep(1.05)
        assert gate.ask("/jobs", cookie=cookie).status == 303

    def test_roles_that_were_given_here_stay_where_no_claim_gives_them(
        self, door: GateOf, provider: LocalProvider, peopled: Catalog
    ) -> None:
        gate = door()
        sign_in(gate, provider)
        people.set_role(Context(peopled, User("ada", "admin")), "zoe", "operator")
        sign_in(gate, provider)
        with peopled.read() as session:
            assert users.get(session, "zoe").role == "operator"

    def test_odd_claims_give_no_role(self) -> None:
        admission = Admission(role_claim="a.b", roles={"root": "admin"})
        for claims in ({}, {"a": "root"}, {"a": ["root"]}, {"a": {"b": {"root": 1}}}, {"a": {"b": [["root"], 7]}}):
            assert role_of(claims, admission) == "viewer"

    def test_the_local_user_is_nobody_elsewhere(self, catalog: Catalog) -> None:
        from pfd_panel.errors import NotAllowedError

        with pytest.raises((NotAllowedError, ConflictError)):
            admit(catalog, "i", {"sub": "s", "preferred_username": LOCAL_USER.name}, Admission(new_accounts=True))


class TestProvider:
    def test_a_key_that_was_changed_is_asked_for_once(self, provider: LocalProvider, door: GateOf) -> None:
        gate = door()
        assert sign_in(gate, provider).status == 303
        old, provider.key = provider.key, new_key("two")
        try:
            provider.published = [provider.key]
            is_refused(sign_in(gate, provider), gate, "not accepted")  # asked a moment ago; not again for each guess
            assert sign_in(door(), provider).status == 303
        finally:
            provider.key = old

    def test_keys_are_asked_for_again_after_a_while(self, provider: LocalProvider) -> None:
        now = [0.0]
        asking = Provider(provider.base, CLIENT, SECRET, clock=lambda: now[0])

        def claims() -> dict[str, Any]:
            where = asking.address("http://here/back", state="s", nonce="n", verifier="v" * 43)
            code = parse_qs(provider.authorize(where, **ZOE))["code"][0]
            return asking.claims(code, "http://here/back", nonce="n", verifier="v" * 43)

        assert claims()["sub"] == "zoe-1"
        old, provider.key = provider.key, new_key("two")
        try:
            provider.published = [provider.key]
            with pytest.raises(ProviderError):
                claims()
            now[0] += 31
            assert claims()["sub"] == "zoe-1"
        finally:
            provider.key = old

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"oidc_issuer": "http://login.example"}, "https"),
            ({"oidc_issuer": "https://login.example"}, "oidc_client_id"),
            ({"oidc_roles": "rig=owner"}, "rig=owner"),
            ({"oidc_roles": "rig=admin"}, "oidc_role_claim"),
            ({"oidc_role": "root"}, "viewer"),
        ],
    )
    def test_settings_that_do_not_fit_are_refused_at_the_start(
        self, catalog: Catalog, settings: dict[str, str], said: str
    ) -> None:
        with pytest.raises(RequestError, match=re.escape(said)):
            ServerSettings.read(home=catalog.home, **settings)

    def test_its_secret_is_in_no_description_of_the_settings(self, catalog: Catalog) -> None:
        settings = ServerSettings(
            home=catalog.home, oidc_issuer="https://l.example", oidc_client_id="x", oidc_client_secret=SECRET
        )
        assert SECRET not in repr(settings) + settings.model_dump_json()
