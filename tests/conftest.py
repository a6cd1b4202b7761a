"""Fixtures that every suite shares: the folder of real measurements and what CI insists on."""

import os
import shutil
from pathlib import Path

import pytest

from tests.postgres import postgres_cluster, postgres_url
from tests.requirements import IN_CI, require

__all__ = ["IN_CI", "postgres_cluster", "postgres_url", "require"]


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
