"""What the machine must have: a missing part skips at home and fails in CI, and every distribution is pinned."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import requirements

ROOT = Path(__file__).parents[1]


def test_what_is_there_is_not_mentioned() -> None:
    requirements.require(True, "nothing")


def test_what_is_missing_skips_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "IN_CI", False)
    with pytest.raises(pytest.skip.Exception, match="chromium is not on this machine"):
        requirements.require(False, "chromium")


def test_what_is_missing_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "IN_CI", True)
    with pytest.raises(pytest.fail.Exception, match="chromium is missing, and CI must have it"):
        requirements.require(False, "chromium")


def needed() -> dict[str, metadata.Distribution]:
    """Every installed distribution that the product, its tests and its databases need, by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    waiting = [Requirement(line) for line in (*project["dependencies"], *extras["dev"], *extras["postgres"])]
    found: dict[str, metadata.Distribution] = {}
    asked: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in ("", *wanted.extras):
            if (name, extra) in asked:
                continue
            asked.add((name, extra))
            found[name] = metadata.distribution(name)
            below = map(Requirement, found[name].requires or ())
            waiting.extend(one for one in below if one.marker is None or one.marker.evaluate({"extra": extra}))
    return found


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = [re.fullmatch(r"([\w.-]+)==([\w.+!-]+)", line.split("#")[0].strip()) for line in lines]
    return {canonicalize_name(one[1]): one[2] for one in pinned if one}


def test_every_distribution_that_is_needed_is_pinned() -> None:
    assert sorted(set(needed()) - set(pins())) == []


def test_what_is_installed_is_what_is_pinned() -> None:
    different = {name: one.version for name, one in needed().items() if pins().get(name) != one.version}
    assert different == {}
