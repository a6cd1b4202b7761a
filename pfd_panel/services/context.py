"""Who asks, of which catalog, under which settings: the first argument of every service."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy.orm import Session

from dask_cluster.settings import ClusterSettings
from data_catalog import datasets, privacy
from data_catalog.accounts import users
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
_REFUSED: dict[Right, str] = {
    "read": "read",
    "work": "change anything",
    "administer": "manage people and settings",
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
    """Someone who acts.

    Attributes
    ----------
    name, role : str
        Who, and what that one may.
    scopes : frozenset of str, optional
        Narrows what the role may, for a program with a key.
    reads_as : str
        Whose eyes a visitor without an account looks through: who shared the link.
    reads_all : bool
        Whether those eyes see everything while their owner is an administrator.
    """

    name: str
    role: Role = "viewer"
    scopes: frozenset[Right] | None = None
    reads_as: str = ""
    reads_all: bool = False

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
                f"this key of {self.user.name} may not {_REFUSED[right]}", hint="Use a key with that scope, or sign in."
            )
        least = next(role for role, rights in RIGHTS.items() if right in rights)
        raise NotAllowedError(
            f"{self.user.name} has the role {self.user.role}, which may not {_REFUSED[right]}",
            hint=f"Ask an administrator for the role {least}.",
        )

    def owns(self, owner: str) -> bool:
        """Whether what belongs to `owner` is the user's to change: it is theirs, or they administer."""
        return owner == self.user.name or self.user.may("administer")

    def require_owner(self, owner: str) -> None:
        """Refuse a change that only the owner of something, or an administrator, may make."""
        if not self.owns(owner):
            raise NotAllowedError(f"this belongs to {owner}", hint="Ask its owner or an administrator.")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read transaction that sees what the user may see."""
        with self.catalog.read() as session:
            self._limit(session)
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A write transaction that sees what the user may see."""
        with self.catalog.write() as session:
            self._limit(session)
            yield session

    def require_seen(self, dataset_id: str) -> None:
        """Refuse what was told of a dataset while the user might see it, and may not any more."""
        if not self.user.may("administer"):
            with self.read() as session:
                datasets.get(session, dataset_id)

    def _limit(self, session: Session) -> None:
        seer = self._lender(session) if self.user.reads_as else self.user
        if not seer.may("administer"):
            privacy.limit_to(session, seer.name)

    def _lender(self, session: Session) -> User:
        """Who lends a visitor the eyes, as that one is at this moment."""
        name = self.user.reads_as
        found = users.find(session, name)
        role = as_role(found.role) if found else LOCAL_USER.role if name == LOCAL_USER.name else "viewer"
        return User(name, role, None if self.user.reads_all else frozenset({"read"}))

    def acting_as(self, user: User) -> "Context":
        """The same catalog for another user."""
        return replace(self, user=user)
