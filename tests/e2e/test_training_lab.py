"""A network in a browser: configured in four steps, watched while it learns, paused, resumed, and opened."""

import re
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from data_catalog import Catalog
from pfd_panel.services.context import Context
from tests.e2e.site import Site, Visit, serving
from tests.e2e.test_main_job import Reader
from tests.pfd_panel.conftest import SIMULATED, running_coordinator

# it trains a network three times
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

# the most epochs that a line of the loss has
DRAWN = """() => {
  const figure = Bokeh.documents.flatMap(d => [...d.all_models]).find(m => m.name === 'curve-loss')
  if (!figure) return 0
  const lines = figure.renderers.flatMap(r => r.data_source.data.xs ?? [])
  return Math.max(0, ...lines.map(xs => xs.length))
}"""


@pytest.fixture
def working(filled: Context, tmp_path: Any) -> Iterator[Site]:
    """The filled catalog with web process and coordinator."""
    home = tmp_path / "home"
    shutil.copytree(filled.catalog.home, home)
    with Catalog.open(home) as catalog, running_coordinator(catalog), serving(home) as served:
        yield served


@pytest.fixture
def visit(browser: Any, working: Site) -> Iterator[Visit]:
    opened = Visit(browser, working, height=1400)
    yield opened
    opened.context.close()


def test_a_network_is_configured_watched_paused_resumed_and_opened(visit: Visit) -> None:
    one, page = Reader(visit), visit.page
    visit.open(f"/experiments/new?{urlencode({'dataset': SIMULATED})}")

    # model
    page.locator("main [data-send=model][data-value=cnn_1d]").click()
    visit.until(lambda: "model=cnn_1d" in page.url, "the model in the address")
    one.press("Next: data and split")
    one.reads("Learns from")

    # data and split: what cannot be is refused here
    one.write("folds", "1")
    one.press("Next: options")
    one.reads("no whole number from 2 to 50")
    assert "step=data" in page.url
    one.write("folds", "2")
    visit.until(lambda: "folds=2" in page.url, "the folds in the address")
    one.press("Next: options")
    one.reads("Seeds")

    # options; many windows, so that an epoch takes a moment
    page.locator("main summary").filter(has_text="How it learns").click()
    one.write("param-epochs", "3")
    page.locator("main summary").filter(has_text="What it is shown").click()
    one.write("param-overlap", "0.9")
    visit.until(lambda: "overlap" in page.url and "epochs" in page.url, "both options in the address")
    one.reads("Memory of a worker")

    # the browser's way back and forward loses nothing
    page.go_back()
    one.reads("Learns from")
    page.go_forward()
    one.reads("Seeds")
    assert page.locator("main [data-send=param-epochs]").input_value() == "3"
    one.press("Next: review")
    one.write("called", "Watched")
    visit.until(lambda: "called=Watched" in page.url, "the name in the address")
    one.reads("instead of 30")
    one.press("Start")

    # the monitor: a point arrives while it runs
    page.wait_for_url("**/experiment?*")
    visit.shown()
    one.reads("Watched")
    visit.until(lambda: page.evaluate(DRAWN) >= 1, "a point of the loss")
    one.press("Pause")
    one.reads("Paused")
    stood = page.evaluate(DRAWN)
    page.reload()
    visit.shown()
    one.reads("Paused")
    visit.until(lambda: page.evaluate(DRAWN) >= stood, "the curves as they were")
    one.press("Resume")
    visit.until(lambda: "Paused" not in visit.text(), "the job under way again")

    # done: the result in a sentence, and the model
    one.reads("of recordings right, held out by recording, 2 folds")
    assert page.evaluate(DRAWN) <= 3
    with page.expect_download() as fetched:
        page.locator("main a[download]").last.click()
    assert re.search(r"epoch 3", fetched.value.path().read_text()) or fetched.value.suggested_filename.endswith(".csv")
    page.locator("main a[href^='/model?']").filter(has_text="Watched:1").first.click()
    page.wait_for_url("**/model?*")
    visit.shown()
    one.reads("Watched:1")
    assert visit.complaints == []
    assert visit.site.log.errors == [], "\n".join(visit.site.log.errors)
