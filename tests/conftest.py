"""Fixtures that every suite shares: the folder of real measurements and what CI insists on."""

import os
import shutil
from pathlib import Path

import pytest

from tests.blank import new_home
from tests.postgres import new_postgres_url, postgres_cluster, postgres_template, postgres_url
from tests.requirements import IN_CI, require

__all__ = ["IN_CI", "new_home", "new_postgres_url", "postgres_cluster", "postgres_template", "postgres_url", "require"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, and with them those of the files that name the same group."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(item.config.rootpath))))


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of real measurements, named by ``PFD_TEST_DATA``."""
    named = os.environ.get("PFD_TEST_DATA", "")
    require(bool(named) and Path(named).is_dir(), "the folder of real measurements (PFD_TEST_DATA)")
    return Path(named)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium."""
    found = shutil.which("chromium")
    require(found is not None, "chromium (apt-get install chromium)")
    assert found is not None
    return found
