"""A catalog on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_catalog import Catalog


@pytest.fixture
def sqlite_catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "home") as catalog:
        yield catalog


@pytest.fixture
def postgres_catalog(tmp_path: Path, postgres_url: str) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "home", database_url=postgres_url) as catalog:
        yield catalog
