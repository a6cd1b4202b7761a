"""A catalog with people in it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from data_catalog import Catalog
from data_catalog.accounts import users
from pfd_panel.accounts import passwords
from pfd_panel.services.context import Role
from tests.blank import New

PASSWORD = "correct horse battery"


@cache
def hash_of(password: str) -> str:
    """Argon2id takes its time; equal passwords of tests are hashed once."""
    return passwords.hashed(password)


def add(catalog: Catalog, name: str, role: Role = "viewer", password: str | None = PASSWORD) -> None:
    with catalog.write() as session:
        made = None if password is None else hash_of(password)
        users.add(session, name, role, owner="local", password_hash=made)


@pytest.fixture
def catalog(tmp_path: Path, new_home: New) -> Iterator[Catalog]:
    """Ada, an administrator, and bob, a viewer; their password is `PASSWORD`."""
    with Catalog.open(new_home(tmp_path / "home")) as opened:
        add(opened, "ada", "admin")
        add(opened, "bob")
        yield opened
