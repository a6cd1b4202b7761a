"""The main job, done once in a browser on a running system: from measured files to answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scipy.io

from data_catalog import Catalog
from tests.e2e.controls import Crawl, Used, check_links
from tests.e2e.site import Site, Visit, serving
from tests.pfd_panel.conftest import running_coordinator, vibration

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

DATASET = "Pump stand"
RATE_HZ = 12_000
FAULTS = {"IR": "bpfi", "OR": "bpfo", "B": "bsf"}
SIZES = ("007", "014", "021")


def write_stand(folder: Path) -> Path:
    """21 recordings in folders that name fault and size; the healthy ones do not say their sampling rate."""
    seed = 0
    for load, rpm in enumerate((1797, 1772, 1750)):
        _write(folder / "Normal" / f"n{load}_{load}.mat", None, rpm, 900 + load, rate=False)
    for place, fault in FAULTS.items():
        for size in SIZES:
            for load, rpm in enumerate((1797, 1772)):
                seed += 1
                _write(folder / place / size / f"{place}{size}_{load}.mat", fault, rpm, seed)
    return folder


def _write(path: Path, fault: str | None, rpm: float, seed: int, *, rate: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    known: dict[str, Any] = {"DE": vibration(fault, rpm, RATE_HZ, 2.0, seed)[:, None], "rpm": float(rpm)}
    scipy.io.savemat(path, known | ({"fs": float(RATE_HZ)} if rate else {}))


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Site]:
    """An empty product that runs: web process and coordinator on one catalog."""
    home = tmp_path / "home"
    with Catalog.open(home) as catalog, running_coordinator(catalog), serving(home) as served:
        yield served


@pytest.fixture
def visit(browser: Any, working: Site) -> Iterator[Visit]:
    opened = Visit(browser, working, height=1400)
    yield opened
    opened.context.close()


class Reader:
    """What the person at the screen does, in words."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.page = visit, visit.page

    def press(self, name: str) -> None:
        """Click the button or link of that name in the page."""
        found = self.page.locator("main").locator("button, a.button, a.action").filter(has_text=name)
        found.first.click()

    def write(self, send: str, words: str) -> None:
        """Fill a field and leave it."""
        box = self.page.locator(f"main [data-send='{send}']").first
        box.fill(words)
        box.press("Tab")

    def choose(self, send: str, value: str) -> None:
        """Choose in a list by value."""
        self.page.locator(f"main select[data-send='{send}']").first.select_option(value)

    def reads(self, words: str) -> None:
        """Wait until the page says so."""
        self.visit.until(lambda: words in self.visit.text(), f"{words!r} on {self.page.url}:\n{self.visit.text()}")

    def follows_job(self) -> None:
        """Watch a job on the page until it is done."""

        def done() -> bool:
            # the line that says Working is a progressbar too
            ended = self.page.locator("main [role=progressbar][aria-valuenow='100']").count()
            return bool(ended) or "failed" in self.visit.text().lower()

        self.visit.until(done, "the job's bar at the end")
        assert "failed" not in self.visit.text().lower(), self.visit.text()


