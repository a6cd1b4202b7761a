"""Services called by the people of a catalog."""

from collections.abc import Callable

import pytest

from data_catalog import Catalog
from data_catalog.accounts import users
from pfd_panel.services.context import Context, User, as_role
from tests.pfd_panel.accounts.conftest import catalog

__all__ = ["catalog"]

As = Callable[[str], Context]


@pytest.fixture
def acting(catalog: Catalog) -> As:
    """The context of someone by name, with the role the account has now: ``acting("ada")``, ``acting("bob")``."""

    def context_of(name: str) -> Context:
        with catalog.read() as session:
            return Context(catalog, User(name, as_role(users.get(session, name).role)))

    return context_of
