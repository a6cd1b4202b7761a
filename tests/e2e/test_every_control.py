"""Every control of every page has a name and acts; every link leads somewhere."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

import pytest

from pfd_panel.pages.registry import PAGES
from tests.e2e.controls import Crawl, Used, check_links
from tests.e2e.scenes import SCENES, addresses, show
from tests.e2e.site import Site, Visit

log = logging.getLogger(__name__)
# a walk through every control takes minutes
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def visit(browser: Any, site: Site) -> Iterator[Visit]:
    opened = Visit(browser, site, height=1400, accept_downloads=True)
    yield opened
    opened.context.close()


@pytest.fixture(scope="module")
def seen() -> dict[tuple[str, ...], int]:
    """Kinds of link that were followed on earlier pages."""
    return {}


def verdict(visit: Visit, used: Used) -> None:
    for one in (*used.failures, *visit.complaints, *visit.site.log.errors):
        log.warning("%s", one)
    assert used.failures == []
    assert visit.complaints == []
    assert visit.site.log.errors == []


def start_clean(visit: Visit) -> None:
    visit.complaints.clear()
    visit.site.log.forget()


def test_every_page_has_a_scene(site: Site) -> None:
    shown = {urlparse(address).path for address in addresses(site).values()}
    assert shown == {page.path for page in PAGES}
    assert set(SCENES) == set(addresses(site))


@pytest.mark.parametrize("scene", SCENES)
def test_every_control_of_a_page_acts(visit: Visit, seen: dict[tuple[str, ...], int], scene: str) -> None:
    start_clean(visit)
    typed = {"path": visit.site.told["file"], "find": "6206", "hook_url": "https://example.com/alerts"}
    used = Used()
    # the frame around all pages is used once, on the page named first
    Crawl(visit, lambda: show(visit, scene), typed, used, frame=scene == SCENES[0]).all()
    check_links(visit, used, seen)
    log.info("%s: %d controls, %d used, %d links", scene, len(used.names), len(used.acted), len(used.links))
    verdict(visit, used)


def test_what_only_a_phone_shows_acts(browser: Any, site: Site) -> None:
    phone = Visit(browser, site, width=390, height=844)
    start_clean(phone)
    try:
        for scene in ("explorer", "jobs"):
            used = Used()
            page = phone.page
            show(phone, scene)
            page.get_by_role("button", name="Open drawer").click()
            page.get_by_role("link", name="Datasets", exact=True).wait_for()
            page.reload()
            show(phone, scene)
            box = page.locator("main .facet input[type=checkbox]").first
            assert not box.is_visible(), "the filters are in a drawer"
            page.locator("main [data-send=filters]").first.click()
            box.wait_for()
            box.click()
            phone.until(box.is_checked, "the filter is set")
            verdict(phone, used)
    finally:
        phone.context.close()
