import logging

import panel as pn
import param
import pytest

from data_catalog.signals import SignalQuery
from pfd_panel.components.live import Live
from pfd_panel.pages.factory import PageDeclaration, Shell, build_page, report, toast
from pfd_panel.pages.registry import PAGES
from pfd_panel.pages.view import PageView
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import PageSession, page_session
from pfd_panel.server.user import User, current_user, user_headers
from pfd_panel.services import training, viewing, work
from tests.pfd_panel.conftest import RIG


class Explorer(PageView):
    fault = param.Selector(default="all", objects=["all", "inner"])
    page = param.Integer(default=0, bounds=(0, None))
    marked = param.List(default=[])
    deep = param.Boolean(default=False)
    in_address = ("fault", "page", "marked", "deep")

    def __panel__(self):
        return pn.pane.HTML("shown")


def test_an_address_reproduces_the_state_of_a_page():
    first = Explorer(None, {})
    assert first.address() == ""
    first.param.update(fault="inner", page=3, marked=["a", "b"], deep=True)
    from urllib.parse import parse_qsl

    again = Explorer(None, dict(parse_qsl(first.address())))
    assert [getattr(again, name) for name in Explorer.in_address] == ["inner", 3, ["a", "b"], True]


@pytest.mark.parametrize("query", [{"fault": "<x>"}, {"page": "-1"}, {"page": "x"}, {"marked": "{"}, {"unknown": "1"}])
def test_a_bad_address_opens_the_default_state(query):
    assert Explorer(None, query).address() == ""


def test_a_change_of_state_reaches_the_address_bar():
    views = []

    def view(context, query):
        views.append(Explorer(context, query))
        return views[-1]

    page = build_page(PageDeclaration("/explorer", "Explorer", "scatter", view), lambda: None, query={"page": "2"})
    views[0].fault = "inner"
    assert page.header[0].query == "fault=inner&page=2"


class OwnError(Exception):
    hint = "Import something first."


def failed(page):
    """What stands where the contents of a page could not be shown."""
    _, card = page.main[0][0]
    assert isinstance(card[0], Live)
    return card[0]


def test_a_failing_page_says_so_in_words_and_can_be_tried_again(caplog):
    calls = []

    def view(context, query):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("SECRET")
        if len(calls) == 2:
            raise OwnError("there is no dataset")
        return pn.pane.HTML("fine")

    with caplog.at_level(logging.ERROR):
        page = build_page(PageDeclaration("/x", "X", "home", view), lambda: None)
    body = page.main[0]
    assert "<h1>X</h1>" in body[0][0].object
    assert "SECRET" not in failed(page).html
    assert "SECRET" in caplog.text
    failed(page)._handle_msg({"send": "retry", "value": ""})
    assert "There is no dataset." in failed(page).html
    assert "Import something first." in failed(page).html
    failed(page)._handle_msg({"send": "retry", "value": ""})
    assert body[0].object == "fine"


def test_a_failing_context_is_shown_in_words_too():
    def context():
        raise OSError("disk")

    page = build_page(PageDeclaration("/x", "X", "home", Explorer), context)
    assert "Not shown" in failed(page).html


def test_theme_follows_the_address_first():
    declared = PageDeclaration("/x", "X", "home", Explorer)
    assert build_page(declared, lambda: None, wishes={"dark": True}).dark_theme
    assert not build_page(declared, lambda: None, query={"theme": "light"}, wishes={"dark": True}).dark_theme


def crumbs_of(page):
    return [tuple(crumb) for crumb in page.header[0].crumbs]


def test_the_breadcrumb_leads_back_and_follows_the_page():
    views = []

    def view(context, query):
        views.append(Explorer(context, query))
        views[-1].crumbs = [("Test rig", "/explorer?dataset=1"), ("105_0 DE", "")]
        return views[-1]

    declared = PageDeclaration("/signals", "Signals", "show_chart", view)
    page = build_page(declared, lambda: None, shell=Shell("Workshop"))
    back = [("Workshop", "/"), ("Signals", "/signals")]
    assert crumbs_of(page) == [*back, ("Test rig", "/explorer?dataset=1"), ("105_0 DE", "")]
    views[0].crumbs = [("Test rig", "/explorer?dataset=1"), ("106_1 DE", "")]
    assert crumbs_of(page)[-1] == ("106_1 DE", "")
    views[0].crumbs = []
    assert crumbs_of(page) == [("Workshop", "/"), ("Signals", "")]
    first = build_page(PageDeclaration("/", "Home", "home", Explorer), lambda: None, shell=Shell("Workshop"))
    assert crumbs_of(first) == [("Workshop", "/")]