def test_from_measured_files_to_answers(visit: Visit, tmp_path: Path) -> None:
    stand = write_stand(tmp_path / "stand")
    one, page = Reader(visit), visit.page

    # the first page of an empty product says where to begin
    one.reads("No signals yet")
    one.reads("Load the demo data")
    one.press("Import signals")
    page.wait_for_url("**/import")
    visit.shown()

    # inspect: what is stated nowhere is asked, nothing is guessed
    one.write("path", str(stand))
    one.press("Inspect")
    one.reads("21 channels in 21 recordings, 3 without a rate")
    one.reads("Rate missing")
    one.reads("3 without a rate will be left out and listed.")
    one.write("rate.rest", str(RATE_HZ))
    one.press("Use these rates")
    one.reads("Import 21 channels")
    assert "without a rate" not in visit.text()

    # correct: labels from folders, the bearing by hand
    page.locator("main [data-send=labels]").check()
    one.reads("Ball")
    one.choose("kind", "bearing")
    one.write("pattern", "*")
    one.write("value", "6205-2RS")
    one.press("Add this correction")
    one.reads("bearing 6205-2RS")
    one.write("dataset", DATASET)
    one.press("Import 21 channels")
    one.follows_job()
    one.reads(f"21 signals were added to {DATASET}")

    # the Explorer shows the classes, and features once they are extracted
    one.press("Explore")
    page.wait_for_url("**/explorer*")
    visit.shown()
    for name in ("Healthy", "Inner race", "Outer race", "Ball"):
        one.reads(name)
    one.press("Extract features")
    one.reads("Separability")
    one.reads("21 signals")

    # one signal: waveform and what the physics says
    one.write("text", "IR007")
    one.reads("2 of 21 signals")
    page.locator("main a[href^='/signal?']").filter(has_text="IR007").first.click()
    page.wait_for_url("**/signal?*")
    visit.shown()
    one.reads("Fault evidence")
    one.reads("Inner race defect")
    one.reads("Label agrees.")
    names = "() => Bokeh.documents.flatMap(d => [...d.all_models]).filter(m => m.type === 'Figure').map(m => m.name)"
    visit.until(lambda: len(page.evaluate(names)) >= 3, "waveform, spectrum and envelope")
    shown = (
        "() => Math.max(...Bokeh.documents.flatMap(d => [...d.all_models])"
        ".filter(m => m.type === 'ColumnDataSource')"
        ".map(s => Math.max(0, ...Object.values(s.data).map(c => c.length))))"
    )
    assert page.evaluate(shown) > 500

    # train twice: by recording, then with whole fault sizes apart
    first = train(one, "by recording", groups=())
    one.reads("held out by recording")
    second = train(one, "by size", groups=("fault_size",))
    one.reads("fault size")
    assert first != second

    # the two may be compared, and the page says why they differ
    one.press("Compare")
    page.locator("main select[data-send=other]").wait_for()
    page.locator("main select[data-send=other]").select_option(label=option(page, "by recording"))
    one.reads("Calibration error")
    told = str(page.locator("main .statement").last.inner_text())
    assert "split" in told.lower() or "held out" in told.lower() or "apart" in told.lower(), told

    # ask the model about a file that it has not seen
    new = tmp_path / "new" / "pump7_0.mat"
    _write(new, "bpfi", 1797, 4711)
    one.press("Predict a file")
    one.write("path", str(new))
    page.locator("main [data-send=predict]").click()
    one.reads("Answers")
    one.reads("1 recordings")

    # and ask the physics, without any model
    page.get_by_role("link", name="Diagnose", exact=True).click()
    page.wait_for_url("**/diagnose")
    visit.shown()
    one.write("path", str(new))
    page.locator("main select[data-send=channel]").wait_for()
    one.write("find", "6205-2RS")
    page.locator("main [data-send=diagnose]").click()
    one.reads("Harmonics")
    one.reads("Inner race")

    assert visit.complaints == []
    assert visit.site.log.errors == [], "\n".join(visit.site.log.errors)


def train(one: Reader, name: str, groups: tuple[str, ...]) -> str:
    """Train on the dataset and open the result; answers with its address."""
    page, visit = one.page, one.visit
    visit.open(f"/train?dataset={DATASET.replace(' ', '+')}")
    one.press("Next: data and split")
    one.reads("Learns from")
    one.write("folds", "3")
    for group in groups:
        page.locator(f"main input[data-send=groups][data-value={group}]").check()
    if groups:
        # the healthy machine has no fault size: it cannot be on both sides of such a split
        one.reads("Refused")
        page.locator("main input[data-send=drop]").check()
        visit.until(lambda: "Refused" not in visit.text(), "a split that is possible")
    one.press("Next: options")
    one.reads("Memory of a worker")
    one.press("Next: review")
    one.write("called", name)
    page.locator("main [data-send=train]").click()
    page.wait_for_url("**/experiment?*")
    visit.shown()
    one.follows_job()
    one.reads(f"{name}:1")
    page.locator("main a[href^='/model?']").filter(has_text=f"{name}:1").first.click()
    page.wait_for_url("**/model?*")
    visit.shown()
    return str(page.url)


def option(page: Any, words: str) -> str:
    """The whole text of the option that holds `words`."""
    options = page.locator("main select[data-send=other] option").all_inner_texts()
    return str(next(one for one in options if words in one))


@pytest.mark.slow
def test_every_control_of_an_empty_product_acts(browser: Any, empty_site: Site) -> None:
    opened = Visit(browser, empty_site)
    try:
        used = Used()
        for address in ("/", "/datasets", "/signals", "/explorer", "/models", "/train", "/jobs", "/model"):
            Crawl(opened, lambda address=address: opened.open(address), {}, used, frame=False).all()
        check_links(opened, used, {})
        assert used.failures == []
        assert opened.complaints == []
        assert empty_site.log.errors == []
    finally:
        opened.context.close()
