"""What only a browser shows: a lasso drawn by hand, a sound that plays, a million points that are seen."""

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image

from data_catalog.signals import SignalQuery
from pfd_panel.services import collections, viewing
from pfd_panel.services.context import Context
from tests.e2e.clouds import COUNT, million
from tests.e2e.site import Site, Visit, serving
from tests.pfd_panel.conftest import RIG

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# the figure of the points: where its frame is on the screen, its ranges, and what is drawn
CLOUD = """() => {
  const figure = [...Bokeh.documents[0].all_models].find((model) => model.name?.startsWith('cloud-'))
  const shown = figure && Bokeh.index.find_one(figure)
  if (!shown) return null
  const box = shown.el.getBoundingClientRect(), {left, top, width, height} = shown.frame.bbox
  const drawn = figure.renderers.map((one) => one.data_source?.data)
  const points = drawn.find((data) => data?.marker)
  return {box: [box.left + left, box.top + top, width, height], points: points.x.length,
    images: drawn.find((data) => data?.image).image.length,
    x: [figure.x_range.start, figure.x_range.end], y: [figure.y_range.start, figure.y_range.end],
    places: [...points.x].map((x, k) => [
      box.left + shown.frame.x_scale.compute(x), box.top + shown.frame.y_scale.compute(points.y[k])])}
}"""
SOUND = """() => {
  const find = (root) => { for (const one of root.querySelectorAll('*')) {
    if (one.tagName === 'AUDIO') return one
    const below = one.shadowRoot && find(one.shadowRoot)
    if (below) return below } }
  return find(document)
}"""


