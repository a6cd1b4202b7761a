"""Who is asking: the user that the guard vouches for, as every layer above the guard sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from pfd_panel.services.context import RIGHTS, Right, as_role

HEADER_PREFIX = "x-auth-"

_NO_RIGHT = "-"


@dataclass(frozen=True)
class User:
    """A person, as known to this request.

    Attributes
    ----------
    id : str
        Stable name, the owner of rows.
    name : str
        Name shown to people.
    role : str
        ``viewer`` reads, ``operator`` runs work and edits, ``admin`` also manages users and settings.
    session : str
        The login this request belongs to; logging out ends all of its websockets.
    scopes : frozenset of str, optional
        The only rights of an API key, within those of the role; None is everything the role may.
    """

    id: str
    name: str
    role: str = "admin"
    session: str = ""
    scopes: frozenset[str] | None = None

    def may(self, right: Right) -> bool:
        """Whether role and scopes allow `right`, by the table of the services."""
        return right in RIGHTS[as_role(self.role)] and (self.scopes is None or right in self.scopes)


LOCAL_USER = User(id="local", name="You", role="admin")
"""The one user of a server without accounts."""


def user_headers(user: User) -> list[tuple[bytes, bytes]]:
    """The headers by which the guard hands the user to the application behind it."""
    scopes = "" if user.scopes is None else " ".join(sorted(user.scopes)) or _NO_RIGHT
    values = {
        "user": user.id,
        "name": user.name,
        "role": user.role,
        "session": user.session,
        "scopes": scopes,
    }
    return [(f"{HEADER_PREFIX}{key}".encode(), quote(value).encode()) for key, value in values.items()]


def current_user(headers: Mapping[str, str]) -> User:
    """The user in the headers of a request that came through the guard.

    Parameters
    ----------
    headers : mapping
        Request headers, in any capitalisation (``pn.state.headers``, ``request.headers``).

    Raises
    ------
    PermissionError
        The headers hold no user: the request did not pass the guard.
    """
    lowered = {key.lower(): unquote(value) for key, value in headers.items() if key.lower().startswith(HEADER_PREFIX)}
    try:
        return User(
            id=lowered["x-auth-user"],
            name=lowered["x-auth-name"],
            role=lowered["x-auth-role"],
            session=lowered["x-auth-session"],
            scopes=frozenset(lowered["x-auth-scopes"].split()) - {_NO_RIGHT} if lowered["x-auth-scopes"] else None,
        )
    except KeyError as missing:
        raise PermissionError("this request carries no user: it did not come through the guard") from missing
