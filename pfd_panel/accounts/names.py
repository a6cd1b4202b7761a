"""Names of users: one spelling each, so that nobody can pass for someone else."""

import re
import unicodedata

from data_catalog.accounts.users import LOCAL
from pfd_panel.errors import RequestError

LONGEST = 64
_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]*[a-z0-9])?")
_RESERVED = frozenset({LOCAL, "system", "coordinator"})


def folded(name: str) -> str:
    """A name as it is stored: without spaces around it, in lower case; empty for what no database could store."""
    found = unicodedata.normalize("NFKC", name[: 4 * LONGEST]).strip().casefold()
    return found if found.isprintable() else ""


def new_name(name: str) -> str:
    """The stored form of a name for a new account.

    Raises
    ------
    RequestError
        It is empty, too long, reserved or has characters that look like others.
    """
    found = folded(name)
    if len(found) > LONGEST or not _PLAIN.fullmatch(found):
        raise RequestError(
            f"{name!r} cannot be the name of a user",
            hint=f"Use at most {LONGEST} of a-z, 0-9 and . _ @ + -, with a letter or digit at both ends.",
        )
    if found in _RESERVED:
        raise RequestError(f"the name {found!r} is reserved", hint="Choose another name.")
    return found
