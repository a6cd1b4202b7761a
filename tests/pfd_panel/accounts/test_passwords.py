"""Passwords are kept as Argon2id, and easy ones are refused."""

import re

import pytest

from pfd_panel.accounts import passwords
from pfd_panel.errors import RequestError
from tests.pfd_panel.accounts.conftest import PASSWORD, hash_of


def test_the_hash_is_argon2id_with_the_parameters_of_rfc_9106() -> None:
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", hash_of(PASSWORD))
    assert passwords.hashed(PASSWORD) != hash_of(PASSWORD)  # salted


def test_only_the_password_itself_is_right() -> None:
    assert passwords.verify(PASSWORD, hash_of(PASSWORD)) == (True, None)
    for wrong in (PASSWORD + " ", PASSWORD[:-1], PASSWORD.upper(), ""):
        assert not passwords.verify(wrong, hash_of(PASSWORD)).right
    assert not passwords.verify("\0decoy", None).right


def test_a_letter_composed_in_two_ways_is_the_same_letter() -> None:
    composed, decomposed = "gr\u00fcne Pferde traben", "gru\u0308ne Pferde traben"
    assert passwords.verify(decomposed, passwords.hashed(composed)).right


def test_a_hash_of_older_parameters_is_renewed_when_it_is_next_seen() -> None:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    older = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),)).hash(PASSWORD)
    right, renewed = passwords.verify(PASSWORD, older)
    assert right
    assert renewed is not None
    assert "m=65536,t=3,p=4" in renewed


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short one", "has 9 characters"),
        ("a" * 257, "has 257 characters"),
        ("aaaabbbbaaaabbbb", "different characters"),
        ("my name is Lovelace", "contains the name"),
    ],
)
def test_an_easy_password_is_refused_with_what_is_wrong(password: str, problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        passwords.hashed(password, name="lovelace")
