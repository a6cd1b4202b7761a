"""API keys: everyone mints, lists and revokes his own, administrators those of anyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data_catalog.accounts import keys, users
from data_catalog.errors import NotFoundError
from data_catalog.schema import ApiKey, utc_now
from pfd_panel.accounts.names import folded
from pfd_panel.accounts.secrets import digest, new_key
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services.context import Context, as_right

DEFAULT_DAYS = 90.0
LONGEST_NAME = 100
MOST = 100
"""Valid keys of one user; more would be a program that mints without end."""


@dataclass(frozen=True)
class Key:
    """What is told of a key, which is nothing that opens anything; no scopes: everything that the role may."""

    id: str
    user: str
    name: str
    scopes: tuple[str, ...]
    valid: bool
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    uses: int
    revoked_at: datetime | None


@dataclass(frozen=True)
class MintedKey:
    """A new key; `token` is shown here once and stored as its hash."""

    key: Key
    token: str


def add(
    context: Context,
    name: str,
    *,
    scopes: Sequence[str] = (),
    days: float | None = DEFAULT_DAYS,
    user: str | None = None,
) -> MintedKey:
    """Mint a key: one's own unless another user is named.

    Parameters
    ----------
    scopes
        Rights that the key has of those of its user's role (read, work, administer); none for all of them.
    days
        How long it is valid; None for as long as nobody revokes it.

    Raises
    ------
    NotAllowedError
        A key asks for more than itself may, or for someone else without being an administrator's.
    RequestError
        No name, an unknown scope, no time, or too many keys.
    """
    owner = _whose(context, user)
    asked = frozenset(map(as_right, scopes))
    _require_no_more(context, asked)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise RequestError("a key needs a name", hint=f"Say what it is for, in at most {LONGEST_NAME} characters.")
    if days is not None and not 0 < days <= 36500:
        raise RequestError(f"a key cannot be valid for {days:g} days", hint="Give a number above 0.")
    token = new_key()
    with context.catalog.write() as session:
        if owner == users.LOCAL:
            _require_no_accounts(users.any_with_password(session))
            users.local(session)
        users.get(session, owner)
        if sum(keys.is_valid(key, utc_now()) for key in keys.listing(session, owner)) >= MOST:
            raise RequestError(f"{owner} has {MOST} valid keys", hint="Revoke those that are not used.")
        until = None if days is None else utc_now() + timedelta(days=days)
        made = keys.add(session, owner, name, digest(token), sorted(asked), until, by=context.user.name)
        return MintedKey(_told(made), token)


def listing(context: Context, user: str | None = None) -> list[Key]:
    """The keys of someone, newest first, revoked ones too; one's own unless another user is named."""
    owner = _whose(context, user)
    with context.catalog.read() as session:
        return [_told(key) for key in keys.listing(session, owner)]


def everyones(context: Context) -> list[Key]:
    """The keys of all users, newest first, revoked ones too."""
    context.require("administer")
    with context.catalog.read() as session:
        return [_told(key) for key in keys.listing(session)]


def revoke(context: Context, key_id: str) -> Key:
    """Make a key useless, at once.

    Raises
    ------
    NotFoundError
        There is none of that id among those that this user may revoke.
    """
    context.require("read")
    with context.catalog.write() as session:
        found = keys.get(session, key_id)
        if not (found.user == context.user.name or context.user.may("administer")):
            raise NotFoundError(f"no key has the id {key_id!r}", hint="see the list of keys")
        keys.revoke(session, key_id, owner=context.user.name)
        return _told(found)


def _told(key: ApiKey) -> Key:
    named = ("id", "user", "name", "created_at", "expires_at", "used_at", "uses", "revoked_at")
    return Key(
        **{name: getattr(key, name) for name in named}, scopes=tuple(key.scopes), valid=keys.is_valid(key, utc_now())
    )


def _whose(context: Context, user: str | None) -> str:
    name = context.user.name if user is None else folded(user)
    context.require("read" if name == context.user.name else "administer")
    return name


def _require_no_more(context: Context, asked: frozenset[str]) -> None:
    mine = context.user.scopes
    if mine is not None and not (asked and asked <= mine):
        raise NotAllowedError(
            "a key cannot mint one that may more than itself", hint=f"Ask for scopes among: {', '.join(sorted(mine))}."
        )


def _require_no_accounts(accounts: bool) -> None:
    if accounts:
        raise RequestError("this data directory has accounts", hint="Say whose key it is: --user NAME.")
