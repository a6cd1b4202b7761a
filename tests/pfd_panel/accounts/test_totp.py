"""One-time codes against the values of RFC 6238, and what is accepted."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.accounts import totp

# RFC 6238, appendix B: the secret of its SHA-1 column, times in seconds and the last six digits of its codes
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 20000000000: "353130"}


@pytest.mark.parametrize("seconds", sorted(RFC_CODES))
def test_codes_are_those_of_the_rfc(seconds: int) -> None:
    assert totp.code_at(RFC_SECRET, seconds // totp.STEP_S) == RFC_CODES[seconds]


@given(step=st.integers(0, 2**40), off=st.integers(-5, 5))
def test_a_code_is_taken_for_the_step_it_belongs_to_within_one_step(step: int, off: int) -> None:
    secret = totp.new_secret()
    found = totp.matching_step(secret, totp.code_at(secret, step + 10 + off), now=step + 10)
    if abs(off) <= totp.TOLERANCE:
        assert found is not None
        assert totp.code_at(secret, found) == totp.code_at(secret, step + 10 + off)
    elif found is not None:  # one in a few hundred thousand codes happens twice in so short a time
        assert totp.code_at(secret, found) == totp.code_at(secret, step + 10 + off)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "\udc80"])
def test_what_is_no_code_is_not_accepted(code: str) -> None:
    assert totp.matching_step(RFC_SECRET, code, now=1) is None


def test_a_code_may_be_typed_with_a_gap() -> None:
    assert totp.matching_step(RFC_SECRET, "287 082", now=1) == 1


def test_secrets_are_160_random_bits_and_shorter_ones_are_none() -> None:
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(totp.is_secret(secret) for secret in made)
    for text in ("", "GEZDGNBV", "not base32!", base64.b32encode(b"x" * 19).decode()):
        assert not totp.is_secret(text)


def test_the_address_names_issuer_user_and_secret() -> None:
    assert totp.address("ABC", "ada@plant") == (
        "otpauth://totp/PFD%20Panel%3Aada%40plant?secret=ABC&issuer=PFD%20Panel"
    )
