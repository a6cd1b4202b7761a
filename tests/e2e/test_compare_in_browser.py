"""Several signals with a real mouse: the window over the whole record is dragged, and all plots zoom together."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from pfd_panel.services import collections
from pfd_panel.services.context import Context
from tests.e2e.site import Site, Visit
from tests.pfd_panel.conftest import RIG

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("looked at")]

# where a figure's frame is on the screen, what its axis shows, and how many points its detail has there
SEEN = """(name) => {
  const all = [...Bokeh.documents[0].all_models].filter((model) => model.name?.startsWith(`${name} #`))
  const figure = all.at(-1), shown = figure && Bokeh.index.find_one(figure)
  if (!shown?.frame?.bbox?.width) return null
  const box = shown.el.getBoundingClientRect(), {frame} = shown, {start, end} = figure.x_range
  const xs = figure.renderers.at(-1).data_source?.data?.xs?.[0]
  const inside = xs ? [...xs].filter((x) => x >= start && x <= end) : []
  return {start, end, left: box.left + frame.bbox.left, width: frame.bbox.width, inside: inside.length,
    low: inside[0], high: inside.at(-1), y: box.top + frame.bbox.top + frame.bbox.height / 2}
}"""


@pytest.fixture(scope="module")
def site(filled: Context, looked_at: Site) -> Site:
    rows = [row for row in collections.choose(filled, RIG, ["*:DE"]) if row.rate_hz == 12_000]
    return looked_at.telling({"ids": ",".join(row.signal_id for row in rows[:2])})


@pytest.fixture
def visit(browser: Any, site: Site) -> Iterator[Visit]:
    made = Visit(browser, site, height=1400)
    made.open(f"/compare?{urlencode({'dataset': RIG, 'ids': site.told['ids'], 'view': 'difference'})}")
    made.until(lambda: seen(made, "compare waveform"), "waveforms")
    yield made
    assert made.complaints == []
    assert site.log.errors == []
    made.context.close()


def seen(visit: Visit, name: str) -> Any:
    return visit.page.evaluate(SEEN, name)


def drag(visit: Visit, start: float, y: float, by: float) -> None:
    mouse = visit.page.mouse
    mouse.move(start, y)
    visit.page.wait_for_timeout(100)
    mouse.down()
    for part in range(1, 9):
        mouse.move(start + by * part / 8, y)
        visit.page.wait_for_timeout(20)
    mouse.up()


def test_the_window_is_dragged_and_all_plots_zoom_together(visit: Visit) -> None:
    # the window covers the first of 2.5 s; it is taken in its middle and moved by a fifth of the strip
    strip = seen(visit, "compare minimap")
    assert (seen(visit, "compare waveform")["start"], seen(visit, "compare waveform")["end"]) == (0, 1)
    drag(visit, strip["left"] + 0.2 * strip["width"], strip["y"], strip["width"] / 5)
    half = pytest.approx(0.5, abs=0.03)
    moved = visit.until(
        lambda: (shown := seen(visit, "compare waveform"))["start"] == half and shown["inside"] > 500 and shown,
        "a move",
    )
    assert moved["end"] - moved["start"] == pytest.approx(1, abs=0.01)
    # what is drawn there reaches from edge to edge
    assert (moved["low"], moved["high"]) == (
        pytest.approx(moved["start"], abs=0.01),
        pytest.approx(moved["end"], abs=0.01),
    )
    assert seen(visit, "compare difference")["start"] == moved["start"]
    query = visit.until(lambda: parse_qs(urlsplit(visit.page.url).query).get("window"), "the window in the address")
    assert query[0].startswith(f"[{moved['start']:.2g}"[:4])
    # a stretch of the difference is drawn open: the waveforms above follow, in every sample
    lower = seen(visit, "compare difference")
    drag(visit, lower["left"] + 0.4 * lower["width"], lower["y"], 0.02 * lower["width"])
    close = visit.until(
        lambda: (shown := seen(visit, "compare waveform"))["end"] - shown["start"] < 0.1 and shown, "a zoom"
    )
    both = visit.until(
        lambda: (
            (two := [seen(visit, f"compare {one}") for one in ("waveform", "difference")])[0]["inside"] > 10 and two
        ),
        "samples",
    )
    assert (both[0]["start"], both[0]["end"]) == (both[1]["start"], both[1]["end"]) == (close["start"], close["end"])
    # 12,000 samples a second, each a point of its own
    expected = pytest.approx(12_000 * (close["end"] - close["start"]), abs=3)
    visit.until(lambda: seen(visit, "compare waveform")["inside"] == expected, "every sample")
    assert seen(visit, "compare difference")["inside"] == expected
