"""Fixtures that every suite shares: the folder of real measurements and what CI insists on."""

import os
import shutil
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "").lower() == "true"


def require(present: bool, what: str) -> None:
    """Skip on a user's machine, fail in CI: a suite that quietly skips there proves nothing."""
    if present:
        return
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI must have it", pytrace=False)
    pytest.skip(f"{what} is not on this machine")


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
