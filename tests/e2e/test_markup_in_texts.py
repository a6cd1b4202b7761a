"""Markup in every text that somebody can store or type is shown as the text it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from data_catalog.accounts import users
from pfd_panel.accounts import passwords
from pfd_panel.api.operations import OPERATIONS
from pfd_panel.pages.registry import PAGES
from pfd_panel.services.context import Context, User
from tests.e2e.hostile import Planter, fields_of, payload, plant
from tests.e2e.scenes import MODEL_TABS
from tests.pfd_panel.server.one_server import Server, fill_in
from tests.pfd_panel.server.rig import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NEVER_KEPT = {
    "names something that is there already": (
        "signal_ids", "uploads", "path", "preset", "model", "metric", "target", "groups", "channels", "recording",
        "channel", "diagnose_file.bearing", "look.fault", "designation", "classes", "domains", "features",
        "_experiments.experiments", "create_report.models", "export_model.formats", "predict_dataset.dataset",
        "predict_signal.bearing", "promote_model.stage",
    ),
    "picks recordings by their names, or is the name of a number": (
        "exclude", "labels.(names)", "labels.*.(names)", "rates.(names)", "speeds.(names)", "units.(names)",
        "params.(names)", "params.*",
    ),
    "only picks signals, and is refused or told as a filter": tuple(
        f"{one}.{name}"
        for one in ("save_selection", "keep_selection", "project_features", "declare_reference")
        for name in (
            "query", "text", "fault", "asset", "bearing", "position", "severity", "unit", "tag", "quality", "agreement",
            "only",
        )
    ),
    "names a file that was sent before": ("peek.paths",),
    "holds samples": ("predict_signal.npy",),
    "a secret, which is shown to nobody": ("confirm_second_factor.code", "confirm_second_factor.secret"),
}  # fmt: skip
"""Texts of requests that end nowhere, by the end of their name."""

UNSEEN = {"no"}

# everything made from a payload, through all shadow roots; and everything that can be read, fields and hints included
LOOK = """() => {
  const made = [], read = []
  const walk = (root) => {
    for (const one of root.querySelectorAll('*')) {
      const script = one.tagName === 'SCRIPT' && /ran\\('/.test(one.textContent) && !one.nonce
      if (script || one.matches('img[src=x], [onerror]')) made.push(one.outerHTML.slice(0, 200))
      for (const name of ['title', 'aria-label', 'placeholder', 'value']) read.push(one.getAttribute(name) ?? '')
      if (one.value) read.push(String(one.value))
      for (const node of one.childNodes) if (node.nodeType === 3) read.push(node.textContent)
      if (one.shadowRoot) walk(one.shadowRoot)
    }
  }
  walk(document)
  return {made, read: read.join('\\n'), ran: document.documentElement.dataset.ran || ''}
}"""
# types into every field of the page at once and leaves it, then presses what the page is for
TYPE = """(words) => {
  const fields = [], buttons = []
  const walk = (root) => {
    for (const one of root.querySelectorAll('*')) {
      if (['textarea', 'text', 'search', 'email', 'url'].includes(one.type)) fields.push(one)
      if (one.matches('button.primary[data-send]')) buttons.push(one)
      if (one.shadowRoot) walk(one.shadowRoot)
    }
  }
  walk(document)
  for (const one of fields) {
    one.value = words
    for (const kind of ['input', 'change']) one.dispatchEvent(new Event(kind, {bubbles: true}))
  }
  buttons[0]?.click()
  return fields.length
}"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Planter, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "home"
    with Catalog.open(home) as catalog:
        with catalog.write() as session:
            users.add(session, "ada", "admin", owner="test", password_hash=passwords.hashed(PASSWORD))
        context = Context(catalog, User("ada", "admin"), ClusterSettings(home=home, workers=1))
        yield home, *plant(context, folder / "source")


@pytest.fixture(scope="module")
def page(browser: Any, planted: tuple[Path, Planter, dict[str, str]]) -> Iterator[Any]:
    """A page of somebody whose browser calls itself by a payload; without the policy, which would stop what acts."""
    server = Server(planted[0])
    server.start()
    opened = browser.new_context(
        viewport={"width": 1300, "height": 1000}, bypass_csp=True, user_agent=payload("browser")
    )
    opened.set_default_timeout(60_000)
    made = opened.new_page()
    made.base = server.base
    made.add_init_script("window.ran = (mark) => { document.documentElement.dataset.ran = mark }")
    made.goto(f"{server.base}/login")
    fill_in(made, payload("login"))
    refused = Seen(made)
    assert refused.look("the log-in page") == {}
    assert refused.marks == {"login"}
    fill_in(made, "ada")
    made.locator("main h1").first.wait_for()
    yield made
    opened.close()
    server.kill()


def test_every_text_of_every_request_is_planted_or_ends_nowhere(planted: tuple[Path, Planter, dict[str, str]]) -> None:
    _, planter, _ = planted
    ends = tuple(end for several in NEVER_KEPT.values() for end in several)
    every = set().union(*(fields_of(one) for one in OPERATIONS.values() if one.method != "GET"))
    forgotten = {one for one in every - planter.covered if not one.endswith(ends)}
    assert forgotten == set()
    assert planter.covered <= every, "what was planted is asked for under another name now"


def addresses(ids: dict[str, str]) -> list[str]:
    """Every page with all that was planted on it."""
    data, hostile = {"dataset": ids["dataset"]}, payload("address")
    source = {"path": ids["folder"], "dataset": hostile}
    return [
        "/", "/datasets", f"/import?{urlencode(source)}",
        "/generate", f"/signals?{urlencode(data)}", f"/signal?{urlencode(data | {'id': ids['signal']})}",
        f"/explorer?{urlencode(data)}", "/annotations",
        *(f"/compare?{urlencode(data | {'ids': ids['signal'], 'view': view})}" for view in ("overlay", "healthy")),
        f"/look?{urlencode({'path': ids['file']})}",
        f"/diagnose?{urlencode({'path': ids['folder'] + '/' + hostile})}", "/models", f"/train?{urlencode(data)}",
        *(f"/model?{urlencode({'id': ids['model'], 'tab': tab})}" for tab in MODEL_TABS),
        "/experiments", f"/experiments/compare?ids={ids['model']}", f"/experiments/new?from={ids['experiment']}",
        *(f"/experiment?id={ids['experiment']}&tab={tab}" for tab in ("monitor", "results", "configuration")),
        "/jobs", *(f"/jobs?id={ids[job]}" for job in ("queued", "trained", "predicted")), "/health?level=debug",
        "/inbox",
        *(f"/inbox?tab={tab}" for tab in ("rules", "channels", "sent")), "/shared", "/account", "/people", "/audit",
        # last, because what is typed there renames it
        f"/datasets?{urlencode({'name': payload('dataset')})}",
    ]  # fmt: skip


SAID = ("id", "dataset", "name", "text", "path", "words", "user", "job", "bearing", "other")
"""What pages take from their addresses as it is."""


class Seen:
    """What was found on the pages that were looked at."""

    def __init__(self, page: Any) -> None:
        self.page, self.marks = page, set[str]()

    def look(self, where: str) -> dict[str, Any]:
        """What was made from a payload, or ran, there."""
        found = self.page.evaluate(LOOK)
        self.marks |= {part.split("'")[0] for part in found["read"].split("ran('")[1:]}
        return {where: found} if found["made"] or found["ran"] else {}

    def open(self, address: str) -> None:
        """Go there and wait for all of it."""
        self.page.goto(self.page.base + address)
        self.page.locator("main h1, main [role=alert]").first.wait_for()
        self.settle()

    def settle(self) -> None:
        """Wait until what comes late is there."""
        for _ in range(100):
            self.page.wait_for_timeout(100)
            if not self.page.locator("main .skeleton").count():
                return


@pytest.mark.slow
def test_no_page_takes_for_markup_what_was_stored_or_is_typed(
    page: Any, planted: tuple[Path, Planter, dict[str, str]]
) -> None:
    _, planter, ids = planted
    seen, typed = Seen(page), 0
    wrong: dict[str, Any] = {}
    for one in PAGES:
        address = f"{one.path}?{urlencode(dict.fromkeys(SAID, payload('address')))}"
        seen.open(address)
        wrong |= seen.look(address)
    page.get_by_label("Search", exact=True).fill("ran(")
    page.locator(".hits a").first.wait_for()
    wrong |= seen.look("the hits of the search")
    for address in addresses(ids):
        seen.open(address)
        wrong |= seen.look(address)
        typed += page.evaluate(TYPE, payload("typed"))
        page.wait_for_timeout(300)
        seen.settle()
        wrong |= seen.look(f"{address}, typed into")
    assert wrong == {}
    assert planter.kept | {"browser", "address", "log", "typed"} <= seen.marks | UNSEEN
    assert typed > 60
