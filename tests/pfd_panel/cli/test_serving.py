"""`pfd serve` and `pfd demo` as processes: the link they print opens the dashboard."""

import json
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import inspect, select

from data_catalog import Catalog
from data_catalog.schema import ModelVersion
from pfd_panel.services.context import Context
from pfd_panel.services.demo import TRAININGS
from tests.pfd_panel.shell import command, surroundings

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command on a data directory, at a free port; it is interrupted as by Ctrl+C when the test ends."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> "subprocess.Popen[str]":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen(
            command("--home", tmp_path / "home", "--workers", "1", *arguments, "--port", str(port)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=surroundings(),
            cwd=tmp_path,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


def opens_once(link: str) -> None:
    """The link lets one browser in to the dashboard, and no second one."""
    home = httpx.URL(link).join("/")
    with browser() as first, browser() as second:
        assert first.get(home).status_code == 401
        assert first.get(link).status_code == 200
        answer = first.get(home)
        assert answer.status_code == 200
        assert "PFD Panel" in answer.text
        assert second.get(link).status_code == 403


def browser() -> httpx.Client:
    return httpx.Client(follow_redirects=True, headers={"accept": "text/html"}, timeout=60)


def test_serve_prints_a_link_that_works_once_and_ends_when_interrupted(start: Start) -> None:
    process = start("serve")
    assert process.stdout is not None
    link = ""
    while not link:
        line = process.stdout.readline()
        assert line, "serve ended without a link"
        found = re.search(r"http://127\.0\.0\.1:\d+/login\?token=\S+", line)
        link = found.group() if found else ""
    opens_once(link)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in rest


def test_a_filled_demo_is_served_at_once_and_tells_programs_its_link_in_the_first_line(
    start: Start, tmp_path: Path, filled: Context
) -> None:
    shutil.copytree(filled.catalog.home, tmp_path / "home")
    with Catalog.open(tmp_path / "home") as catalog, catalog.write() as session:
        trained = session.scalars(select(ModelVersion)).one()
        columns = {one.key for one in inspect(ModelVersion).mapper.column_attrs} - {"id", "name"}
        for training in TRAININGS:
            session.add(ModelVersion(name=training.name, **{key: getattr(trained, key) for key in columns}))
    process = start("demo", "--json")
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert told["ready"] is True
    assert told["link"].startswith(f"{told['address']}/login?token=")
    assert (told["home"], told["pid"]) == (str(tmp_path / "home"), process.pid)
    opens_once(told["link"])
