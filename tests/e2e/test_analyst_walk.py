"""An analyst's way from a file nobody has told about to a figure for a report, with a real mouse and real keys."""

import shutil
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data_catalog import Catalog
from pipelines.bearings import lookup
from tests.e2e.site import Site, Visit, serving
from tests.e2e.test_cursors_in_browser import ENVELOPE, LINES, choose, chooser, drag, rows, seen
from tests.e2e.test_main_job import Reader
from tests.pfd_panel.conftest import running_coordinator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.realdata, pytest.mark.timeout(600)]

RECORDING = "cwru/12k_Drive_End_Bearing_Fault_Data/OR/007/@6/130@6_0.mat"
SVG = "{http://www.w3.org/2000/svg}"

# where on the screen a place of a figure is, by the title of its y axis
PLACE = """([label, x, y]) => {
  // a figure that was replaced is still a model for a while, but is not drawn
  const [shown] = [...Bokeh.documents[0].all_models].filter((model) => model.type === 'Figure'
    && model.left.some((axis) => axis.axis_label === label)).map((one) => Bokeh.index.find_one(one)).filter(Boolean)
  if (!shown) return [-1, -1]
  const box = shown.el.getBoundingClientRect(), {frame} = shown
  return [box.left + frame.x_scale.compute(x), box.top + frame.y_scale.compute(y)]
}"""

DRAWN = f"(label) => {{ try {{ return ({LINES})(label) }} catch {{ return null }} }}"


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Site]:
    home = tmp_path / "home"
    with Catalog.open(home) as catalog, running_coordinator(catalog), serving(home) as served:
        yield served


@pytest.fixture
def visit(browser: Any, working: Site) -> Iterator[Visit]:
    opened = Visit(browser, working, height=1100, accept_downloads=True)
    yield opened
    opened.context.close()


def test_from_an_unknown_file_to_an_annotated_figure(visit: Visit, data_root: Path, tmp_path: Path) -> None:
    one, page = Reader(visit), visit.page
    began = time.monotonic()

    def lap(what: str) -> None:
        with (tmp_path / "laps.txt").open("a") as written:
            written.write(f"{time.monotonic() - began:5.1f} s  {what}\n")

    file = tmp_path / "pump_17.mat"
    shutil.copy(data_root / RECORDING, file)

    # looked at, then imported; the page leads on to the signal that is shown
    visit.open("/look")
    page.locator("main input[type=file]").first.set_input_files(str(file))
    one.reads("3 channels in 1 recording")
    lap("the file is looked at")
    one.write("dataset", "Unknown machine")
    page.locator("main [data-send=keep]").click()
    one.reads("were added to Unknown machine")
    lap("imported")
    one.press("Analyse DE")
    page.wait_for_url("**/signal?*")
    visit.shown()
    one.reads("Outer race defect")
    lap("the signal, its envelope spectrum and its diagnosis are there")

    # the band, by a click on the brightest cell of a kurtogram
    page.get_by_label("Add a panel").select_option("kurtogram")
    one.reads("its band from")
    visit.until(lambda: 0 < page.evaluate(PLACE, ["Bands", 3000, 0])[1] < 1100, "the kurtogram in view")
    page.wait_for_timeout(700)
    page.mouse.click(*page.evaluate(PLACE, ["Bands", 5250, 3]))
    one.reads("(by hand)")
    assert "4.50–6.00 kHz (by hand)" in visit.text()
    lap("its band is demodulated")

    # a harmonic cursor begins on the family that is there; its second line is dragged off and on again
    page.mouse.wheel(0, -4000)
    visit.until(lambda: chooser(visit).count(), "cursors on the envelope spectrum")
    page.wait_for_timeout(500)
    visit.until(lambda: page.evaluate(DRAWN, ENVELOPE), "its picture")
    found = choose(visit, "harmonic")
    bpfo = 1796 / 60 * lookup("6205-2RS").orders().bpfo
    assert found["lines"][0] == pytest.approx(bpfo, rel=0.01)
    read = rows(visit)
    page.wait_for_timeout(400)
    found = seen(visit)
    drag(visit, found["places"][1], found["y"], 25)
    visit.until(lambda: rows(visit) != read, "another reading")
    moved = seen(visit)
    drag(visit, moved["places"][1], moved["y"], -25)
    visit.until(lambda: abs(seen(visit)["lines"][0] - bpfo) < 0.01 * bpfo, "back on the family")
    page.get_by_text("More markers").first.click()
    page.locator("main [data-send=mark][data-value=sidebands]").check()
    lap("a harmonic cursor stands on it, sidebands are marked")

    # what is seen is written down where it is seen
    page.get_by_label("Annotate", exact=True).click()
    page.locator("main [data-send=note-label]").wait_for()
    frequency = float(page.locator("main [data-send=note-frequency]").input_value())
    assert frequency == pytest.approx(bpfo, rel=0.01)
    one.write("note-label", "BPFO")
    one.write("note-text", "Outer race: harmonics of BPFO")
    page.locator("main [data-send=note-save]").click()
    one.reads("Outer race: harmonics of BPFO")
    lap("annotated")

    # and taken along as a figure of every panel, with the lines of the cursor and the annotation
    page.locator("main select[data-send=export-kind]").select_option("svg")
    one.write("export-title", "Pump 17, drive end")
    page.locator("main [data-send=export]").click()
    link = page.locator("main a").filter(has_text="Download pump_17")
    link.wait_for()
    with page.expect_download() as waiting:
        link.click()
    lap("the figure is downloaded")
    root = ET.parse(waiting.value.path()).getroot()
    said = [word.text or "" for word in root.iter(f"{SVG}text")]
    assert {"Pump 17, drive end", "Envelope spectrum", "Kurtogram", "BPFO", "1×", "2×", "5×"} <= set(said)
    assert any(word.startswith("band 4,500 to 6,000 Hz") for word in said)
    assert len(list(root.iter(f"{SVG}image"))) == 4
    assert visit.complaints == []
    assert visit.site.log.errors == [], "\n".join(visit.site.log.errors)
