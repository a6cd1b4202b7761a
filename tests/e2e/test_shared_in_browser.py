"""A spectrum in a report: shared from the page, framed by the right site only, revoked, and frozen into a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from data_catalog.signals import SignalQuery
from pfd_panel.services import collections, viewing
from pfd_panel.services.context import Context
from tests.e2e.report_site import reports
from tests.e2e.site import Site, Visit
from tests.pfd_panel.conftest import RIG

__all__ = ["reports"]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("looked at")]

# every line of the figures: how many points, and the largest value
LINES = """() => Bokeh.documents.flatMap((one) => [...one.all_models]).filter((one) => one.type === 'ColumnDataSource')
  .map((one) => one.data.y ?? one.data.get?.('y')).filter((y) => y && y.length)
  .map((y) => [y.length, Math.max(...y)])"""


@pytest.fixture(scope="module")
def site(filled: Context, looked_at: Site) -> Site:
    dataset = collections.get(filled, RIG)
    faulty = viewing.page(filled, SignalQuery(dataset_id=dataset.id, where={"fault": ["inner_race"]})).rows[0]
    return looked_at.telling({"signal": faulty.signal_id})


@pytest.fixture
def visit(browser: Any, site: Site) -> Iterator[Visit]:
    made = Visit(browser, site, accept_downloads=True)
    yield made
    made.context.close()


def open_dialog(visit: Visit, part: str = "spectrum") -> Any:
    visit.open(f"/signal?{urlencode({'dataset': RIG, 'id': visit.site.told['signal']})}")
    visit.page.get_by_label("Share this view").click()
    dialog = visit.page.locator("dialog[open]")
    dialog.get_by_label("What").select_option(part)
    name = dialog.get_by_label("Name")
    visit.until(lambda: "/ DE" in name.input_value(), "the name of the signal")
    return dialog


def drawn(visit: Visit, frame: Any) -> list[list[float]]:
    """The lines in a frame, once there are any."""
    locator = frame.locator(".bk-Figure")
    visit.until(lambda: locator.count() == 1 and not frame.locator(".skeleton").count(), "one figure")
    found: list[list[float]] = visit.until(lambda: frame.evaluate(LINES), "its data")
    return found


def test_a_spectrum_stands_in_a_report_until_it_is_revoked(
    browser: Any, visit: Visit, site: Site, reports: tuple[Path, str, str]
) -> None:
    folder, allowed, foreign = reports
    dialog = open_dialog(visit)
    dialog.get_by_label("Sites that may frame it").fill(allowed)
    dialog.get_by_role("button", name="Make a link").click()
    iframe = dialog.get_by_label("Frame for a report", exact=True)
    iframe.wait_for()
    (folder / "frame.html").write_text(f"<!doctype html><h1>Report</h1>{iframe.input_value()}")
    script = dialog.get_by_label("Script for a report", exact=True).input_value()
    (folder / "script.html").write_text(f"<!doctype html><h1>Report</h1>{script}<p>after</p>")
    assert visit.complaints == []

    reader = browser.new_context(viewport={"width": 390, "height": 700})
    page = reader.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" and "favicon" not in one.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    for name in ("frame", "script"):
        page.goto(f"{allowed}/{name}.html")
        page.locator("iframe").wait_for()
        visit.until(lambda: len(page.frames) == 2, "the frame")
        frame = page.frames[1]
        lines = drawn(visit, frame)
        assert max(points for points, _ in lines) > 500
        assert max(highest for _, highest in lines) > 0
        assert frame.get_by_text("Spectrum", exact=True).is_visible()
        for gone in ("header >> a", "nav", "[data-send]", "a[href]", "button", "input"):
            assert frame.locator(f"main {gone}").count() == 0, gone
        assert not frame.get_by_label("Search").count()
        box = frame.locator(".bk-Figure").bounding_box()
        assert box is not None
        assert 250 < box["width"] <= 390
        assert page.evaluate("document.cookie") == ""
    assert said == []

    page.goto(f"{foreign}/frame.html")
    visit.until(lambda: any("frame-ancestors" in one for one in said), "the refusal")
    assert not page.frames[1].locator(".bk-Figure").count()

    page.goto(f"{allowed}/frame.html")
    drawn(visit, page.frames[1])
    visit.open("/shared")
    row = visit.page.locator("tr", has_text="/ DE").last
    visit.until(lambda: "never" not in row.inner_text() or visit.page.reload(), "that it was opened")
    row.get_by_role("button", name="Revoke").click()
    visit.until(lambda: "Revoked" in visit.text(), "the row says so")
    page.wait_for_timeout(1200)
    page.goto(f"{allowed}/frame.html")
    visit.until(lambda: page.frames[1].get_by_text("not shown any more").count(), "words in the frame")
    reader.close()


def test_a_frozen_file_opens_with_the_network_off(browser: Any, visit: Visit, tmp_path: Path) -> None:
    dialog = open_dialog(visit, "")
    dialog.get_by_label("Name").fill("Inner race </title><script>alert(1)</script>")
    dialog.get_by_role("button", name="Make the file").click()
    assert "some seconds" in dialog.inner_text()
    with visit.page.expect_download() as given:
        dialog.locator("a[download]").click()
    file = tmp_path / "frozen.html"
    given.value.save_as(file)
    assert given.value.suggested_filename.endswith(".html")
    assert visit.complaints == []

    offline = browser.new_context(offline=True, viewport={"width": 1440, "height": 1000})
    page = offline.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if not one.url.startswith(("data:", "blob:")) else None)
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    visit.until(lambda: page.locator(".bk-Figure").count() == 4, "four figures")
    lines = page.evaluate(LINES)
    assert sum(points > 500 and highest > 0 for points, highest in lines) >= 3
    text = page.locator("body").inner_text()
    for told in (
        "Inner race </title>",
        RIG,
        visit.site.told["signal"],
        "Manifest hash",
        "Envelope spectrum",
        "nothing in it changes",
    ):
        assert told in text
    assert page.locator("a, input, select, [data-send]").count() == 0
    figure = page.locator(".bk-Figure .bk-Canvas").first
    box = figure.bounding_box()
    assert box is not None
    before = page.evaluate("Bokeh.documents[0].get_model_by_name('waveform').x_range.end")
    page.mouse.move(box["x"] + 200, box["y"] + 80)
    page.wait_for_timeout(200)
    assert page.locator(".bk-Tooltip").count() >= 1
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 200 + 20 * step, box["y"] + 80)
    page.mouse.up()
    visit.until(
        lambda: page.evaluate("Bokeh.documents[0].get_model_by_name('waveform').x_range.end") < before, "the zoom"
    )
    assert (asked, said) == ([file.as_uri()], [])
    offline.close()
