"""Who asks, of which catalog, under which settings: the first argument of every service."""

from dataclasses import dataclass, field, replace
from typing import Literal

from dask_cluster.settings import ClusterSettings
from data_catalog.catalog import Catalog
from pfd_panel.errors import NotAllowedError

Role = Literal["viewer", "operator", "admin"]
Right = Literal["read", "work", "administer"]

# one table, not ifs: what each role may do
RIGHTS: dict[Role, frozenset[Right]] = {
    "viewer": frozenset({"read"}),
    "operator": frozenset({"read", "work"}),
    "admin": frozenset({"read", "work", "administer"}),
}


@dataclass(frozen=True)
class User:
    """Someone who acts."""

    name: str
    role: Role = "viewer"


LOCAL_USER = User("local", "admin")


@dataclass(frozen=True)
class Context:
    """What a service needs to know about the call it answers."""

    catalog: Catalog
    user: User = LOCAL_USER
    cluster: ClusterSettings = field(default_factory=ClusterSettings)

    def require(self, right: Right) -> None:
        """Refuse the call unless the user's role grants `right`."""
        if right not in RIGHTS[self.user.role]:
            raise NotAllowedError(
                f"{self.user.name} has the role {self.user.role}, which may not {right}",
                hint="Ask an administrator for the role operator.",
            )

    def acting_as(self, user: User) -> "Context":
        """The same catalog for another user."""
        return replace(self, user=user)
