"""Passwords: what is asked of one, and how it is kept (Argon2id, parameters of RFC 9106 for little memory)."""

import unicodedata
from functools import cache
from typing import NamedTuple

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from pfd_panel.errors import RequestError

SHORTEST, LONGEST = 12, 256
"""Characters of a password: long enough that a word with a digit is none, short enough to hash in constant time."""

DISTINCT = 5
"""Least number of different characters."""

# RFC 9106, section 4, second recommended option: 3 passes over 64 MiB in 4 lanes
_HASH = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65536, parallelism=4),))


class Verified(NamedTuple):
    """Whether a password is right, and its hash under today's parameters if the stored one has older ones."""

    right: bool
    renewed: str | None


def hashed(password: str, *, name: str = "") -> str:
    """The Argon2id hash of a new password.

    Parameters
    ----------
    name
        Name of its user, which it may not contain.

    Raises
    ------
    RequestError
        The password is too easy to guess, or too long.
    """
    _require_strong(password, name)
    return _HASH.hash(_normal(password))


def verify(password: str, stored: str | None) -> Verified:
    """Compare a password with a stored hash, in the same time when there is none."""
    bounded = _normal(password[:LONGEST])
    right, renewed = _HASH.verify_and_update(bounded, stored or _decoy())
    if stored is None or len(password) > LONGEST or not right:
        return Verified(False, None)
    return Verified(True, renewed)


@cache
def _decoy() -> str:
    """A hash of nothing anyone can type, to spend the same time on."""
    return _HASH.hash("\0decoy")


def _normal(password: str) -> bytes:
    """One spelling of letters that keyboards compose in several ways; half a character is no reason to fail."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _require_strong(password: str, name: str) -> None:
    problem = ""
    if not SHORTEST <= len(password) <= LONGEST:
        problem = f"has {len(password)} characters, not {SHORTEST} to {LONGEST}"
    elif len(set(password)) < DISTINCT:
        problem = f"has fewer than {DISTINCT} different characters"
    elif len(name) >= 4 and name.casefold() in password.casefold():
        problem = "contains the name of its user"
    if problem:
        raise RequestError(f"the password {problem}", hint="Four unrelated words make a good one.")
