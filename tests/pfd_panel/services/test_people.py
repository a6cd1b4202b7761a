"""Administrators make, change and end accounts; what they end is over at once."""

from pathlib import Path

import pytest
from sqlalchemy import select

from data_catalog import Catalog
from data_catalog import preferences as stored
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import InboxMark
from pfd_panel.accounts import Refused, SignedIn, has_people, key_user, redeem, session_user, sign_in
from pfd_panel.errors import RequestError
from pfd_panel.monitoring.choices import KEY
from pfd_panel.services import auditing, keys, notifying, people, preferences
from pfd_panel.services.context import LOCAL_USER, Context
from tests.pfd_panel.accounts.conftest import PASSWORD
from tests.pfd_panel.services.conftest import As

NEW = "four other unrelated words"


@pytest.fixture
def bare(tmp_path: Path) -> Context:
    return Context(Catalog.open(tmp_path / "bare"), LOCAL_USER)


def signed_in(context: Context, name: str, password: str = PASSWORD) -> SignedIn:
    found = sign_in(context.catalog, name, password)
    assert isinstance(found, SignedIn), found
    return found


def test_the_first_account_is_an_administrators_and_shuts_the_door_without_accounts(bare: Context) -> None:
    with pytest.raises(RequestError, match="first account is an administrator"):
        people.add(bare, "bob", "viewer", PASSWORD)
    with pytest.raises(RequestError, match="first account is an administrator"):
        people.invite(bare, "ada", "admin")
    local = keys.add(bare, "script")
    assert key_user(bare.catalog, local.token) is not None
    assert not has_people(bare.catalog)
    made = people.add(bare, "Ada", "admin", PASSWORD, display_name="Ada  Lovelace")
    assert (made.name, made.display_name, made.role, made.state) == ("ada", "Ada Lovelace", "admin", "active")
    assert has_people(bare.catalog)
    assert key_user(bare.catalog, local.token) is None
    with pytest.raises(RequestError, match="has accounts"):
        keys.add(bare, "script")
    assert people.add(bare, "bob", "viewer", PASSWORD).role == "viewer"
    bare.catalog.close()


def test_an_invited_viewer_chooses_a_password_and_is_then_active(acting: As) -> None:
    admin = acting("ada")
    first = people.invite(admin, "eve", "viewer", display_name="Eve")
    assert people.get(admin, "eve").state == "invited"
    second = people.invite(admin, "eve", "viewer")
    with pytest.raises(RequestError, match="used already, has expired"):
        redeem(admin.catalog, first.token, NEW)
    redeem(admin.catalog, second.token, NEW)
    assert people.get(admin, "eve").state == "active"
    assert signed_in(admin, "eve", NEW).user.role == "viewer"
    with pytest.raises(ConflictError, match="already"):
        people.invite(admin, "eve", "viewer")
    assert [one.name for one in people.listing(admin)] == ["ada", "bob", "eve"]


def test_a_reset_lifts_a_lock_and_lets_a_new_password_be_chosen(acting: As) -> None:
    admin = acting("ada")
    for _ in range(5):
        sign_in(admin.catalog, "bob", "guess")
    issued = people.reset(admin, "Bob")
    assert signed_in(admin, "bob")  # unlocked already, with the old password
    redeem(admin.catalog, issued.token, NEW)
    assert sign_in(admin.catalog, "bob", PASSWORD) == Refused("wrong")
    assert signed_in(admin, "bob", NEW)
    for _ in range(5):
        sign_in(admin.catalog, "bob", "guess")
    people.unlock(admin, "bob")
    assert signed_in(admin, "bob", NEW)


def test_a_role_counts_at_once_and_a_lower_one_ends_sign_ins_and_keys(acting: As) -> None:
    admin = acting("ada")
    browser = signed_in(admin, "bob")
    people.set_role(admin, "bob", "operator")
    raised = session_user(admin.catalog, browser.session_id, browser.secret)
    assert raised is not None
    assert raised.role == "operator"
    token = keys.add(acting("bob"), "script").token
    people.set_role(admin, "bob", "viewer")
    assert session_user(admin.catalog, browser.session_id, browser.secret) is None
    assert key_user(admin.catalog, token) is None
    with pytest.raises(RequestError, match="no role 'root'"):
        people.set_role(admin, "bob", "root")


@pytest.mark.parametrize("how", ["disable", "remove"])
def test_a_disabled_or_removed_user_is_out_at_once(acting: As, how: str) -> None:
    admin = acting("ada")
    browser, token = signed_in(admin, "bob"), keys.add(acting("bob"), "script").token
    reset = people.reset(admin, "bob")
    getattr(people, how)(admin, "bob")
    assert session_user(admin.catalog, browser.session_id, browser.secret) is None
    assert key_user(admin.catalog, token) is None
    assert isinstance(sign_in(admin.catalog, "bob", PASSWORD), Refused)
    with pytest.raises(RequestError, match="used already, has expired"):
        redeem(admin.catalog, reset.token, NEW)
    if how == "disable":
        assert people.get(admin, "bob").state == "disabled"
        assert people.enable(admin, "bob").state == "active"
        assert signed_in(admin, "bob")
    else:
        with pytest.raises(NotFoundError):
            people.get(admin, "bob")


def test_the_only_administrator_cannot_shut_himself_out(acting: As) -> None:
    admin = acting("ada")
    for attempt in (
        lambda: people.disable(admin, "ada"),
        lambda: people.remove(admin, "ada"),
        lambda: people.set_role(admin, "ada", "operator"),
    ):
        with pytest.raises(ConflictError, match="last administrator"):
            attempt()
    assert signed_in(admin, "ada").user.role == "admin"


def test_everything_an_administrator_does_is_logged_under_his_name_without_secrets(acting: As) -> None:
    admin = acting("ada")
    issued = people.invite(admin, "eve", "viewer")
    people.set_role(admin, "bob", "operator")
    people.disable(admin, "bob")
    people.enable(admin, "bob")
    people.remove(admin, "bob")
    rows = auditing.page(admin, user="ada", subject_kind="user").rows
    told = [one.action for one in reversed(rows)]
    assert [action for action in told if action != "end access"] == [
        "add",
        "invite",
        "role",
        "disable",
        "enable",
        "remove",
    ]
    assert issued.token not in repr(rows)


@pytest.mark.parametrize("shown", ["x" * 101, "a\u202eb"])
def test_names_that_do_not_show_as_they_are_are_refused(acting: As, shown: str) -> None:
    with pytest.raises(RequestError, match="cannot be shown"):
        people.invite(acting("ada"), "eve", "viewer", display_name=shown)


def test_what_a_removed_user_had_chosen_is_forgotten(acting: As) -> None:
    admin, bob = acting("ada"), acting("bob")
    preferences.choose_notifications(bob, address="bob@example.com", email=True)
    preferences.choose_notifications(admin, address="ada@example.com")
    notifying.try_inbox(bob)
    notifying.mark_read(bob)
    people.remove(admin, "bob")
    with admin.catalog.read() as session:
        assert set(stored.everyone(session, KEY)) == {"ada"}
        assert session.scalars(select(InboxMark.user)).all() == []
