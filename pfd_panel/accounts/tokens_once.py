"""Choosing a password with an invitation or a reset, or registering where that is allowed."""

from dataclasses import dataclass

from data_catalog.accounts import codes, failures, users
from data_catalog.catalog import Catalog
from pfd_panel.accounts import passwords
from pfd_panel.accounts.names import new_name
from pfd_panel.accounts.secrets import digest
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services.context import User, as_role


@dataclass(frozen=True)
class Invited:
    """Whom a token lets choose a password, and why: ``invite`` or ``reset``."""

    name: str
    kind: str


def invited(catalog: Catalog, token: str) -> Invited | None:
    """Whom a token is for; None if it is made up, was used or has expired."""
    with catalog.read() as session:
        found = codes.find_token(session, digest(token))
        return Invited(found.user, found.kind) if found else None


def redeem(catalog: Catalog, token: str, password: str) -> User:
    """Set a password with a token, which is used up; every sign-in of that user ends.

    Raises
    ------
    RequestError
        The token is made up, was used or has expired; or the password is too easy to guess.
    """
    found = invited(catalog, token)
    if found is None:
        raise RequestError(
            "this link was used already, has expired or is not complete",
            hint="Ask an administrator for a new one.",
        )
    hashed = passwords.hashed(password, name=found.name)
    with catalog.write() as session:
        if not codes.use_token(session, digest(token)):
            raise RequestError("this link was used already", hint="Ask an administrator for a new one.")
        user = users.set_password(session, found.name, hashed, owner=found.name)
        failures.clear(session, found.name)
        return User(user.name, as_role(user.role))


def register(catalog: Catalog, name: str, password: str, *, allowed: bool = False) -> User:
    """Make an account of one's own, with the role viewer; off unless `allowed` says otherwise.

    Raises
    ------
    NotAllowedError
        Registration is off, or there is no administrator yet.
    RequestError, ConflictError
        The name or the password cannot be used; the name is taken.
    """
    if not allowed:
        raise NotAllowedError("nobody can register here", hint="Ask an administrator for an invitation.")
    name = new_name(name)
    hashed = passwords.hashed(password, name=name)
    with catalog.write() as session:
        if not users.able_admins(session):
            raise NotAllowedError("there is no administrator yet", hint="Make one first: pfd users NAME --add.")
        user = users.add(session, name, "viewer", owner=name, password_hash=hashed)
        return User(user.name, as_role(user.role))
