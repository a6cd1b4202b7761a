"""Data directories that hold nothing yet, copied: to run every migration takes longer than most tests do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data_catalog import Catalog

New = Callable[[Path], Path]


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> New:
    """Makes a data directory at a path, as `Catalog.open` leaves a new one."""
    template = tmp_path_factory.mktemp("blank") / "home"
    Catalog.open(template).close()
    return lambda home: Path(shutil.copytree(template, home))
