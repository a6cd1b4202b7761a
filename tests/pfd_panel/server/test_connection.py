"""A page whose server goes away and comes back, in Chromium."""

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import sync_playwright

from data_catalog import Catalog
from data_catalog.accounts import users
from tests.blank import New
from tests.e2e.site import FLAGS
from tests.pfd_panel.server.one_server import Server, fill_in
from tests.pfd_panel.server.plant import Plant, children, process_of, token_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("plant")]

Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, new_home: New, password_hash: str) -> Path:
    home = new_home(tmp_path_factory.mktemp("connection") / "home")
    with Catalog.open(home) as catalog, catalog.write() as session:
        users.add(session, "ada", "admin", owner="test", password_hash=password_hash)
    return home


@pytest.fixture(scope="module")
def only_server(home: Path) -> Iterator[Server]:
    made = Server(home)
    yield made
    made.kill()


@pytest.fixture
def server(only_server: Server) -> Server:
    """It answers, whatever the test before did to it."""
    only_server.start()
    return only_server


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """Logs ada in and opens an address; every further page is a tab of the same browser."""
    contexts: list[Any] = []

    def open_page(base: str, path: str) -> Any:
        if not contexts:
            contexts.append(browser.new_context(viewport={"width": 1200, "height": 500}))
            contexts[0].set_default_timeout(90_000)
            page = contexts[0].new_page()
            page.goto(f"{base}/login")
            fill_in(page, "ada")
            page.get_by_label("Logged in as ada").wait_for()
        else:
            page = contexts[0].new_page()
        page.goto(base + path)
        page.locator("main h1").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()


def log_out(page: Any) -> None:
    page.get_by_label("Logged in as ada").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")


def scrolled(page: Any) -> int:
    return int(page.locator(".main-content").evaluate("one => one.scrollTop"))


def test_a_page_says_that_its_server_is_gone_and_comes_back_as_it_was(server: Server, opened: Opened) -> None:
    page = opened(server.base, "/health?level=warning")
    words = page.get_by_label("Words in the line")
    words.wait_for()
    page.get_by_label("Least level").select_option("error")
    page.wait_for_url("**/health?level=error")
    words.press_sequentially("being typed")
    # typing leads to the field; the end of the page moves with its lines and is no place to come back to
    page.locator(".main-content").evaluate("one => { one.scrollTop = 300 }")
    was = scrolled(page)
    # the answer to the level redraws the field that is being typed into
    page.wait_for_timeout(1500)
    assert page.url == f"{server.base}/health?level=error"
    line = page.locator(".contact")
    assert not line.is_visible()
    server.kill()
    page.get_by_text("The connection to the server is lost.").wait_for(timeout=2000)
    page.get_by_text("Next attempt in").wait_for()
    page.get_by_role("button", name="Try now").click()
    page.get_by_text("Next attempt in").wait_for()
    server.start()
    page.get_by_text("Connected again; the page was restored.").wait_for()
    assert page.url == f"{server.base}/health?level=error"
    assert page.get_by_label("Least level").input_value() == "error"
    page.wait_for_timeout(600)
    assert words.input_value() == "being typed"
    assert scrolled(page) == was > 0
    # what was put back counts as typed
    words.press("Enter")
    page.wait_for_url("**/health?level=error&words=being+typed")


ASKED = """() => {
  window.asked = []
  const fetching = window.fetch
  window.fetch = (...what) => {
    if (what[0] === '/api/v1/me') window.asked.push(Date.now())
    return fetching(...what)
  }
}"""


def test_silence_is_noticed_too_and_attempts_grow_rare_and_differ(server: Server, opened: Opened) -> None:
    page = opened(server.base, "/inbox")
    page.evaluate(ASKED)
    server.freeze()
    # browsers tell when the network goes; whether it led to the server is found out
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.get_by_text("The connection to the server is lost.").wait_for(timeout=2000)
    server.thaw()
    page.locator(".contact").wait_for(state="hidden")
    assert page.evaluate("window.asked") is not None, "the page that was not lost was not loaded anew"
    page.clock.install()
    page.evaluate("window.asked = []")
    server.kill()
    page.get_by_text("The connection to the server is lost.").wait_for()
    for _ in range(600):
        page.clock.run_for(500)
    asked = page.evaluate("window.asked")
    gaps = [(after - before) / 1000 for before, after in itertools.pairwise(asked)]
    for turn, gap in enumerate(gaps):
        longest = min(30.0, 2.0**turn)
        assert 0.5 * longest <= gap <= longest + 2, gaps
    assert 10 <= len(gaps) <= 25
    assert len({round(gap, 1) for gap in gaps[5:]}) > 3, "tabs do not all come at once"


def test_whoever_was_logged_out_elsewhere_is_told_and_led_back(server: Server, opened: Opened) -> None:
    page, other = opened(server.base, "/jobs?states=%5B%22failed%22%5D"), opened(server.base, "/account")
    log_out(other)
    page.get_by_text("You are logged out.").wait_for()
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/login?next=*")
    fill_in(page, "ada")
    page.get_by_text("Logged in again; the page was restored.").wait_for()
    assert page.url == f"{server.base}/jobs?states=%5B%22failed%22%5D"


def test_a_page_moves_to_another_process_when_its_own_dies(plant: Plant, opened: Opened) -> None:
    page = opened(plant.base, "/people")
    first = process_of(token_in(page.content()))
    os.kill(children(plant.catalog.home)[f"web-{first}"], signal.SIGKILL)
    page.get_by_text("Connected again; the page was restored.").wait_for()
    assert urlparse(page.url).path == "/people"
    page.locator("main h1").first.wait_for()
    # the tests after this one count on both
    plant.wait_for_both()
