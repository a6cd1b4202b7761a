"""Five people at once on the same pages of the same dataset: what each sets is that person's own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import sync_playwright

from data_catalog import Catalog
from data_catalog.accounts import users
from pfd_panel.services.context import Context
from tests.e2e.site import FLAGS
from tests.pfd_panel.conftest import RIG, SIMULATED
from tests.pfd_panel.server.one_server import Server, fill_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# each person's class: its key, what it is called, and how the person sorts
WISHES = {
    "ada": ("healthy", "Healthy", "RMS"),
    "bob": ("inner_race", "Inner race", "Excess kurtosis"),
    "eve": ("outer_race", "Outer race", "Signal"),
    "fay": ("ball", "Ball", "RMS"),
    "gus": ("cage", "Cage", "Signal"),
}
ROW = "main tr:has(input[data-send=mark])"
People = dict[str, Any]


@pytest.fixture(scope="module")
def server(filled: Context, tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Iterator[Server]:
    home: Path = tmp_path_factory.mktemp("five") / "home"
    shutil.copytree(filled.catalog.home, home)
    with Catalog.open(home) as catalog, catalog.write() as session:
        for name in WISHES:
            users.add(
                session, name, "operator" if name != "ada" else "admin", owner="test", password_hash=password_hash
            )
    made = Server(home)
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def people(chromium: str, server: Server) -> Iterator[People]:
    """A page of each person, in a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        pages = {}
        for name in WISHES:
            context = browser.new_context(viewport={"width": 1200, "height": 900})
            context.set_default_timeout(90_000)
            pages[name] = context.new_page()
            pages[name].goto(f"{server.base}/login?next=/account")
            fill_in(pages[name], name)
        yield pages
        browser.close()


def all_open(people: People, server: Server, path: str, **said: str) -> None:
    """Everybody goes to the same page at once."""
    for page in people.values():
        page.goto(f"{server.base}{path}?{urlencode(said)}", wait_until="commit")
    for page in people.values():
        page.locator("main h1").first.wait_for()


def all_do(people: People, act: Callable[[str, Any], object]) -> None:
    """Everybody does something, nobody waits for an answer."""
    for name, page in people.items():
        act(name, page)


def eventually(page: Any, check: Callable[[], Any], what: str) -> None:
    for _ in range(600):
        if check():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {what}: {page.url}")


def test_filters_order_and_marks_of_the_explorer_are_each_persons_own(people: People, server: Server) -> None:
    all_open(people, server, "/explorer", dataset=SIMULATED)

    def filter_by_class(name: str, page: Any) -> None:
        page.locator(f'main .facet input[data-value$="\\"{WISHES[name][0]}\\""]').check()

    def shown(page: Any) -> list[str]:
        return [one.strip() for one in page.locator(f"{ROW} td:nth-child(3)").all_inner_texts()]

    def own(name: str, page: Any) -> bool:
        return shown(page) == [WISHES[name][1]] * 6

    all_do(people, filter_by_class)
    for name, page in people.items():
        eventually(page, lambda name=name, page=page: own(name, page), f"six signals of {name}'s class")
    all_do(people, lambda name, page: page.locator("main th button", has_text=WISHES[name][2]).first.click())
    for name, page in people.items():
        page.locator("main th[aria-sort]", has_text=WISHES[name][2]).wait_for()
    for turn in range(len(WISHES)):
        for page in list(people.values())[turn:]:
            page.locator(f"{ROW} input").nth(turn).check()
    for number, (name, page) in enumerate(people.items(), 1):
        page.get_by_text(f"{number} marked", exact=True).wait_for()
        eventually(page, lambda name=name, page=page: own(name, page), f"still {name}'s class: {shown(page)}")
        said = parse_qs(urlparse(page.url).query)
        assert said["where"] == [f'{{"fault":["{WISHES[name][0]}"]}}']
        assert page.get_by_text("6 of 30 signals").count() == 1


def test_each_walks_through_signals_of_one_persons_own_choice(people: People, server: Server) -> None:
    all_open(people, server, "/signals", dataset=SIMULATED)
    search = "main input[data-send=text]"

    def narrow(name: str, page: Any) -> None:
        page.locator(search).fill(WISHES[name][0])
        page.locator(search).press("Enter")

    all_do(people, narrow)
    for page in people.values():
        page.get_by_text("of 6").first.wait_for()
    all_do(people, lambda _, page: page.locator("main [data-send=next]").click())
    for name, page in people.items():
        page.get_by_text("2 of 6").first.wait_for()
        assert parse_qs(urlparse(page.url).query)["text"] == [WISHES[name][0]]
        assert page.locator(search).input_value() == WISHES[name][0]


def test_what_each_types_about_a_dataset_stays_in_front_of_that_person(people: People, server: Server) -> None:
    all_open(people, server, "/datasets", name=SIMULATED)

    def write(name: str, page: Any) -> None:
        page.locator("main textarea[data-send=notes]").fill(f"Notes of {name}")
        page.locator("main input[data-send=name]").fill(RIG)
        page.get_by_role("button", name="Save").click()

    all_do(people, write)
    for name, page in people.items():
        page.locator("main .wrong").first.wait_for()
        assert page.locator("main textarea[data-send=notes]").input_value() == f"Notes of {name}"
