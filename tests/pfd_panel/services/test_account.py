"""One's own account: password, second factor, recovery codes, each behind the password."""

import pytest

from pfd_panel.accounts import Refused, SignedIn, session_user, sign_in, totp
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import account, people
from pfd_panel.services.context import LOCAL_USER, Context, User
from tests.pfd_panel.accounts.conftest import PASSWORD
from tests.pfd_panel.services.conftest import As

NEW = "four other unrelated words"


def test_a_new_password_ends_every_other_browser_and_keeps_this_one(acting: As) -> None:
    bob = acting("bob")
    here, there = (sign_in(bob.catalog, "bob", PASSWORD) for _ in range(2))
    assert isinstance(here, SignedIn)
    assert isinstance(there, SignedIn)
    account.change_password(bob, PASSWORD, NEW, keep=here.session_id)
    assert session_user(bob.catalog, here.session_id, here.secret) == User("bob", "viewer")
    assert session_user(bob.catalog, there.session_id, there.secret) is None
    assert sign_in(bob.catalog, "bob", PASSWORD) == Refused("wrong")
    assert isinstance(sign_in(bob.catalog, "bob", NEW), SignedIn)


def test_the_password_is_asked_again_and_guesses_count_like_those_at_sign_in(acting: As) -> None:
    bob = acting("bob")
    for _ in range(5):
        with pytest.raises(NotAllowedError, match="the password is wrong"):
            account.change_password(bob, "guess", NEW)
    with pytest.raises(NotAllowedError, match="too often"):
        account.change_password(bob, PASSWORD, NEW)
    assert isinstance(sign_in(bob.catalog, "bob", PASSWORD), Refused)


@pytest.mark.parametrize(("new", "problem"), [("short", "characters"), (PASSWORD, "present one")])
def test_a_password_that_is_easy_or_the_same_is_refused(acting: As, new: str, problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        account.change_password(acting("bob"), PASSWORD, new)


def test_a_second_factor_is_set_up_used_replaced_and_dropped(acting: As) -> None:
    bob = acting("bob")
    begun = account.begin_second_factor(bob)
    assert begun.secret in begun.address
    with pytest.raises(RequestError, match="does not fit"):
        account.confirm_second_factor(bob, PASSWORD, begun.secret, "12345")
    assert not account.me(bob).second_factor
    code = totp.code_at(begun.secret, totp.step_now())
    with pytest.raises(NotAllowedError, match="the password is wrong"):
        account.confirm_second_factor(bob, "guess", begun.secret, code)
    codes = account.confirm_second_factor(bob, PASSWORD, begun.secret, code)
    assert len(set(codes)) == 10
    assert sign_in(bob.catalog, "bob", PASSWORD, code=code) == Refused("code")  # it was spent on setting up
    assert isinstance(sign_in(bob.catalog, "bob", PASSWORD, code=codes[0]), SignedIn)
    assert account.me(bob).recovery_codes == 9
    fresh = account.renew_recovery_codes(bob, PASSWORD)
    assert isinstance(sign_in(bob.catalog, "bob", PASSWORD, code=codes[1]), Refused)
    assert isinstance(sign_in(bob.catalog, "bob", PASSWORD, code=fresh[0]), SignedIn)
    account.drop_second_factor(bob, PASSWORD)
    assert isinstance(sign_in(bob.catalog, "bob", PASSWORD), SignedIn)
    with pytest.raises(RequestError, match="no second factor"):
        account.renew_recovery_codes(bob, PASSWORD)


def test_a_secret_of_ones_own_making_must_be_long_enough(acting: As) -> None:
    weak = "GEZDGNBV"
    with pytest.raises(RequestError, match="does not fit"):
        account.confirm_second_factor(acting("bob"), PASSWORD, weak, totp.code_at(weak, totp.step_now()))


def test_an_administrator_helps_whoever_lost_phone_and_codes(acting: As) -> None:
    bob, ada = acting("bob"), acting("ada")
    begun = account.begin_second_factor(bob)
    account.confirm_second_factor(bob, PASSWORD, begun.secret, totp.code_at(begun.secret, totp.step_now()))
    assert people.get(ada, "bob").second_factor
    assert not people.drop_second_factor(ada, "bob").second_factor
    assert isinstance(sign_in(bob.catalog, "bob", PASSWORD), SignedIn)


def test_a_key_with_scopes_and_the_local_user_have_no_account_to_change(acting: As) -> None:
    bob = acting("bob")
    scoped = bob.acting_as(User("bob", "viewer", frozenset({"read"})))
    with pytest.raises(NotAllowedError, match="a key with scopes"):
        account.change_password(scoped, PASSWORD, NEW)
    local = Context(bob.catalog, LOCAL_USER)
    assert (account.has_account(bob), account.has_account(local)) == (True, False)
    with pytest.raises(RequestError, match="without a password"):
        account.change_password(local, "", NEW)


def test_the_name_that_people_see_is_ones_own_choice(acting: As) -> None:
    assert account.rename(acting("bob"), " Bob  B. ").display_name == "Bob B."
    assert account.me(acting("bob")).display_name == "Bob B."
