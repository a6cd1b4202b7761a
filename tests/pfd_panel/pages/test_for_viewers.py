"""What someone with the role viewer is offered: everything there is to see, and nothing that would be refused."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from data_catalog.signals import SignalQuery
from pfd_panel.components.html_tree import Node, parsed
from pfd_panel.components.live import Live
from pfd_panel.errors import NotAllowedError
from pfd_panel.pages.factory import PageDeclaration, build_page
from pfd_panel.pages.model import TABS as MODEL_TABS
from pfd_panel.pages.registry import PAGES, SHELL
from pfd_panel.server.session import open_session
from pfd_panel.server.user import User as Visitor
from pfd_panel.services import collections, experiments, training, viewing, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import JOURNAL, MODEL, RIG

VERA = User("vera", "viewer")
BY_PATH = {page.path: page for page in PAGES}
FOR_ALL = [page for page in PAGES if page.right == "read"]
PRESSED = frozenset({"button", "select", "input", "textarea"})


def scenes(context: Context) -> Iterator[tuple[str, dict[str, str]]]:
    """Every page that a viewer may open, with the parts of it that have controls of their own."""
    rig = viewing.page(context, SignalQuery(dataset_id=collections.get(context, RIG).id)).rows[-1]
    model = training.get(context, MODEL).id
    yield from ((page.path, {}) for page in FOR_ALL)
    yield "/signals", {"dataset": RIG}
    yield "/signal", {"dataset": RIG, "id": rig.signal_id}
    yield "/explorer", {"dataset": RIG}
    yield "/explorer", {"dataset": JOURNAL}
    yield "/datasets", {"name": RIG}
    yield "/jobs", {"id": work.page(context)[0][0].id}
    yield from (("/model", {"id": model, "tab": tab}) for tab in MODEL_TABS)
    yield "/experiments/compare", {"ids": model}
    tried = experiments.page(context).rows[0].id
    yield from (("/experiment", {"id": tried, "tab": tab}) for tab in ("monitor", "results", "configuration"))
    yield from (("/inbox", {"tab": tab}) for tab in ("rules", "channels", "sent"))


class Seen:
    """A page as someone with a role sees it, outside a browser."""

    def __init__(self, context: Context, user: User, path: str, query: dict[str, str]) -> None:
        self.document = Document()
        asked = context.acting_as(user)
        with set_curdoc(self.document):
            self.session = open_session(self.document, Visitor(user.name, user.name, user.role), None)
            # without a document what a page does in the background is done at once
            self.session.document = None
            self.page = build_page(
                BY_PATH[path], lambda: asked, pages=PAGES, shell=SHELL, session=self.session, query=query
            )

    def parts(self) -> list[Live]:
        return [one for root in self.page.main for one in pn.panel(root).select(Live)]

    def html(self) -> str:
        shown = [*self.page.main, *self.page.sidebar]
        panes = [one for root in shown for one in pn.panel(root).select(pn.pane.HTML)]
        return "".join([*(sent(one) for one in self.parts()), *(str(one.object) for one in panes)])

    def nodes(self) -> list[Node]:
        return elements(self.html())

    def close(self) -> None:
        self.session.document = self.document
        self.session.close()


def sent(part: Live) -> str:
    """What of a part reaches the browser."""
    return str(part._process_param_change({"html": part.html})["html"])


def elements(html: str) -> list[Node]:
    return [one for top in parsed(html) if isinstance(top, Node) for one in (top, *top.below())]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every right that was asked for and is missing."""
    found: list[str] = []
    require = Context.require

    def noting(self: Context, right: str) -> None:
        try:
            require(self, right)
        except NotAllowedError:
            found.append(right)
            raise

    monkeypatch.setattr(Context, "require", noting)
    return found


def test_nothing_that_is_offered_to_a_viewer_is_refused(filled_copy: Context, refused: list[str], toasts: list) -> None:
    pressed = 0
    for path, query in scenes(filled_copy):
        seen = Seen(filled_copy, VERA, path, query)
        try:
            assert refused == [], (path, query)
            with set_curdoc(seen.document):
                for part in seen.parts():
                    for control in elements(sent(part)):
                        send = control.get("data-send")
                        if not send or control.tag not in PRESSED or control.has("disabled"):
                            continue
                        value = control.get("data-value") or control.get("value")
                        if control.tag == "select":
                            value = [one.get("value") for one in control.below() if one.tag == "option"][-1]
                        given = (value, not control.has("checked")) if control.get("type") == "checkbox" else (value,)
                        part.on[send](*given)
                        pressed += 1
                        assert refused == [], (path, query, send, value)
            leads = {one.get("href").partition("?")[0] for one in seen.nodes() if one.tag == "a"}
            closed = {page.path for page in PAGES if page.right != "read"}
            assert not leads & closed, (path, query)
        finally:
            seen.close()
    assert pressed > 60


@pytest.mark.parametrize("page", [page for page in PAGES if page.right != "read"], ids=lambda page: page.path)
def test_a_page_of_others_is_refused_in_words(filled: Context, page: PageDeclaration) -> None:
    seen = Seen(filled, VERA, page.path, {})
    try:
        html = seen.html()
    finally:
        seen.close()
    assert "Vera has the role viewer" in html
    assert re.search(r"Ask an administrator for the role (operator|admin)", html)


@pytest.mark.parametrize(
    ("path", "query", "for_operators"),
    [
        ("/datasets", {"name": RIG}, {"features", "save", "ask"}),
        ("/explorer", {"dataset": RIG}, {"mark"}),
        ("/jobs", {}, {"job"}),
        ("/", {"dataset": RIG}, {"diagnose"}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_operator_is_offered_more(
    filled_copy: Context, path: str, query: dict[str, str], for_operators: set[str]
) -> None:
    job = work.start(filled_copy, "selftest", {})
    offered = {}
    for user in (VERA, replace(VERA, role="operator")):
        seen = Seen(filled_copy, user, path, query)
        offered[user.role] = {one.get("data-send") for one in seen.nodes() if not one.has("disabled")}
        seen.close()
    assert job.state == "queued"
    assert for_operators <= offered["operator"], urlencode(query)
    assert not for_operators & offered["viewer"]


def test_what_a_viewer_may_not_change_is_still_told(filled: Context) -> None:
    seen = Seen(filled, VERA, "/datasets", {"name": RIG})
    fields = [one for one in seen.nodes() if one.get("data-send") in ("name", "tags", "notes")]
    seen.close()
    assert len(fields) == 3
    assert all(one.has("disabled") for one in fields)
    assert RIG in [one.get("value") for one in fields]
