"""One's own account: password, second factor, recovery codes. Everything that opens it asks for the password again."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.accounts import codes, users
from pfd_panel.accounts import passwords, totp
from pfd_panel.accounts.lockout import Attempt
from pfd_panel.accounts.secrets import digest, new_recovery_code
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services.context import Context
from pfd_panel.services.people import Person, person_of, shown

RECOVERY_CODES = 10


@dataclass(frozen=True)
class Enrolment:
    """A second factor about to be set up: the secret to type, and the address an authenticator app takes."""

    secret: str
    address: str


def me(context: Context) -> Person:
    """The account of whoever asks."""
    context.require("read")
    with context.catalog.read() as session:
        return person_of(session, users.get(session, context.user.name))


def has_account(context: Context) -> bool:
    """Whether whoever asks signed in by name; the user of a data directory without accounts did not."""
    context.require("read")
    return context.user.name != users.LOCAL


def rename(context: Context, display_name: str) -> Person:
    """Change the name shown to people."""
    context.require("read")
    with context.catalog.write() as session:
        name = context.user.name
        return person_of(session, users.describe(session, name, shown(display_name), owner=name))


def change_password(context: Context, present: str, new: str, *, keep: str = "") -> None:
    """Replace one's password; every sign-in but `keep` ends.

    Raises
    ------
    NotAllowedError
        The present password is wrong, or was too often.
    RequestError
        The new one is too easy to guess, or is the present one.
    """
    name = _confirmed(context, present)
    if new == present:
        raise RequestError("the new password is the present one", hint="Choose another.")
    hashed = passwords.hashed(new, name=name)
    with context.catalog.write() as session:
        users.set_password(session, name, hashed, owner=name, keep=keep)


def begin_second_factor(context: Context) -> Enrolment:
    """A fresh secret for an authenticator app; it counts once `confirm_second_factor` has seen a code of it."""
    context.require("read")
    secret = totp.new_secret()
    return Enrolment(secret, totp.address(secret, context.user.name))


def confirm_second_factor(context: Context, password: str, secret: str, code: str) -> list[str]:
    """Set up the second factor and return recovery codes, which are shown here once.

    Raises
    ------
    NotAllowedError
        The password is wrong.
    RequestError
        The code is not one of that secret now.
    """
    context.require("read")
    step = totp.matching_step(secret, code) if totp.is_secret(secret) else None
    if step is None:
        raise RequestError(
            "this code does not fit", hint="Check the clock of the phone, and type the code that is shown now."
        )
    name = _confirmed(context, password)
    with context.catalog.write() as session:
        users.set_totp(session, name, secret, owner=name)
        users.use_totp_step(session, name, step)
        return _new_codes(session, name)


def drop_second_factor(context: Context, password: str) -> None:
    """Sign in with the password alone from now on."""
    name = _confirmed(context, password)
    with context.catalog.write() as session:
        users.set_totp(session, name, None, owner=name)


def renew_recovery_codes(context: Context, password: str) -> list[str]:
    """Fresh recovery codes, shown here once; the old ones are void.

    Raises
    ------
    NotAllowedError
        The password is wrong.
    RequestError
        There is no second factor that they could stand in for.
    """
    name = _confirmed(context, password)
    with context.catalog.write() as session:
        if users.get(session, name).totp_secret is None:
            raise RequestError("there is no second factor", hint="Set one up first.")
        return _new_codes(session, name)


def _new_codes(session: Session, name: str) -> list[str]:
    made = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    codes.set_recovery(session, name, [digest(code) for code in made])
    audit.record(session, name, "recovery codes", "user", name, {"count": len(made)})
    return made


def _confirmed(context: Context, password: str) -> str:
    """The name of whoever asks, once the password was typed again; guesses count like those at sign-in."""
    context.require("read")
    name = context.user.name
    if context.user.scopes is not None:
        raise NotAllowedError("a key with scopes cannot change the account", hint="Sign in to do this.")
    with context.catalog.read() as session:
        user = users.find(session, name)
    if user is None or user.password_hash is None:
        raise RequestError(f"{name} signs in without a password here", hint="Ask an administrator for an account.")
    attempt = Attempt(context.catalog, name, "")
    if attempt.locked_s:
        raise NotAllowedError("the password was wrong too often", hint=f"Try again in {attempt.locked_s:.0f} seconds.")
    if not passwords.verify(password, user.password_hash).right:
        raise NotAllowedError("the password is wrong", hint="Type the password with which you sign in.")
    with context.catalog.write() as session:
        attempt.succeeded(session)
    return name
