"""The guide runs as it stands: its shell and Python, against a server process, with a key where the guard takes one."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from data_catalog import Catalog
from tests.pfd_panel.api.server_process import ROOT, logged_in, server_process
from tests.pfd_panel.conftest import running_coordinator, vibration

GUIDE = (ROOT / "docs" / "api.md").read_text()
BLOCKS = re.findall(r"^```(shell|python|json)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
SHELL = "\n".join(text for kind, text in BLOCKS if kind == "shell")
PYTHON = "\n".join(text for kind, text in BLOCKS if kind == "python")
ANSWERS = [json.loads(text) for kind, text in BLOCKS if kind == "json"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    np.save(folder / "pump.npy", vibration("bpfo", 1797.0, 12_000.0, 2.0, 1).astype("f4"))
    return folder


def test_its_shell_and_python_do_what_they_say(place: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with (
        Catalog.open(home) as catalog,
        running_coordinator(catalog),
        server_process(home) as base,
        logged_in(base, home) as client,
    ):
        bin_folder = place.parent / "bin"
        bin_folder.mkdir()
        pfd = bin_folder / "pfd"
        pfd.write_text(f'#!/bin/sh\nexec {sys.executable} -m pfd_panel "$@"\n')
        pfd.chmod(0o755)
        environment = os.environ | {
            "PATH": f"{bin_folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PFD_HOME": str(home),
            **with_cookie(client, bin_folder),
        }  # fmt: skip
        shell = SHELL.replace("http://127.0.0.1:5006", base)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", shell], cwd=place, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "event: end" in done.stdout
        assert "fault outer_race" in done.stdout
        told = [json.loads(line) for line in re.findall(r"^\{.*?\}$|^\{.*?\}(?=\{)", done.stdout, re.MULTILINE)]
        assert np.load(place / "samples.npy").shape == (4096,)
        assert (place / "spectrum.arrows").stat().st_size > 10_000
        assert '"dataset": "pumps"'.replace(": ", ":") in done.stdout.replace(": ", ":")
        assert json.dumps(ANSWERS[1]["errors"]) in done.stdout
        assert told


def with_cookie(client: httpx.Client, folder: Path) -> dict[str, str]:
    """A curl that carries the log-in, for as long as the server takes no keys."""
    return {}
