"""Cursors with a real mouse and real keys: dragged, clicked, counted, copied, and back after a reload."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from data_catalog.signals import SignalQuery
from pfd_panel.services import collections, viewing
from pfd_panel.services.context import Context
from pipelines.bearings import lookup
from tests.e2e.site import Site, Visit
from tests.pfd_panel.conftest import RIG

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("looked at")]

ENVELOPE = "envelope spectrum"
# where the lines of a figure stand, and where on the screen a place of its axis is
LINES = """(label) => {
  const [one] = [...Bokeh.documents[0].all_models].filter((model) => model.label === label && model.target)
  const figure = Bokeh.documents[0].get_model_by_name(one.target), shown = Bokeh.index.find_one(figure)
  const box = shown.el.getBoundingClientRect(), {frame} = shown
  const drawn = figure.center.filter((model) => model.name?.startsWith('cursor-') && model.visible)
  const lines = drawn.map((line) => line.location)
  return {lines, places: lines.map((x) => box.left + frame.x_scale.compute(x)), left: box.left + frame.bbox.left,
    width: frame.bbox.width, y: box.top + frame.bbox.top + frame.bbox.height / 2, step: one.step}
}"""

# what stands for the lines while one is dragged: distances from the left of the frame
FLOATING = """(label) => {
  const [one] = [...Bokeh.documents[0].all_models].filter((model) => model.label === label && model.target)
  const shown = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name(one.target))
  const floating = [...shown.shadow_el.querySelector('.cursor-floating').children]
  return floating.map((line) => new DOMMatrix(line.style.transform).m41)
}"""


@pytest.fixture(scope="module")
def site(filled: Context, looked_at: Site) -> Site:
    found = viewing.page(
        filled, SignalQuery(dataset_id=collections.get(filled, RIG).id, where={"fault": ["inner_race"]})
    )
    row = found.rows[0]
    bpfi = row.speed_rpm / 60 * lookup(row.bearing).orders().bpfi
    return looked_at.telling({"signal": row.signal_id, "bpfi": str(bpfi)})


@pytest.fixture(scope="module")
def visit(browser: Any, site: Site) -> Iterator[Visit]:
    made = Visit(browser, site, height=1600, permissions=["clipboard-read", "clipboard-write"])
    yield made
    made.context.close()


@pytest.fixture(autouse=True)
def opened(visit: Visit) -> Iterator[None]:
    visit.complaints.clear()
    visit.open(f"/signal?{urlencode({'dataset': RIG, 'id': visit.site.told['signal']})}")
    chooser(visit).wait_for()
    yield
    assert visit.complaints == []
    assert visit.site.log.errors == []


def chooser(visit: Visit, label: str = ENVELOPE) -> Any:
    return visit.page.get_by_label(f"Cursor on the {label}")


def choose(visit: Visit, kind: str, label: str = ENVELOPE) -> dict[str, Any]:
    chooser(visit, label).scroll_into_view_if_needed()
    chooser(visit, label).select_option(kind)
    visit.until(lambda: seen(visit, label)["lines"], f"lines of {kind}")
    visit.until(lambda: rows(visit, label), f"what {kind} reads")
    return seen(visit, label)


def seen(visit: Visit, label: str = ENVELOPE) -> dict[str, Any]:
    found: dict[str, Any] = visit.page.evaluate(LINES, label)
    return found


def rows(visit: Visit, label: str = ENVELOPE) -> list[list[str]]:
    """The table below a plot."""
    found: list[list[str]] = visit.page.evaluate(
        "(label) => [...Bokeh.documents[0].all_models].filter((model) => model.label === label)[0].rows", label
    )
    return found


def drag(visit: Visit, start: float, y: float, by: float) -> None:
    mouse = visit.page.mouse
    mouse.move(start, y)
    visit.page.wait_for_timeout(100)
    mouse.down()
    for part in range(1, 9):
        mouse.move(start + by * part / 8, y)
        visit.page.wait_for_timeout(20)
    mouse.up()


def test_any_harmonic_is_dragged_and_all_follow(visit: Visit) -> None:
    before = choose(visit, "harmonic")
    bpfi = float(visit.site.told["bpfi"])
    # it begins on the fault that is there; slip moves it by a few percent at most
    assert before["lines"][0] == pytest.approx(bpfi, rel=0.03)
    read = rows(visit)
    drag(visit, before["places"][2], before["y"], 30)
    after = visit.until(lambda: rows(visit) != read and seen(visit), "another reading")
    base = after["lines"][0]
    assert base > before["lines"][0] + 2 * before["step"]
    assert after["lines"] == [pytest.approx(k * base) for k in range(1, 6)]
    # the third line went as far as the mouse
    assert after["places"][2] - before["places"][2] == pytest.approx(30, abs=3)


def test_nothing_is_asked_while_a_line_is_dragged(visit: Visit) -> None:
    found = choose(visit, "harmonic")
    visit.page.wait_for_timeout(500)
    mouse, start, y = visit.page.mouse, found["places"][0], found["y"]
    mouse.move(start, y)
    visit.page.wait_for_timeout(100)
    mouse.down()
    # at once: a mouse that rests after it was pressed is no drag
    for part in (4, 8, 12):
        mouse.move(start + part, y)
        visit.page.wait_for_timeout(20)
    visit.page.wait_for_timeout(200)
    sent = visit.sent
    for part in range(1, 11):
        mouse.move(start + 12 + 2 * part, y)
        visit.page.wait_for_timeout(20)
    places = visit.page.evaluate(FLOATING, ENVELOPE)
    assert visit.sent == sent
    assert places[0] == pytest.approx(start + 32 - found["left"], abs=1)
    assert places == pytest.approx([(k + 1) * places[0] for k in range(len(places))], abs=1)
    mouse.up()
    visit.until(lambda: visit.sent > sent, "word of where it came to rest")
    assert seen(visit)["places"][0] == pytest.approx(start + 32, abs=1)


def test_keys_move_count_and_take_away(visit: Visit) -> None:
    found = choose(visit, "harmonic")
    position = visit.page.get_by_label(f"Cursor position on the {ENVELOPE}")
    position.focus()
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("Shift+ArrowRight")
    visit.until(lambda: seen(visit)["lines"][0] == pytest.approx(found["lines"][0] + 11 * found["step"]), "11 steps")
    visit.page.keyboard.press("ArrowUp")
    visit.until(lambda: len(seen(visit)["lines"]) == 6, "six harmonics")
    visit.until(lambda: position.inner_text().startswith(f"{seen(visit)['lines'][0]:.2f}"), "the place in words")
    visit.page.keyboard.press("Escape")
    visit.until(lambda: not seen(visit)["lines"] and not rows(visit), "no cursor")


def test_the_spacing_of_sidebands_is_dragged_and_counted(visit: Visit) -> None:
    found = choose(visit, "sideband")
    centre = found["lines"][0]
    visit.page.get_by_label(f"Fewer lines on the {ENVELOPE}").click()
    visit.until(lambda: len(seen(visit)["lines"]) == 9 == len(rows(visit)), "four to a side")
    read = rows(visit)
    drag(visit, found["places"][2], found["y"], 20)
    after = visit.until(lambda: rows(visit) != read and seen(visit), "another spacing")
    spacing = after["lines"][2] - after["lines"][0]
    assert after["lines"][0] == pytest.approx(centre)
    assert after["lines"][3] == pytest.approx(centre - 2 * spacing)
    assert spacing > found["lines"][2] - centre


def test_a_click_places_and_takes_peaks(visit: Visit) -> None:
    found = choose(visit, "peaks")
    free = found["left"] + 0.97 * found["width"]
    visit.page.mouse.click(free, found["y"])
    after = visit.until(lambda: len(rows(visit)) == len(found["lines"]) + 1 and seen(visit), "one more")
    visit.page.mouse.click(after["places"][-1], found["y"])
    visit.until(lambda: len(rows(visit)) == len(found["lines"]), "one less")


def test_the_table_is_copied(visit: Visit) -> None:
    choose(visit, "delta", "waveform")
    visit.page.get_by_label("Copy table of the waveform").click()
    visit.page.get_by_text("Copied", exact=True).wait_for()
    text = visit.page.evaluate("() => navigator.clipboard.readText()")
    lines = [line.split("\t") for line in text.splitlines()]
    assert lines[0][0] == "Line"
    assert [line[0] for line in lines[1:3]] == ["A", "B"]
    assert any(line[0] == "1/Δx" and line[1].endswith("Hz") for line in lines if len(line) == 2)


def test_the_address_brings_a_cursor_back(visit: Visit) -> None:
    found = choose(visit, "band")
    visit.until(lambda: "cursors=" in visit.page.url, "the cursor in the address")
    visit.page.reload()
    visit.shown()
    again = visit.until(lambda: chooser(visit).count() and seen(visit)["lines"] and seen(visit), "the band again")
    assert again["lines"] == [pytest.approx(x) for x in found["lines"]]
    assert chooser(visit).input_value() == "band"
