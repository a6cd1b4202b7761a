"""Signed-in browsers are listed and ended by whom they belong to, and by administrators."""

import pytest

from data_catalog.errors import NotFoundError
from pfd_panel.accounts import SignedIn, session_user, sign_in
from pfd_panel.services import sessions
from pfd_panel.services.context import Context
from tests.pfd_panel.accounts.conftest import PASSWORD
from tests.pfd_panel.services.conftest import As


def browser(context: Context, name: str, agent: str = "") -> SignedIn:
    found = sign_in(context.catalog, name, PASSWORD, address="10.0.0.7", agent=agent)
    assert isinstance(found, SignedIn)
    return found


def test_browsers_are_listed_with_where_and_when_and_no_secret(acting: As) -> None:
    bob = acting("bob")
    made = browser(bob, "bob", "Firefox")
    browser(bob, "ada")
    (listed,) = sessions.listing(bob)
    assert (listed.id, listed.user, listed.address, listed.agent) == (made.session_id, "bob", "10.0.0.7", "Firefox")
    assert listed.created_at <= listed.seen_at < listed.expires_at
    assert made.secret not in repr(listed)
    assert sessions.listing(acting("ada"), "Bob") == [listed]


def test_one_or_all_but_one_are_ended_at_once(acting: As) -> None:
    bob = acting("bob")
    first, second, third = (browser(bob, "bob") for _ in range(3))
    sessions.end(bob, first.session_id)
    assert session_user(bob.catalog, first.session_id, first.secret) is None
    assert sessions.end_all(bob, keep=third.session_id) == 1
    assert session_user(bob.catalog, second.session_id, second.secret) is None
    assert session_user(bob.catalog, third.session_id, third.secret) == third.user
    assert sessions.end_all(acting("ada"), "bob") == 1


def test_nobody_ends_or_learns_of_those_of_others_but_administrators(acting: As) -> None:
    of_ada, of_bob = browser(acting("ada"), "ada"), browser(acting("ada"), "bob")
    for session_id in (of_ada.session_id, "made up"):
        with pytest.raises(NotFoundError, match=f"no sign-in has the id '{session_id}'"):
            sessions.end(acting("bob"), session_id)
    sessions.end(acting("ada"), of_bob.session_id)
    assert sessions.listing(acting("bob")) == []