def test_a_page_that_fails_keeps_its_breadcrumb(caplog):
    page = build_page(PageDeclaration("/x", "X", "home", lambda context, query: 1 / 0), lambda: None)
    assert crumbs_of(page) == [("X", "")]


def test_pages_of_one_thing_name_it_in_the_breadcrumb_and_lead_to_where_it_belongs(filled):
    rows = viewing.page(filled, SignalQuery()).rows
    model = training.page(filled)[0][0]
    (job, *_), _ = work.page(filled, kinds=("train_model",))
    asked = {
        "/signal": {"id": rows[0].signal_id, "dataset": rows[0].dataset_id},
        "/model": {"id": model.id},
        "/jobs": {"id": job.id},
        "/datasets": {"name": RIG},
    }
    shown = {
        path: crumbs_of(build_page(page, lambda: filled, pages=PAGES, query=query))
        for path, query in asked.items()
        for page in PAGES
        if page.path == path
    }
    for path, crumbs in shown.items():
        (_, first), *_, (last, nowhere) = crumbs
        assert (first, nowhere) == (path, ""), path
        assert last, path
    assert shown["/signal"][1] == (rows[0].dataset, f"/explorer?dataset={rows[0].dataset_id}")
    assert shown["/jobs"][1][0] == job.title
    assert model.name in shown["/model"][1][0]
    assert shown["/datasets"][1][0] == RIG


def test_the_navigation_marks_the_section_and_lists_only_its_pages():
    pages = (
        PageDeclaration("/signals", "Signals", "show_chart", Explorer),
        PageDeclaration("/signal", "Signal", "show_chart", Explorer, nav=False, section="/signals"),
    )
    html = build_page(pages[1], lambda: None, pages=pages).sidebar[0].object
    assert html.count("<a ") == 1
    assert 'href="/signals" aria-current="page"' in html


def test_the_search_box_finds_pages_and_what_the_shell_finds():
    from pfd_panel.components.frame import SearchHit

    shell = Shell("rig", lambda context, text: [SearchHit(f"{context}:{text}", "/signal?id=1")])
    pages = (PageDeclaration("/signals", "Signals", "show_chart", Explorer),)
    header = build_page(pages[0], lambda: "ctx", pages=pages, shell=shell).header[0]
    header._handle_msg({"find": "sig"})
    assert [hit["href"] for hit in header.hits["found"]] == ["/signal?id=1", "/signals"]


def test_a_message_says_what_happened_and_a_failure_only_where_to_look(toasts, caplog):
    toast("Saved.")
    toast("Nothing matches.", "info")
    assert toasts == [("Saved.", "success"), ("Nothing matches.", "info")]
    report(RuntimeError("SECRET"))
    report(OwnError("there is no dataset"))
    (unexpected, _), (own, kind) = toasts[2:]
    assert kind == "error"
    assert unexpected.startswith("That did not work. ")
    assert own.startswith("There is no dataset. ")
    assert "SECRET" not in unexpected
    assert unexpected.rpartition(" ")[2].rstrip(".") in caplog.text


def test_bursts_of_events_cost_one_update():
    class Waiting:
        def __init__(self):
            self.ticks = []

        def add_next_tick_callback(self, callback):
            self.ticks.append(callback)

    document, seen = Waiting(), []
    session = PageSession(User("a", "A"), document=document)
    notify = session.live(lambda: seen.append(1))
    for _ in range(50):
        notify()
    assert len(document.ticks) == 1
    document.ticks.pop()()
    notify()
    assert len(document.ticks) == 1
    session.closed = True
    document.ticks.pop()()
    assert seen == [1]


def test_closing_releases_everything_even_when_one_release_fails():
    released = []
    session = PageSession(User("a", "A"))
    session.on_close(lambda: released.append(1))
    session.on_close(lambda: 1 / 0)
    session.on_close(lambda: released.append(2))
    session.close()
    assert released == [2, 1]


def test_outside_a_server_a_page_offers_no_download():
    assert page_session().offer(lambda: Download("a", b"")) == ""


def test_the_user_survives_the_headers_in_any_capitalisation():
    user = User("ada", "Ada Łovelace", "viewer", "s1")
    headers = {k.decode().title(): v.decode() for k, v in user_headers(user)}
    assert current_user(headers) == user
    with pytest.raises(PermissionError):
        current_user({"X-Auth-User": "ada"})
