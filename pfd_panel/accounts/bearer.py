"""The user of an API key."""

from dataclasses import dataclass

from data_catalog.accounts import keys, users
from data_catalog.catalog import Catalog
from data_catalog.schema import utc_now
from pfd_panel.accounts.secrets import KEY_PREFIX, digest
from pfd_panel.services.context import User, as_right, as_role


@dataclass(frozen=True)
class KeyUser:
    """Whose key it is, with what the key may of what its user may, and which key."""

    user: User
    key_id: str


def key_user(catalog: Catalog, token: str, *, uses: int = 1) -> KeyUser | None:
    """The user of a key; None if it is made up, revoked or expired, or its account is shut or gone.

    Parameters
    ----------
    uses
        How many requests to count; 0 to count them later with `count_uses`.
    """
    if not token.startswith(KEY_PREFIX):
        return None
    with catalog.read() as session:
        key = keys.find(session, digest(token))
        user = users.find(session, key.user) if key else None
    if key is None or user is None or user.disabled_at is not None or not keys.is_valid(key, utc_now()):
        return None
    if uses:
        count_uses(catalog, key.id, uses)
    scopes = frozenset(map(as_right, key.scopes)) if key.scopes else None
    return KeyUser(User(user.name, as_role(user.role), scopes), key.id)


def count_uses(catalog: Catalog, key_id: str, uses: int) -> None:
    """Add to how often a key was used, for doors that remember its user for a moment."""
    with catalog.write() as session:
        keys.count(session, key_id, uses)
