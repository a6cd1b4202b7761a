"""What a suite needs from the machine, and what CI insists on."""

import os

import pytest

IN_CI = os.environ.get("CI", "").lower() == "true"


def require(present: bool, what: str) -> None:
    """Skip on a user's machine, fail in CI: a suite that quietly skips there proves nothing."""
    if present:
        return
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI must have it", pytrace=False)
    pytest.skip(f"{what} is not on this machine")
