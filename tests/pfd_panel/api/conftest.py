"""One API server on the filled catalog, and clients of every role."""

from collections.abc import Iterator

import httpx
import pytest

from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import application, door, serving


@pytest.fixture(scope="package")
def base(filled: Context) -> Iterator[str]:
    """Address of the API on the filled catalog."""
    with serving(application(filled)) as address:
        yield address


@pytest.fixture(scope="package")
def viewer(base: str) -> Iterator[httpx.Client]:
    with door(base, "eve viewer") as client:
        yield client


@pytest.fixture(scope="package")
def operator(base: str) -> Iterator[httpx.Client]:
    with door(base, "ada operator") as client:
        yield client


@pytest.fixture(scope="package")
def admin(base: str) -> Iterator[httpx.Client]:
    with door(base, "root admin") as client:
        yield client


@pytest.fixture
def own(filled_copy: Context) -> Iterator[httpx.Client]:
    """An operator on a catalog that the test may change."""
    with serving(application(filled_copy)) as address, door(address) as client:
        yield client


@pytest.fixture(scope="package")
def doors(viewer: httpx.Client, operator: httpx.Client, admin: httpx.Client) -> dict[str, httpx.Client]:
    """A client of each role."""
    return {"viewer": viewer, "operator": operator, "admin": admin}
