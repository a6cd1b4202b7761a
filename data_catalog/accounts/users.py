"""People: add, find, change, remove; whoever loses an account loses its sign-ins, keys and tokens with it."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from data_catalog import audit, preferences
from data_catalog.accounts import codes, keys, sessions
from data_catalog.batches import changed
from data_catalog.database import lock_name
from data_catalog.datasets import nearest_names
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import AuditEntry, InboxMark, RecoveryCode, User, utc_now

LOCAL = "local"
"""The user of a data directory without accounts."""

ADMIN = "admin"


def find(session: Session, name: str) -> User | None:
    """The user of that name, if there is one."""
    return session.get(User, name, populate_existing=True)


def get(session: Session, name: str) -> User:
    """The user of that name.

    Raises
    ------
    NotFoundError
        There is none; the hint names the nearest.
    """
    found = find(session, name)
    if found is None:
        raise NotFoundError(f"no user is called {name!r}", hint=nearest_names(name, _names(session), "user"))
    return found


def _names(session: Session) -> Sequence[str]:
    return session.scalars(select(User.name).where(User.name != LOCAL).order_by(User.name)).all()


def listing(session: Session) -> list[User]:
    """Everyone with an account, by name."""
    return list(session.scalars(select(User).where(User.name != LOCAL).order_by(User.name)))


def any_with_password(session: Session) -> bool:
    """Whether someone could sign in with a password, were the account not disabled."""
    return bool(session.scalar(select(exists().where(User.password_hash.is_not(None), User.name != LOCAL))))


def able_admins(session: Session) -> list[str]:
    """Administrators that can sign in with a password."""
    able = (User.role == ADMIN, User.disabled_at.is_(None), User.password_hash.is_not(None), User.name != LOCAL)
    return list(session.scalars(select(User.name).where(*able).order_by(User.name)))


def add(
    session: Session, name: str, role: str, *, owner: str, display_name: str = "", password_hash: str | None = None
) -> User:
    """Add someone.

    Raises
    ------
    ConflictError
        The name is taken, or was: what the audit log says of a name must stay true.
    """
    lock_name(session, "people")
    if find(session, name) is not None:
        raise ConflictError(f"there is a user called {name!r} already", hint="choose another name")
    removed = exists().where(
        AuditEntry.subject_kind == "user", AuditEntry.subject_id == name, AuditEntry.action == "remove"
    )
    if session.scalar(select(removed)):
        raise ConflictError(
            f"a user called {name!r} was removed; a name is not given twice", hint="choose another name"
        )
    user = User(name=name, role=role, display_name=display_name, password_hash=password_hash)
    session.add(user)
    audit.record(session, owner, "add", "user", name, {"role": role, "password": password_hash is not None})
    session.flush()
    return user


def local(session: Session) -> User:
    """The user of a data directory without accounts, added when first asked for."""
    lock_name(session, "people")
    found = find(session, LOCAL)
    if found is None:
        found = User(name=LOCAL, role=ADMIN, display_name="You")
        session.add(found)
        session.flush()
    return found


def describe(session: Session, name: str, display_name: str, *, owner: str) -> User:
    """Change the name shown to people."""
    user = get(session, name)
    audit.record(session, owner, "update", "user", name, {"display_name": [user.display_name, display_name]})
    user.display_name = display_name
    return _touched(session, user)


def set_role(session: Session, name: str, role: str, *, owner: str, demoted: bool) -> User:
    """Give someone another role; one that may less ends every sign-in and key of theirs.

    Raises
    ------
    NotFoundError, ConflictError
        No such user; the last administrator who can sign in would be gone.
    """
    user = _spared(session, name, leaves=role != ADMIN)
    audit.record(session, owner, "role", "user", name, {"role": [user.role, role]})
    user.role = role
    if demoted:
        end_access(session, name, owner=owner)
    return _touched(session, user)


def set_disabled(session: Session, name: str, disabled: bool, *, owner: str) -> User:
    """Shut an account, which ends every sign-in and key, or open it again; its rows stay.

    Raises
    ------
    NotFoundError, ConflictError
        No such user; the last administrator who can sign in would be gone.
    """
    user = _spared(session, name, leaves=disabled)
    user.disabled_at = utc_now() if disabled else None
    audit.record(session, owner, "disable" if disabled else "enable", "user", name)
    if disabled:
        end_access(session, name, owner=owner)
    return _touched(session, user)


def remove(session: Session, name: str, *, owner: str) -> None:
    """Remove an account for good; what it owns stays under its name.

    Raises
    ------
    NotFoundError, ConflictError
        No such user; the last administrator who can sign in would be gone.
    """
    user = _spared(session, name, leaves=True)
    end_access(session, name, owner=owner)
    changed(session, delete(RecoveryCode).where(RecoveryCode.user == name))
    # chosen addresses too: alerts are sent to whoever has chosen one
    preferences.forget(session, name)
    changed(session, delete(InboxMark).where(InboxMark.user == name))
    audit.record(session, owner, "remove", "user", name, {"role": user.role})
    session.delete(user)
    session.flush()


def set_password(session: Session, name: str, password_hash: str, *, owner: str, keep: str = "") -> User:
    """Set a password; every other sign-in than `keep`, and every token that could set another, ends with it."""
    lock_name(session, "people")
    user = get(session, name)
    first = not any_with_password(session)
    user.password_hash = password_hash
    audit.record(session, owner, "password", "user", name)
    sessions.end_of_user(session, name, keep=keep)
    codes.withdraw_tokens(session, name)
    if first:
        # from here on people sign in by name; browsers and keys of the time without accounts do not stay
        end_access(session, LOCAL, owner=owner)
    return _touched(session, user)


def renew_hash(session: Session, name: str, password_hash: str) -> None:
    """Keep the same password under stronger parameters."""
    get(session, name).password_hash = password_hash
    session.flush()


def set_totp(session: Session, name: str, secret: str | None, *, owner: str) -> User:
    """Set or drop the second factor; without one its recovery codes are void."""
    user = get(session, name)
    user.totp_secret, user.totp_step = secret, None
    audit.record(session, owner, "second factor" if secret else "no second factor", "user", name)
    if secret is None:
        changed(session, delete(RecoveryCode).where(RecoveryCode.user == name))
    return _touched(session, user)


def use_totp_step(session: Session, name: str, step: int) -> bool:
    """Take the code of a time step; False if that one or a later one was taken before."""
    lock_name(session, f"totp:{name}")
    user = get(session, name)
    if user.totp_step is not None and step <= user.totp_step:
        return False
    user.totp_step = step
    session.flush()
    return True


def note(session: Session, name: str, what: str, *, owner: str) -> None:
    """Log something done for a user that changes no column."""
    audit.record(session, owner, what, "user", name)


def end_access(session: Session, name: str, *, owner: str) -> None:
    """End every sign-in, key and token of someone."""
    ended = sessions.end_of_user(session, name)
    revoked = keys.revoke_of_user(session, name)
    codes.withdraw_tokens(session, name)
    audit.record(session, owner, "end access", "user", name, {"sessions": ended, "keys": revoked})


def _spared(session: Session, name: str, *, leaves: bool) -> User:
    """The user, unless that one is the last administrator and would be one no more."""
    lock_name(session, "people")
    user = get(session, name)
    if leaves and able_admins(session) == [name]:
        raise ConflictError(
            f"{name} is the last administrator who can sign in", hint="make someone else an administrator first"
        )
    return user


def _touched(session: Session, user: User) -> User:
    user.updated_at = utc_now()
    session.flush()
    return user
