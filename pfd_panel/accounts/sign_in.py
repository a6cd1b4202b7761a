"""Signing in, staying signed in, and ending it everywhere."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.accounts import codes, sessions, users
from data_catalog.catalog import Catalog
from data_catalog.schema import User as UserRow
from data_catalog.schema import utc_now
from pfd_panel.accounts import passwords, totp
from pfd_panel.accounts.lockout import Attempt
from pfd_panel.accounts.names import folded
from pfd_panel.accounts.secrets import digest, new_secret, plain_recovery_code
from pfd_panel.errors import NotAllowedError
from pfd_panel.services.context import User, as_role

LIFETIME_DAYS = 30.0
"""How long a browser stays signed in."""

SEEN_EVERY = timedelta(minutes=5)
"""How exactly the list of sign-ins says when one was last used; each note of it is a write."""


@dataclass(frozen=True)
class SignedIn:
    """A signed-in browser; `secret` is shown here once and stored as its hash."""

    session_id: str
    secret: str
    user: User


@dataclass(frozen=True)
class Refused:
    """Why nobody was signed in, and after how many seconds another attempt is looked at.

    ``wrong``: the name or the password; ``locked``: too many failures; ``code``: the password is right, the code of the
    second factor is missing or wrong; ``disabled``: the password is right, the account is shut.
    """

    reason: Literal["wrong", "locked", "code", "disabled"]
    retry_after_s: float = 0.0


def sign_in(
    catalog: Catalog,
    name: str,
    password: str,
    *,
    code: str = "",
    address: str = "",
    agent: str = "",
    days: float = LIFETIME_DAYS,
) -> SignedIn | Refused:
    """Sign a browser in with name, password and, where there is a second factor, a code of it.

    Takes the same time and says the same for a name that does not exist as for a wrong password.

    Parameters
    ----------
    code
        Six digits of the authenticator app, or a recovery code.
    address, agent
        Where the browser is and what it calls itself, for the list of sign-ins.
    """
    asked = folded(name)
    attempt = Attempt(catalog, asked, address)
    if attempt.locked_s:
        return Refused("locked", attempt.locked_s)
    with catalog.read() as session:
        user = users.find(session, asked)
    stored = user.password_hash if user else None
    verified = passwords.verify(password, stored)
    if not verified.right:
        _note_lock(catalog, user, attempt, address)
        return Refused("wrong", attempt.next_s)
    with catalog.write() as session:
        user = users.find(session, asked)
        if user is None or user.password_hash != stored:
            return Refused("wrong", attempt.next_s)  # it was changed while this one was looked at
        if user.disabled_at is not None:
            return Refused("disabled", attempt.next_s)
        if user.totp_secret is not None:
            if not code.strip():
                attempt.was_none(session)
                return Refused("code")
            if not _second_factor(session, user, code):
                return Refused("code", attempt.next_s)
        attempt.succeeded(session)
        if verified.renewed is not None:
            users.renew_hash(session, asked, verified.renewed)
        return _open(session, user, address, agent, days)


def _second_factor(session: Session, user: UserRow, code: str) -> bool:
    """Whether a code is right and was not used before; afterwards it is used."""
    assert user.totp_secret is not None
    step = totp.matching_step(user.totp_secret, code)
    if step is not None:
        return users.use_totp_step(session, user.name, step)
    recovery = plain_recovery_code(code)
    if not recovery or not codes.use_recovery(session, user.name, digest(recovery)):
        return False
    left = codes.recovery_left(session, user.name)
    audit.record(session, user.name, "recovery code", "user", user.name, {"left": left})
    return True


def _note_lock(catalog: Catalog, user: UserRow | None, attempt: Attempt, address: str) -> None:
    """Leave a trace of a lock-out on an account that exists; made-up names must not fill the log."""
    if user is not None and attempt.next_s:
        with catalog.write() as session:
            told = {"address": address, "seconds": attempt.next_s}
            audit.record(session, user.name, "lock", "user", user.name, told)


def _open(session: Session, user: UserRow, address: str, agent: str, days: float) -> SignedIn:
    secret = new_secret()
    made = sessions.open_one(
        session, user.name, digest(secret), address=address, agent=agent, lifetime=timedelta(days=days)
    )
    audit.record(session, user.name, "sign in", "session", made.id, {"address": address})
    return SignedIn(made.id, secret, User(user.name, as_role(user.role)))


def open_session(
    catalog: Catalog, user_name: str, *, address: str = "", agent: str = "", days: float = LIFETIME_DAYS
) -> SignedIn:
    """Sign a browser in whose user was found out otherwise: by a one-time link, or by another sign-in service.

    Raises
    ------
    NotFoundError
        No user has that name.
    NotAllowedError
        The account is shut, or it is the one of a data directory without accounts and there are accounts.
    """
    asked = folded(user_name)
    with catalog.write() as session:
        if asked == users.LOCAL:
            if users.any_with_password(session):
                raise NotAllowedError("this data directory has accounts", hint="Sign in with your name and password.")
            user = users.local(session)
        else:
            user = users.get(session, asked)
        if user.disabled_at is not None:
            raise NotAllowedError(f"the account {asked} is disabled", hint="Ask an administrator to enable it.")
        return _open(session, user, address, agent, days)


def session_user(catalog: Catalog, session_id: str, secret: str) -> User | None:
    """The user of a sign-in; None if it is made up, over or expired, or its account is shut or gone."""
    now = utc_now()
    with catalog.read() as session:
        found = sessions.find(session, session_id)
        user = users.find(session, found.user) if found else None
    right = hmac.compare_digest(found.sha256 if found else digest(""), digest(secret))
    if not right or found is None or user is None or user.disabled_at is not None or not sessions.is_open(found, now):
        return None
    if now - found.seen_at > SEEN_EVERY:
        with catalog.write() as session:
            sessions.touch(session, session_id)
    return User(user.name, as_role(user.role))


def open_user(catalog: Catalog, session_id: str) -> User | None:
    """The user of a sign-in that holds, for whoever has proof of it other than its secret; else None."""
    with catalog.read() as session:
        found = sessions.find(session, session_id)
        user = users.find(session, found.user) if found else None
    if found is None or user is None or user.disabled_at is not None or not sessions.is_open(found, utc_now()):
        return None
    return User(user.name, as_role(user.role))


def end_session(catalog: Catalog, session_id: str) -> None:
    """Sign one browser out; one that is signed out already stays so."""
    with catalog.write() as session:
        found = sessions.find(session, session_id)
        if found is not None and sessions.end(session, session_id):
            audit.record(session, found.user, "sign out", "session", session_id)


def end_sessions(catalog: Catalog, user_name: str, *, keep: str = "") -> int:
    """Sign every browser of someone out, except the sign-in `keep`; how many there were."""
    name = folded(user_name)
    with catalog.write() as session:
        ended = sessions.end_of_user(session, name, keep=keep)
        if ended:
            audit.record(session, name, "sign out", "user", name, {"sessions": ended})
        return ended


def ended_since(catalog: Catalog, moment: datetime) -> list[str]:
    """Ids of sign-ins that ended or expired since `moment`; some that did shortly before are named again."""
    with catalog.read() as session:
        return sessions.ended_since(session, moment)


def has_people(catalog: Catalog) -> bool:
    """Whether any account has a password: from then on people sign in by name."""
    with catalog.read() as session:
        return users.any_with_password(session)
