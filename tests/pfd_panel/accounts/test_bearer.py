"""API keys: whose they are, what they may, and when they open nothing."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import update

from data_catalog import Catalog
from data_catalog.accounts import keys, users
from data_catalog.schema import ApiKey, utc_now
from pfd_panel.accounts import key_user
from pfd_panel.accounts.secrets import digest, new_key
from pfd_panel.errors import NotAllowedError
from pfd_panel.services.context import Context


def mint(catalog: Catalog, user: str = "ada", scopes: Sequence[str] = (), hours: float | None = None) -> str:
    token = new_key()
    with catalog.write() as session:
        until = utc_now() + timedelta(hours=hours) if hours else None
        keys.add(session, user, "script", digest(token), scopes, until)
    return token


def test_a_key_acts_for_its_user_within_its_scopes(catalog: Catalog) -> None:
    found = key_user(catalog, mint(catalog, scopes=["read"]))
    assert found is not None
    context = Context(catalog, found.user)
    context.require("read")
    with pytest.raises(NotAllowedError, match="this key of ada may not change anything"):
        context.require("work")
    whole = key_user(catalog, mint(catalog))
    assert whole is not None
    Context(catalog, whole.user).require("administer")


def test_a_scope_grants_nothing_that_the_role_does_not(catalog: Catalog) -> None:
    found = key_user(catalog, mint(catalog, "bob", ["read", "administer"]))
    assert found is not None
    with pytest.raises(NotAllowedError, match="bob has the role viewer"):
        Context(catalog, found.user).require("administer")


def test_uses_are_counted_once_each_or_later_together(catalog: Catalog) -> None:
    token = mint(catalog)
    for uses in (1, 0, 7):
        found = key_user(catalog, token, uses=uses)
    assert found is not None
    with catalog.read() as session:
        assert keys.get(session, found.key_id).uses == 8


def test_revoked_expired_and_made_up_keys_open_nothing(catalog: Catalog) -> None:
    token = mint(catalog, hours=1)
    found = key_user(catalog, token)
    assert found is not None
    for made_up in ("", "pfd_", new_key(), token[:-1], token.upper(), digest(token), "pfd_" + digest(token)):
        assert key_user(catalog, made_up) is None
    with catalog.write() as session:
        session.execute(update(ApiKey).values(expires_at=utc_now()))
    assert key_user(catalog, token) is None
    other = mint(catalog)
    with catalog.write() as session:
        for key in keys.listing(session, "ada"):
            keys.revoke(session, key.id, owner="ada")
    assert key_user(catalog, other) is None


def test_the_keys_of_a_disabled_or_demoted_user_end_at_once(catalog: Catalog) -> None:
    tokens = [mint(catalog, "bob"), mint(catalog, "bob")]
    with catalog.write() as session:
        users.set_disabled(session, "bob", True, owner="ada")
    assert [key_user(catalog, token) for token in tokens] == [None, None]
    with catalog.write() as session:
        users.set_disabled(session, "bob", False, owner="ada")
    assert [key_user(catalog, token) for token in tokens] == [None, None]
    again = mint(catalog, "bob")
    with catalog.write() as session:
        users.set_role(session, "bob", "viewer", owner="ada", demoted=True)
    assert key_user(catalog, again) is None


def test_a_key_has_256_random_bits() -> None:
    made = {new_key() for _ in range(100)}
    assert len(made) == 100
    assert {(key[:4], len(key)) for key in made} == {("pfd_", 4 + 43)}
