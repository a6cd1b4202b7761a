"""An alert reaches every open page: bell, toast, the browser's own notification; and cannot carry markup."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data_catalog import Catalog
from pfd_panel.monitoring.watch import judge
from pfd_panel.services import alerts, notifying, preferences
from pfd_panel.services.context import Context
from tests.e2e.site import Site, Visit, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NAME = "<img src=x onerror=document.title='hacked'>"
# what would pop up on the desktop is kept in the page instead
KEEP = """
  window.shown = []
  const real = window.Notification
  window.Notification = class extends EventTarget {
    constructor (title, options) { super(); window.shown.push([title, options.body]) }
    static get permission () { return real.permission }
    static requestPermission (told) { return real.requestPermission(told) }
  }
"""


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    home: Path = tmp_path_factory.mktemp("alerts") / "home"
    with Catalog.open(home) as catalog:
        yield Context(catalog)


@pytest.fixture(scope="module")
def alert_site(context: Context) -> Iterator[Site]:
    with serving(context.catalog.home) as served:
        yield served


def fire(context: Context, failed: int) -> None:
    with context.catalog.write() as session:
        judge(session, {"failed_jobs": failed})


def test_an_alert_is_counted_told_and_shown_by_the_browser(browser: Any, context: Context, alert_site: Site) -> None:
    alerts.change(context, "default-failed-jobs", name=NAME)
    preferences.choose_notifications(context, browser=True)
    visit = Visit(browser, alert_site, permissions=["notifications"])
    try:
        page = visit.page
        page.add_init_script(KEEP)
        visit.open("/inbox")
        bell = page.locator("header a[href='/inbox']").first
        assert bell.get_attribute("aria-label") == "Inbox"
        fire(context, 11)
        visit.until(lambda: bell.get_attribute("aria-label") == "Inbox, 1 unread", "the bell counts")
        visit.until(lambda: page.get_by_text(f"{NAME}. Failed jobs is at 11").count(), "the toast shows")
        visit.until(lambda: page.evaluate("window.shown.length") == 1, "the browser notifies")
        assert page.evaluate("window.shown")[0][0] == NAME
        visit.until(lambda: page.locator("main").get_by_text(NAME).count(), "the message is in the inbox")
        assert page.locator("img[src=x]").count() == 0
        assert page.title() != "hacked"
        page.get_by_role("button", name="Mark all as read").click()
        visit.until(lambda: bell.get_attribute("aria-label") == "Inbox", "the bell is quiet again")
        assert notifying.unread(context) == 0
        assert visit.complaints == []
    finally:
        visit.context.close()


def test_two_open_pages_are_both_told(browser: Any, context: Context, alert_site: Site) -> None:
    visits = [Visit(browser, alert_site) for _ in range(2)]
    try:
        for visit, address in zip(visits, ("/health", "/jobs"), strict=True):
            visit.open(address)
        before = notifying.unread(context)
        notifying.try_inbox(context)
        for visit in visits:
            bell = visit.page.locator("header a[href='/inbox']").first
            visit.until(
                lambda bell=bell: bell.get_attribute("aria-label") == f"Inbox, {before + 1} unread", "the bell counts"
            )
    finally:
        for visit in visits:
            visit.context.close()
