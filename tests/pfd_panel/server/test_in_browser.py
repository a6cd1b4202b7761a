"""Logging in and out, and what the policy forbids, in Chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.site import FLAGS
from tests.pfd_panel.server.plant import Plant
from tests.pfd_panel.server.rig import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("plant")]

Opened = Callable[..., Any]

# what is called from outside, as Playwright does, is not held to the policy of the page; a timer of the page is
PROBE = """setTimeout(() => {
  const tried = {}
  const attempt = (name, act) => { try { act(); tried[name] = 'allowed' } catch (e) { tried[name] = e.name } }
  attempt('eval', () => eval('1'))
  attempt('function', () => new Function('return 1')())
  const inline = document.createElement('script')
  inline.textContent = 'window.ranInline = true'
  document.head.append(inline)
  tried.inline = window.ranInline ? 'allowed' : 'blocked'
  const image = new Image()
  image.onerror = () => { tried.image = 'blocked'; window.probed = JSON.stringify(tried) }
  image.onload = () => { tried.image = 'allowed'; window.probed = JSON.stringify(tried) }
  image.src = 'http://127.0.0.2:9/x.png'
}, 300)"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Any, plant: Plant) -> Iterator[Opened]:
    """Opens the log-in page in a fresh browser."""
    contexts = []

    def open_page(path: str = "/login", **options: Any) -> Any:
        context = browser.new_context(**options)
        context.set_default_timeout(90_000)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda one: page.complaints.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda one: page.complaints.append(str(one)))
        page.goto(plant.base + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def log_in(page: Any, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_one_logs_in_sees_who_one_is_and_logs_out(opened: Opened, plant: Plant) -> None:
    page = opened("/jobs")
    assert page.url == f"{plant.base}/login?next=%2Fjobs"
    assert page.evaluate("document.activeElement.name") == "name"
    log_in(page, "bob", "not the password")
    assert "The name or the password is not right" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Name").input_value() == "bob"
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{plant.base}/jobs")
    menu = page.get_by_label("Logged in as bob")
    menu.wait_for()
    menu.click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto(f"{plant.base}/jobs")
    assert "/login" in page.url
    # the refusal itself is noted by the browser as an error
    assert [one for one in page.complaints if "401 (Unauthorized)" not in one] == []


def test_it_works_without_javascript(opened: Opened, plant: Plant) -> None:
    page = opened(java_script_enabled=False)
    log_in(page, "eve")
    page.wait_for_url(f"{plant.base}/")


def test_another_tab_is_closed_when_one_logs_out(opened: Opened, plant: Plant) -> None:
    page = opened()
    log_in(page, "eve")
    page.get_by_label("Logged in as eve").wait_for()
    other = page.context.new_page()
    closed: list[bool] = []
    other.on("websocket", lambda socket: socket.on("close", lambda _: closed.append(True)))
    other.goto(f"{plant.base}/")
    other.get_by_label("Logged in as eve").wait_for()
    page.get_by_label("Logged in as eve").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login**")
    for _ in range(200):
        if closed:
            break
        other.wait_for_timeout(50)
    assert closed, "the websocket of the other tab was not cut"
    # a browser that is told to close while a page is on its way somewhere may never answer
    other.get_by_text("logged out").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_log_in_page_fits_and_follows_the_theme(opened: Opened, scheme: str, width: int) -> None:
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(246, 247, 249)", "dark": "rgb(15, 18, 22)"}[scheme]
    box = page.get_by_role("button", name="Log in").bounding_box()
    assert box["height"] >= 36
    assert page.complaints == []


@pytest.mark.parametrize("path", ["/login", "/"])
def test_no_page_runs_or_loads_what_is_not_ours(opened: Opened, plant: Plant, path: str) -> None:
    page = opened()
    if path == "/":
        log_in(page, "eve")
        page.get_by_label("Logged in as eve").wait_for()
    page.add_init_script(PROBE)
    page.goto(plant.base + path)
    for _ in range(300):
        told = page.evaluate("window.probed")
        if told:
            break
        page.wait_for_timeout(100)
    assert told == '{"eval":"EvalError","function":"EvalError","inline":"blocked","image":"blocked"}'


def test_the_cookie_is_out_of_reach_of_scripts(opened: Opened) -> None:
    page = opened()
    log_in(page, "eve")
    page.get_by_label("Logged in as eve").wait_for()
    assert "pfd_session" not in page.evaluate("document.cookie")
    assert any(one["name"].startswith("pfd_session") and one["httpOnly"] for one in page.context.cookies())


def test_another_site_cannot_show_a_page_in_a_frame(opened: Opened, plant: Plant) -> None:
    page = opened()
    page.set_content(f'<iframe src="{plant.base}/login"></iframe>')
    page.wait_for_timeout(1000)
    assert not page.frames[1].get_by_label("Password").is_visible()
