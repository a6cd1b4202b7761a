"""The guide runs as it stands: its shell and its Python, with a key that `pfd keys add` minted."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_catalog import Catalog
from pfd_panel.accounts.bearer import key_user
from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import WHO, Asgi, application, serving
from tests.pfd_panel.conftest import running_coordinator, vibration

ROOT = Path(__file__).parents[3]
BLOCKS = re.findall(
    r"^```(shell|python|json)\n(.*?)^```", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE | re.DOTALL
)


def of_kind(kind: str) -> list[str]:
    return [text for found, text in BLOCKS if found == kind]


def with_keys(app: Asgi, catalog: Catalog) -> Asgi:
    """Only requests with a valid key pass, as the key's user."""

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            said = dict(scope["headers"]).get(b"authorization", b"").decode()
            found = key_user(catalog, said.removeprefix("Bearer "))
            if found is None:
                await send({"type": "http.response.start", "status": 401, "headers": []})
                await send({"type": "http.response.body", "body": b"{}"})
                return
            who = f"{found.user.name} {found.user.role}".encode()
            scope = {**scope, "headers": [*scope["headers"], (WHO.encode(), who)]}
        await app(scope, receive, send)

    return asked


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
        serving(with_keys(application(Context(catalog)), catalog)) as base,
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
    assert np.load(place / "samples.npy").shape == (4096,)
    assert (place / "spectrum.arrows").stat().st_size > 10_000
