"""Commands as a shell runs them: inside this process where nothing but the answer matters, else in one of their own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from pfd_panel.cli import commands
from pfd_panel.cli.app import app

assert commands  # imported to add every command to the app
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    status: int
    told: dict[str, Any]

    @property
    def refusal(self) -> str:
        """Message and hint, after checking that both are there."""
        assert self.status == 1, self.told
        assert self.told["error"]
        assert self.told["hint"]
        return f"{self.told['error']} / {self.told['hint']}"


def pfd(home: Path, *arguments: str | Path) -> Answer:
    """Run a command with ``--json`` inside this process."""
    said = CliRunner().invoke(app, ["--home", str(home), *map(str, arguments), "--json"])
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    assert "Traceback" not in said.output
    return Answer(said.exit_code, json.loads(said.stdout) if said.stdout else {})


def spoken(home: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run a command inside this process; its exit status and everything it said to a person."""
    said = CliRunner().invoke(app, ["--home", str(home), *map(str, arguments)])
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    assert "Traceback" not in said.output
    return said.exit_code, said.output


def command(*arguments: str | Path) -> list[str]:
    """What a shell runs for ``pfd …``."""
    return [sys.executable, "-m", "pfd_panel", *map(str, arguments)]


def surroundings() -> dict[str, str]:
    """The environment in which that command finds the product."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def shell(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own."""
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, env=surroundings(), check=False, timeout=120
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done
