"""A catalog on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_catalog import Catalog
from tests.blank import New


@pytest.fixture
def sqlite_catalog(tmp_path: Path, new_home: New) -> Iterator[Catalog]:
    with Catalog.open(new_home(tmp_path / "home")) as catalog:
        yield catalog


@pytest.fixture
def postgres_catalog(tmp_path: Path, new_postgres_url: str) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "home", database_url=new_postgres_url) as catalog:
        yield catalog