@pytest.fixture(scope="module")
def site(filled: Context, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("many") / "home"
    shutil.copytree(filled.catalog.home, home)
    with serving(home) as served:
        yield served


@pytest.fixture
def visit(browser: Any, site: Site) -> Iterator[Visit]:
    made = Visit(browser, site, height=1600)
    yield made
    assert made.complaints == []
    assert site.log.errors == []
    made.context.close()


def cloud(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = visit.until(lambda: visit.page.evaluate(CLOUD), "the points")
    return found


def take_lasso(visit: Visit) -> None:
    """Choose the tool in the bar that shows when the pointer is over the picture."""
    left, top, width, height = cloud(visit)["box"]
    visit.page.mouse.move(left + width / 2, top + height / 2)
    visit.page.wait_for_timeout(300)
    visit.page.locator("[title='Lasso Select']").first.click()


def draw(visit: Visit, corners: list[tuple[float, float]]) -> None:
    """Draw a lasso with the mouse, corner by corner."""
    mouse = visit.page.mouse
    mouse.move(*corners[0])
    visit.page.wait_for_timeout(100)
    mouse.down()
    for start, stop in zip(corners, [*corners[1:], corners[0]], strict=True):
        for part in range(1, 6):
            mouse.move(*(a + (b - a) * part / 5 for a, b in zip(start, stop, strict=True)))
            visit.page.wait_for_timeout(15)
    mouse.up()


def around(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_a_lasso_selects_the_signals_that_it_goes_around(visit: Visit) -> None:
    visit.open(f"/explorer?{urlencode({'dataset': RIG})}")
    visit.until(lambda: (found := visit.page.evaluate(CLOUD)) and found["points"] == 18, "18 signals in the picture")
    visit.page.locator("main >> text=/trustworthiness/").first.scroll_into_view_if_needed()
    visit.page.wait_for_timeout(500)
    found = cloud(visit)
    left, top, width, height = found["box"]
    # the half of the picture that holds fewer, but some
    middle = left + width / 2
    inside = sum(x > middle for x, _ in found["places"])
    assert 0 < inside < 18
    take_lasso(visit)
    draw(visit, around((middle, top + 2, left + width - 2, top + height - 2)))
    visit.until(lambda: f"{inside} of 18 signals" in visit.text(), f"{inside} of 18")
    text = visit.text()
    assert f"{inside} lassoed" in text or f"{inside} signals lassoed" in text
    assert f"Overlay {inside} signal" in text
    visit.page.locator("main [data-send=unlasso]").click()
    visit.until(lambda: "18 of 18 signals" in visit.text(), "all again")


def test_a_stretch_is_heard_in_the_player_of_the_browser(visit: Visit, filled: Context) -> None:
    query = SignalQuery(dataset_id=collections.get(filled, RIG).id, where={"fault": ["inner_race"]})
    row = viewing.page(filled, query).rows[0]
    visit.open(f"/signal?{urlencode({'dataset': RIG, 'id': row.signal_id})}")
    page = visit.page
    page.locator("main [data-send=stretch-tool][data-value=sound]").click()
    page.locator("main select[data-send=sound-speed]").select_option("0.5")
    page.locator("main [data-send=sound]").click()
    visit.until(lambda: page.evaluate(f"() => ({SOUND})()?.readyState >= 1"), "a sound that can be played")
    # a second of the record at half speed
    assert page.evaluate(f"() => ({SOUND})().duration") == pytest.approx(2.0, abs=0.01)
    page.evaluate(f"() => {{ const one = ({SOUND})(); one.muted = true; one.play() }}")
    visit.until(lambda: page.evaluate(f"() => ({SOUND})().currentTime") > 0.2, "that it plays")
    page.evaluate(f"() => {{ const one = ({SOUND})(); one.pause(); one.currentTime = 1.5 }}")
    visit.until(lambda: page.evaluate(f"() => !({SOUND})().seeking"), "that it seeks")
    assert page.evaluate(f"() => ({SOUND})().currentTime") == pytest.approx(1.5, abs=0.01)
    assert page.evaluate(f"() => ({SOUND})().error") is None


def test_a_million_points_are_seen_zoomed_pointed_at_and_lassoed(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path / "home", "tests.e2e.clouds") as site:
        visit = Visit(browser, site, height=900)
        visit.open("/")
        first = visit.until(
            lambda: (found := visit.page.evaluate(CLOUD)) and found["images"] == 1 and found, "an image"
        )
        assert first["points"] == 0
        visit.page.wait_for_timeout(500)
        left, top, width, height = cloud(visit)["box"]
        picture = np.asarray(Image.open(BytesIO(visit.page.screenshot())).convert("RGB")).astype(int)
        part = picture[round(top) : round(top + height), round(left) : round(left + width)]
        colourful = part.max(axis=2) - part.min(axis=2) > 40
        # three clouds stand beside each other with room between them
        columns = np.flatnonzero(colourful[len(colourful) // 2 - 20 : len(colourful) // 2 + 20].any(axis=0))
        assert columns.size > 0.3 * width
        hues = {tuple(part[len(part) // 2, round(width * share)] // 48) for share in _centres(first)}
        assert len(hues) == 3
        # a lasso around the class on the left
        points = million().points
        edge = first["x"][0] + (first["x"][1] - first["x"][0]) * 0.25
        take_lasso(visit)
        draw(visit, around((left + 1, top + 1, left + 0.25 * width, top + height - 1)))
        said = visit.page.locator("main >> text=/lassoed/").first
        said.wait_for()
        inside = int(np.sum(points[:, 0] < edge))
        assert int(said.inner_text().split()[1]) == pytest.approx(inside, rel=0.02)
        assert 0 < inside < COUNT
        # closer, few are left: they are markers that can be pointed at and picked
        visit.page.locator("[title='Wheel Zoom']").first.click()
        visit.page.mouse.move(left + width / 2, top + 4)
        for _ in range(40):
            visit.page.mouse.wheel(0, -300)
            visit.page.wait_for_timeout(40)
            if (found := cloud(visit))["points"]:
                break
        found = visit.until(lambda: (now := cloud(visit))["points"] and now, "markers")
        assert found["x"][1] - found["x"][0] < 0.8 * (first["x"][1] - first["x"][0])
        visit.page.wait_for_timeout(500)
        found = cloud(visit)
        x, y = next(
            (x, y) for x, y in found["places"] if left + 40 < x < left + width - 80 and top + 20 < y < top + height - 20
        )
        visit.page.mouse.click(x, y)
        visit.page.locator("main >> text=/picked/").first.wait_for()
        assert visit.complaints == []
        assert site.log.errors == []
        visit.context.close()


def _centres(found: dict[str, Any]) -> list[float]:
    """Where the three classes have their centres, as shares of the width."""
    start, stop = found["x"]
    return [(centre - start) / (stop - start) for centre in (0.0, 6.0, 12.0)]
