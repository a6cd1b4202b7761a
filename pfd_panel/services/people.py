"""Who has an account and which role: for administrators. What everyone does with his own is in `account`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from data_catalog.accounts import codes, failures, identities, keys, sessions, users
from data_catalog.schema import User as UserRow
from data_catalog.schema import utc_now
from pfd_panel.accounts import passwords
from pfd_panel.accounts.names import folded, new_name
from pfd_panel.accounts.secrets import digest, new_secret
from pfd_panel.errors import RequestError
from pfd_panel.services.context import RIGHTS, Context, Role, as_role

INVITED_FOR = timedelta(days=7)
RESET_FOR = timedelta(hours=24)
LONGEST_DISPLAY_NAME = 100

State = Literal["active", "invited", "disabled"]


@dataclass(frozen=True)
class Person:
    """Someone with an account; ``invited``: without a password yet, and unknown to another sign-in service."""

    name: str
    display_name: str
    role: Role
    state: State
    second_factor: bool
    recovery_codes: int
    sessions: int
    keys: int
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Issued:
    """A one-time token for someone to choose a password with; it is shown here once and stored as its hash."""

    name: str
    kind: Literal["invite", "reset"]
    token: str
    expires_at: datetime


def person_of(session: Session, user: UserRow) -> Person:
    """What is told of an account, which is nothing that opens it."""
    held = sessions.of_user(session, user.name)
    opens = user.password_hash is not None or identities.is_known_elsewhere(session, user.name)
    waiting = not opens and user.name != users.LOCAL
    valid = [key for key in keys.listing(session, user.name) if keys.is_valid(key, utc_now())]
    return Person(
        name=user.name,
        display_name=user.display_name or user.name,
        role=as_role(user.role),
        state="disabled" if user.disabled_at else "invited" if waiting else "active",
        second_factor=user.totp_secret is not None,
        recovery_codes=codes.recovery_left(session, user.name),
        sessions=len(held),
        keys=len(valid),
        created_at=user.created_at,
        seen_at=held[0].seen_at if held else None,
    )


def listing(context: Context) -> list[Person]:
    """Everyone with an account, by name."""
    context.require("administer")
    with context.catalog.read() as session:
        return [person_of(session, user) for user in users.listing(session)]


def get(context: Context, name: str) -> Person:
    """One account."""
    context.require("administer")
    with context.catalog.read() as session:
        return person_of(session, users.get(session, folded(name)))


def add(context: Context, name: str, role: str, password: str, *, display_name: str = "") -> Person:
    """Make an account with a password; the first one is an administrator's.

    Raises
    ------
    RequestError, ConflictError
        The name, role or password cannot be used; the name is taken or was.
    """
    context.require("administer")
    name, chosen = new_name(name), role_named(role)
    hashed = passwords.hashed(password, name=name)
    with context.catalog.write() as session:
        if chosen != "admin":
            _require_admin(session)
        user = users.add(session, name, chosen, owner=context.user.name, display_name=shown(display_name))
        return person_of(session, users.set_password(session, user.name, hashed, owner=context.user.name))


def invite(context: Context, name: str, role: str, *, display_name: str = "") -> Issued:
    """Make an account whose user chooses a password with the token; it holds for a week.

    Someone who was invited and has not come yet gets a new token, and the old one is void.
    """
    context.require("administer")
    name, chosen = new_name(name), role_named(role)
    with context.catalog.write() as session:
        _require_admin(session)
        user = users.find(session, name)
        if user is None or user.password_hash is not None:
            users.add(session, name, chosen, owner=context.user.name, display_name=shown(display_name))
        return _issue(context, session, name, "invite", INVITED_FOR)


def reset(context: Context, name: str) -> Issued:
    """A token with which someone chooses a new password within a day; a lock-out is lifted at once."""
    context.require("administer")
    with context.catalog.write() as session:
        user = users.get(session, folded(name))
        failures.clear(session, user.name)
        return _issue(context, session, user.name, "reset", RESET_FOR)


def unlock(context: Context, name: str) -> None:
    """Forget the failed attempts under a name."""
    context.require("administer")
    with context.catalog.write() as session:
        user = users.get(session, folded(name))
        failures.clear(session, user.name)
        users.note(session, user.name, "unlock", owner=context.user.name)


def set_role(context: Context, name: str, role: str) -> Person:
    """Give someone another role; one that may less ends every sign-in and key of that user."""
    context.require("administer")
    chosen = role_named(role)
    with context.catalog.write() as session:
        before = as_role(users.get(session, folded(name)).role)
        demoted = not RIGHTS[chosen] >= RIGHTS[before]
        user = users.set_role(session, folded(name), chosen, owner=context.user.name, demoted=demoted)
        return person_of(session, user)


def disable(context: Context, name: str) -> Person:
    """Shut an account at once: its sign-ins, keys and tokens end; what it owns stays."""
    return _set_disabled(context, name, True)


def enable(context: Context, name: str) -> Person:
    """Open a disabled account again; sign-ins and keys that ended do not come back."""
    return _set_disabled(context, name, False)


def remove(context: Context, name: str) -> None:
    """Remove an account for good; its name is not given again, and administrators see what it owned."""
    context.require("administer")
    with context.catalog.write() as session:
        users.remove(session, folded(name), owner=context.user.name)


def drop_second_factor(context: Context, name: str) -> Person:
    """Let someone who lost the phone and the recovery codes sign in with the password alone; sign-ins end."""
    context.require("administer")
    with context.catalog.write() as session:
        user = users.set_totp(session, folded(name), None, owner=context.user.name)
        sessions.end_of_user(session, user.name)
        return person_of(session, user)


def link(context: Context, name: str, issuer: str, subject: str) -> Person:
    """Let someone sign in by another service too, which knows the person by `subject`.

    Parameters
    ----------
    issuer
        The address of the service, as in ``PFD_OIDC_ISSUER``.
    subject
        What its statements call the person (``sub``): no e-mail address, which others may be given later.

    Raises
    ------
    RequestError, ConflictError
        Something is not named; the identity belongs to someone else.
    """
    context.require("administer")
    issuer, subject = issuer.strip(), subject.strip()
    if not (issuer and subject):
        raise RequestError("an identity has an issuer and a subject", hint="The service names both in its statements.")
    with context.catalog.write() as session:
        user = users.get(session, folded(name))
        identities.add(session, issuer, subject, user.name, owner=context.user.name)
        return person_of(session, user)


def unlink(context: Context, name: str) -> Person:
    """Let nobody sign in as someone by another service any more; the user's sign-ins end."""
    context.require("administer")
    with context.catalog.write() as session:
        user = users.get(session, folded(name))
        if identities.unlink(session, user.name, owner=context.user.name):
            sessions.end_of_user(session, user.name)
        return person_of(session, user)


