"""Invitations and resets set a password once; nobody registers unless that is allowed."""

from datetime import timedelta
from pathlib import Path

import pytest

from data_catalog import Catalog
from data_catalog.accounts import codes
from data_catalog.errors import ConflictError
from data_catalog.schema import utc_now
from pfd_panel.accounts import Invited, Refused, SignedIn, invited, redeem, register, session_user, sign_in
from pfd_panel.accounts.secrets import digest, new_secret
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services.context import User
from tests.pfd_panel.accounts.conftest import PASSWORD, add

NEW = "four other unrelated words"


def issue(catalog: Catalog, user: str, kind: str = "reset", hours: float = 1) -> str:
    token = new_secret()
    with catalog.write() as session:
        codes.add_token(session, digest(token), kind, user, utc_now() + timedelta(hours=hours), owner="ada")
    return token


def test_an_invitation_sets_the_first_password_once(catalog: Catalog) -> None:
    add(catalog, "eve", "operator", password=None)
    assert sign_in(catalog, "eve", "") == Refused("wrong", 0.0)
    token = issue(catalog, "eve", "invite")
    assert invited(catalog, token) == Invited("eve", "invite")
    with pytest.raises(RequestError, match="characters"):
        redeem(catalog, token, "short")
    assert redeem(catalog, token, NEW) == User("eve", "operator")
    assert isinstance(sign_in(catalog, "eve", NEW), SignedIn)
    with pytest.raises(RequestError, match="used already"):
        redeem(catalog, token, PASSWORD)


def test_a_reset_replaces_the_password_ends_sign_ins_and_lifts_a_lock(catalog: Catalog) -> None:
    before = sign_in(catalog, "bob", PASSWORD)
    assert isinstance(before, SignedIn)
    for _ in range(5):
        sign_in(catalog, "bob", "guess")
    redeem(catalog, issue(catalog, "bob"), NEW)
    assert session_user(catalog, before.session_id, before.secret) is None
    assert sign_in(catalog, "bob", PASSWORD) == Refused("wrong", 0.0)
    assert isinstance(sign_in(catalog, "bob", NEW), SignedIn)


def test_made_up_expired_and_replaced_tokens_open_nothing(catalog: Catalog) -> None:
    replaced = issue(catalog, "bob")
    expired = issue(catalog, "bob", hours=-1)
    for token in (replaced, expired, "", new_secret()):
        assert invited(catalog, token) is None
        with pytest.raises(RequestError, match="used already, has expired"):
            redeem(catalog, token, NEW)
    assert isinstance(sign_in(catalog, "bob", PASSWORD), SignedIn)


def test_registration_is_off_unless_it_is_switched_on_and_makes_viewers_only(catalog: Catalog) -> None:
    with pytest.raises(NotAllowedError, match="nobody can register"):
        register(catalog, "eve", NEW)
    assert register(catalog, "Eve", NEW, allowed=True) == User("eve", "viewer")
    with pytest.raises(ConflictError, match="already"):
        register(catalog, "EVE", NEW, allowed=True)


def test_nobody_registers_before_there_is_an_administrator(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "bare") as bare, pytest.raises(NotAllowedError, match="no administrator"):
        register(bare, "eve", NEW, allowed=True)
