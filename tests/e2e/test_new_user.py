"""A plant's first day: first administrator, an invited viewer, a key, curl, a spectrum in a report, and its end."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pfd_panel.services.context import Context
from tests.e2e.report_site import reports
from tests.e2e.site import READ
from tests.pfd_panel.conftest import RIG
from tests.pfd_panel.server.one_server import Server
from tests.pfd_panel.shell import command as pfd
from tests.pfd_panel.shell import surroundings

__all__ = ["reports"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

ADA, EVE = "nine long words for ada", "nine long words for eve"
PATIENCE_S = 90.0
Opened = Callable[[], Any]


@pytest.fixture
def server(filled: Context, tmp_path: Path) -> Iterator[Server]:
    """A server whose first administrator was made in the shell."""
    home = tmp_path / "home"
    shutil.copytree(filled.catalog.home, home)
    subprocess.run(
        pfd("--home", home, "users", "add", "ada", "--role", "admin", "--password-stdin"),
        input=f"{ADA}\n".encode(),
        env=surroundings(),
        check=True,
        capture_output=True,
    )
    made = Server(home)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """A page in a browser of its own; what it complained about is kept."""
    contexts = []

    def open_page() -> Any:
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 1000}))
        contexts[-1].set_default_timeout(1000 * PATIENCE_S)
        page = contexts[-1].new_page()
        page.complaints = []
        page.on("console", lambda one: page.complaints.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda one: page.complaints.append(str(one)))
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        return page

    yield open_page
    for context in contexts:
        context.close()


def until(check: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


def log_in(page: Any, base: str, name: str, password: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.locator("main h1").first.wait_for()


def invite(page: Any, base: str, name: str) -> str:
    """The address that an administrator copies for someone new."""
    page.goto(f"{base}/people")
    page.locator("main [data-send=name]").fill(name)
    page.locator("main [data-send=name]").press("Tab")
    page.locator("main select[data-send=role]").select_option("viewer")
    page.locator("main").get_by_role("button", name="Invite").click()
    link = page.locator("main a[href^='/reset?token=']")
    link.wait_for()
    assert page.locator("main [data-send=name]").input_value() == "", "the form is ready for the next one"
    return base + str(link.get_attribute("href"))


def mint(page: Any, base: str) -> str:
    """A key as its owner sees it once."""
    page.goto(f"{base}/account")
    page.locator("main [data-send=purpose]").fill("curl")
    page.locator("main [data-send=purpose]").press("Tab")
    page.locator("main input[data-send=scope]").first.check()
    page.locator("main").get_by_role("button", name="Make a key").click()
    shown = page.locator("main code", has_text="pfd_")
    shown.wait_for()
    assert page.locator("main [data-send=purpose]").input_value() == ""
    return str(shown.inner_text())


def curl(key: str, address: str) -> Any:
    said = subprocess.run(
        ["curl", "-s", "-H", f"Authorization: Bearer {key}", address], capture_output=True, check=True
    )
    return json.loads(said.stdout)


def share(page: Any, base: str, signal: str, site: str) -> str:
    """The frame that the dialog offers for the spectrum of a signal."""
    page.goto(f"{base}/signal?dataset={quote(RIG)}&id={signal}")
    page.locator("main h1").first.wait_for()
    page.get_by_label("Share this view").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("What").select_option("spectrum")
    until(lambda: dialog.get_by_label("Name").input_value(), "the view has a name")
    dialog.get_by_label("Sites that may frame it").fill(site)
    dialog.get_by_role("button", name="Make a link").click()
    frame = dialog.get_by_label("Frame for a report", exact=True)
    frame.wait_for()
    return str(frame.input_value())


def test_the_first_day_of_a_plant(server: Server, opened: Opened, reports: tuple[Path, str, str]) -> None:
    base = server.base
    ada = opened()
    log_in(ada, base, "ada", ADA)
    address = invite(ada, base, "eve")

    eve = opened()
    eve.goto(address)
    for label in ("New password", "The same again"):
        eve.get_by_label(label).fill(EVE)
    eve.get_by_role("button", name="Set password").click()
    eve.wait_for_url(f"{base}/login**")
    log_in(eve, base, "eve", EVE)
    eve.get_by_label("Logged in as eve").wait_for()
    assert "People" not in eve.evaluate(READ)

    key = mint(eve, base)
    me = curl(key, f"{base}/api/v1/me")
    assert (me["name"], me["role"], me["rights"]) == ("eve", "viewer", ["read"])
    found = curl(key, f"{base}/api/v1/signals?dataset={quote(RIG)}&limit=1")["items"][0]
    spectrum = curl(key, f"{base}/api/v1/datasets/{quote(RIG)}/signals/{found['signal_id']}/spectrum")
    assert len(spectrum["amplitude"]) > 100

    folder, site, _ = reports
    (folder / "report.html").write_text(f"<!doctype html><h1>Report</h1>{share(ada, base, found['signal_id'], site)}")
    reader = opened()
    reader.goto(f"{site}/report.html")
    figure = reader.frame_locator("iframe").locator(".bk-Figure")
    figure.wait_for()
    assert reader.complaints == []

    ada.goto(f"{base}/shared")
    ada.locator("main").get_by_role("button", name="Revoke").click()
    until(lambda: "Revoked" in ada.evaluate(READ), "the list says so")
    ended = reader.frame_locator("iframe").get_by_text("not shown any more")

    def is_gone() -> bool:
        reader.goto(f"{site}/report.html")
        reader.wait_for_timeout(300)
        return bool(ended.count())

    until(is_gone, "the report shows it no more")
    assert [*ada.complaints, *eve.complaints] == []