def role_named(text: str) -> Role:
    """A role by name.

    Raises
    ------
    RequestError
        There is no such role.
    """
    if text not in RIGHTS:
        raise RequestError(f"there is no role {text!r}", hint=f"There are: {', '.join(RIGHTS)}.")
    return text


def shown(display_name: str) -> str:
    """A name as it is shown to people.

    Raises
    ------
    RequestError
        It is too long, or has characters that are not printed.
    """
    cleaned = " ".join(display_name.split())
    if len(cleaned) > LONGEST_DISPLAY_NAME or not cleaned.isprintable():
        raise RequestError("this name cannot be shown", hint=f"Use at most {LONGEST_DISPLAY_NAME} plain characters.")
    return cleaned


def _set_disabled(context: Context, name: str, disabled: bool) -> Person:
    context.require("administer")
    with context.catalog.write() as session:
        user = users.set_disabled(session, folded(name), disabled, owner=context.user.name)
        return person_of(session, user)


def _require_admin(session: Session) -> None:
    """An account of another role shuts the door without accounts, so someone must be there who can open it."""
    if not users.able_admins(session):
        raise RequestError(
            "the first account is an administrator's", hint="pfd users add NAME --role admin, then the others."
        )


def _issue(
    context: Context, session: Session, name: str, kind: Literal["invite", "reset"], lifetime: timedelta
) -> Issued:
    token, expires_at = new_secret(), utc_now() + lifetime
    codes.add_token(session, digest(token), kind, name, expires_at, owner=context.user.name)
    users.note(session, name, kind, owner=context.user.name)
    return Issued(name, kind, token, expires_at)
