"""Keys are minted, listed and revoked by whom they belong to, and by administrators."""

from datetime import timedelta

import pytest

from data_catalog.errors import NotFoundError
from data_catalog.schema import utc_now
from pfd_panel.accounts import key_user
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import auditing, keys
from pfd_panel.services.context import User
from tests.pfd_panel.services.conftest import As


def test_a_key_is_shown_once_and_listed_without_what_opens(acting: As) -> None:
    bob = acting("bob")
    minted = keys.add(bob, " nightly  batch ", scopes=["read"], days=7)
    found = key_user(bob.catalog, minted.token)
    assert found is not None
    assert found.user == User("bob", "viewer", frozenset({"read"}))
    (listed,) = keys.listing(bob)
    assert (listed.name, listed.scopes, listed.uses, listed.valid) == ("nightly batch", ("read",), 1, True)
    assert listed.expires_at is not None
    assert abs(listed.expires_at - utc_now() - timedelta(days=7)) < timedelta(minutes=1)
    assert minted.token not in repr((keys.listing(bob), auditing.page(bob, user="bob")))
    assert keys.listing(acting("ada")) == []


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(acting: As) -> None:
    bob = acting("bob")
    minted = keys.add(bob, "script", days=None)
    assert minted.key.expires_at is None
    assert not keys.revoke(bob, minted.key.id).valid
    assert key_user(bob.catalog, minted.token) is None
    assert keys.listing(bob)[0].revoked_at is not None


def test_nobody_revokes_or_learns_of_the_keys_of_others_but_administrators(acting: As) -> None:
    of_ada = keys.add(acting("ada"), "script").key
    for key_id in (of_ada.id, "made up"):
        with pytest.raises(NotFoundError, match=f"no key has the id '{key_id}'"):
            keys.revoke(acting("bob"), key_id)
    of_bob = keys.add(acting("ada"), "for bob", user="Bob").key
    assert of_bob.user == "bob"
    assert {key.id for key in keys.everyones(acting("ada"))} == {of_ada.id, of_bob.id}
    assert keys.revoke(acting("ada"), of_bob.id).valid is False


@pytest.mark.parametrize("scopes", [[], ["read", "work"], ["administer"]])
def test_a_key_mints_none_that_may_more_than_itself(acting: As, scopes: list[str]) -> None:
    scoped = acting("ada").acting_as(User("ada", "admin", frozenset({"read"})))
    with pytest.raises(NotAllowedError, match="more than itself"):
        keys.add(scoped, "escalation", scopes=scopes)
    assert keys.add(scoped, "the same", scopes=["read"]).key.scopes == ("read",)


@pytest.mark.parametrize(
    ("name", "more", "problem"),
    [
        ("", {}, "needs a name"),
        ("x" * 101, {}, "needs a name"),
        ("a\0b", {}, "needs a name"),
        ("x", {"scopes": ["everything"]}, "no right 'everything'"),
        ("x", {"days": 0}, "0 days"),
        ("x", {"days": float("nan")}, "nan days"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(acting: As, name: str, more: dict[str, object], problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        keys.add(acting("bob"), name, **more)  # type: ignore[arg-type]


def test_keys_do_not_grow_without_end(acting: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST", 2)
    first = keys.add(acting("bob"), "one")
    keys.add(acting("bob"), "two")
    with pytest.raises(RequestError, match="2 valid keys"):
        keys.add(acting("bob"), "three")
    keys.revoke(acting("bob"), first.key.id)
    assert keys.add(acting("bob"), "three").key.valid
