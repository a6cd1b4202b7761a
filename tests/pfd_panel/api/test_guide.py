"""The guide runs as it stands: its shell and its Python, with a key that `pfd keys add` minted."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data_catalog import Catalog
from tests.pfd_panel.api.server_process import server_process
from tests.pfd_panel.conftest import running_coordinator, vibration

ROOT = Path(__file__).parents[3]
BLOCKS = re.findall(
    r"^```(shell|python|json)\n(.*?)^```", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE | re.DOTALL
)


def of_kind(kind: str) -> list[str]:
    return [text for found, text in BLOCKS if found == kind]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the recording of the guide and the command `pfd`."""
    folder = tmp_path / "here"
    folder.mkdir()
    np.save(folder / "pump.npy", vibration("bpfo", 1797.0, 12_000.0, 2.0, 1).astype("f4"))
    pfd = folder / "pfd"
    pfd.write_text(f'#!/bin/sh\nexec {sys.executable} -m pfd_panel "$@"\n')
    pfd.chmod(0o755)
    return folder


def test_its_shell_and_its_python_do_what_they_say(place: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = os.environ | {
        "PATH": f"{place}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PFD_HOME": str(home),
    }
    with (
        Catalog.open(home) as catalog,
        running_coordinator(catalog),
        server_process(home) as base,
    ):
        python = place / "guide.py"
        python.write_text("\n".join(of_kind("python")).replace("http://127.0.0.1:5006", base))
        script = "\n".join(of_kind("shell")).replace("http://127.0.0.1:5006", base)
        script += f"\n{sys.executable} guide.py\n"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=place, env=environment, capture_output=True, text=True
        )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    for expected in ("event: end", "fault outer_race", "10 signals", " Hz"):
        assert expected in told
    assert json.loads(of_kind("json")[0]).items() <= json.loads(re.search(r'\{"name":.*?\}', told)[0]).items()  # type: ignore[index]
    assert json.loads(re.search(r'\{"type": "/docs#problem.*?"instance": ".*?"\}', told)[0]) == json.loads(  # type: ignore[index]
        of_kind("json")[1]
    )
    assert "still opens: False" in told
    assert 'title="Pump, drive end"' in (place / "report.html").read_text()
    frozen = (place / "spectrum.html").read_text()
    assert "Pump, drive end" in frozen
    assert "Manifest hash" in frozen
    assert np.load(place / "samples.npy").shape == (4096,)
    assert (place / "spectrum.arrows").stat().st_size > 10_000
