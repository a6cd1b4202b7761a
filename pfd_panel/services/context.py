"""Who asks, of which catalog, under which settings: the first argument of every service."""

from dataclasses import dataclass, field, replace
from typing import Literal

from dask_cluster.settings import ClusterSettings
from data_catalog.catalog import Catalog
from pfd_panel.errors import NotAllowedError, RequestError

Role = Literal["viewer", "operator", "admin"]
Right = Literal["read", "work", "administer"]

# one table, not ifs: what each role may do
RIGHTS: dict[Role, frozenset[Right]] = {
    "viewer": frozenset({"read"}),
    "operator": frozenset({"read", "work"}),
    "admin": frozenset({"read", "work", "administer"}),
}


def as_role(text: str) -> Role:
    """A stored role; one that this version does not know may nothing but read."""
    return text if text in RIGHTS else "viewer"


def as_right(text: str) -> Right:
    """A right by name.

    Raises
    ------
    RequestError
        There is no such right.
    """
    if text not in RIGHTS["admin"]:
        raise RequestError(f"there is no right {text!r}", hint=f"There are: {', '.join(sorted(RIGHTS['admin']))}.")
    return text


@dataclass(frozen=True)
class User:
    """Someone who acts; `scopes` narrows what the role may, for a program with a key."""

    name: str
    role: Role = "viewer"
    scopes: frozenset[Right] | None = None

    def may(self, right: Right) -> bool:
        """Whether the role grants `right` and nothing narrows it away."""
        return right in RIGHTS[self.role] and (self.scopes is None or right in self.scopes)


LOCAL_USER = User("local", "admin")


@dataclass(frozen=True)
class Context:
    """What a service needs to know about the call it answers."""

    catalog: Catalog
    user: User = LOCAL_USER
    cluster: ClusterSettings = field(default_factory=ClusterSettings)

    def require(self, right: Right) -> None:
        """Refuse the call unless the user's role grants `right` and the key, if one is used, does too."""
        if self.user.may(right):
            return
        if right in RIGHTS[self.user.role]:
            raise NotAllowedError(
                f"this key of {self.user.name} may not {right}", hint="Use a key with that scope, or sign in."
            )
        least = next(role for role, rights in RIGHTS.items() if right in rights)
        raise NotAllowedError(
            f"{self.user.name} has the role {self.user.role}, which may not {right}",
            hint=f"Ask an administrator for the role {least}.",
        )

    def acting_as(self, user: User) -> "Context":
        """The same catalog for another user."""
        return replace(self, user=user)
