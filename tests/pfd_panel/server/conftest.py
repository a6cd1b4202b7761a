"""A catalog with three people, and the gate alone in front of an application that records what reaches it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_catalog import Catalog
from data_catalog.accounts import users
from pfd_panel.accounts import passwords
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.settings import ServerSettings
from tests.blank import New
from tests.pfd_panel.server.oidc_rig import door, provider, service
from tests.pfd_panel.server.plant import Plant, running_plant
from tests.pfd_panel.server.rig import PASSWORD, Gate

__all__ = ["door", "provider", "service"]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of `PASSWORD`; each takes a while."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def catalog(tmp_path: Path, new_home: New) -> Iterator[Catalog]:
    """A catalog without accounts."""
    with Catalog.open(new_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def peopled(catalog: Catalog, password_hash: str) -> Catalog:
    """The same with ada (admin), bob (operator) and eve (viewer), who have one password."""
    with catalog.write() as session:
        for name, role in (("ada", "admin"), ("bob", "operator"), ("eve", "viewer")):
            users.add(session, name, role, owner="test", password_hash=password_hash)
    return catalog


@pytest.fixture
def gate_of(catalog: Catalog) -> Callable[..., Gate]:
    """Makes the gate with settings of the test's own."""

    def make(**settings: object) -> Gate:
        return Gate(Keeper(catalog, ServerSettings(home=catalog.home, **settings)))

    return make


@pytest.fixture
def gate(gate_of: Callable[..., Gate]) -> Gate:
    """The gate of a server without accounts."""
    return gate_of()


@pytest.fixture
def manned(peopled: Catalog, gate_of: Callable[..., Gate]) -> Gate:
    """The gate of a server with accounts."""
    return gate_of()


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Iterator[Plant]:
    """A server with accounts and two web processes."""
    home = tmp_path_factory.mktemp("plant") / "home"
    limits = {"PFD_LIMIT_LOGIN": "10000", "PFD_LIMIT_READ": "100000", "PFD_LIMIT_WRITE": "10000"}
    with running_plant(home, password_hash, **limits) as running:
        yield running
