"""The dialog shares what is shown at that moment; the page lists and revokes it; visitors see it and nothing else."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import panel as pn
import pytest
from bokeh.document import Document
from markupsafe import Markup

from data_catalog.accounts import users
from pfd_panel.accounts.visitors import PREFIX
from pfd_panel.components.card import surface
from pfd_panel.components.frame import Header
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import action_link, button
from pfd_panel.components.share import Share
from pfd_panel.pages.factory import build_page
from pfd_panel.pages.registry import PAGES, SHELL
from pfd_panel.pages.shared.control import Sharing, share_control
from pfd_panel.pages.shared.page import SharedPage
from pfd_panel.pages.signal import SIGNAL, SignalView
from pfd_panel.pages.signal.goto import GoTo
from pfd_panel.server.session import open_session
from pfd_panel.server.user import User as ServerUser
from pfd_panel.services import links, views
from pfd_panel.services.context import Context, User
from pfd_panel.services.views import FROZEN, PARTS, SHOWN
from tests.pfd_panel.conftest import RIG

FORMS = {"/import", "/look", "/generate", "/train", "/experiments/new", "/diagnose"}
PERSONAL = {"/account", "/people", "/audit", "/inbox", "/shared"}
VIEW = {"page": "/signal", "query": "dataset=Test+rig", "part": "spectrum", "title": "Drive end"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the dialog was told."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr("pfd_panel.components.share.Share._send_msg", lambda _, message: told.append(message))
    return told


def test_every_page_is_shown_to_others_or_is_a_form_or_about_oneself() -> None:
    assert {page.path for page in PAGES} - SHOWN == FORMS | PERSONAL
    assert {"/diagnose"} == FROZEN - SHOWN
    assert all(page.right == "read" for page in PAGES if page.path in SHOWN)


def test_each_page_offers_what_it_and_its_reader_can(filled: Context) -> None:
    def ways(page: str, role: Any) -> tuple[list[str], bool]:
        made = share_control(filled.acting_as(User("eve", role)), page, Header())
        return made.ways, bool(made.parts)

    assert ways("/signal", "operator") == (["link", "file"], True)
    assert ways("/explorer", "viewer") == (["file"], False)
    assert ways("/account", "admin") == ([], False)


def test_every_part_that_is_offered_is_a_card_of_the_page(filled: Context) -> None:
    view = SignalView(filled, {"dataset": RIG})
    cards = [view.part(name) for name in PARTS["/signal"]]
    assert len({id(card) for card in cards}) == len(cards) > 5
    for title, card in zip(PARTS["/signal"].values(), cards, strict=True):
        assert f"<h2>{title}</h2>" in card[0].html


def test_the_dialog_tells_what_is_shown_at_that_moment(filled: Context, answers: list[dict[str, Any]]) -> None:
    page = build_page(SIGNAL, lambda: filled, pages=PAGES, shell=SHELL, query={})
    header, share = page.header[0], next(one for one in page.header if isinstance(one, Share))
    share._handle_msg({"of": "open", "query": "old=1"})
    first = answers.pop()
    assert first["title"] == header.heading
    state = dict(parse_qsl(first["query"]))
    assert state.keys() == {"dataset", "id"}
    again = build_page(SIGNAL, lambda: filled, query=state)
    assert again.header[0].heading == first["title"]
    Sharing(filled, Header(heading="Jobs")).open({"query": "state=failed"})
    assert answers.pop() == {"of": "open", "title": "Jobs", "query": "state=failed"}


def test_the_dialog_keeps_a_view_and_makes_a_link_under_the_name_of_the_browser(
    filled_copy: Context, answers: list[dict[str, Any]]
) -> None:
    sharing = Sharing(filled_copy, Header())
    sharing.save(VIEW | {"visibility": "team"})
    assert answers.pop() == {"of": "save", "name": "Drive end"}
    (kept,) = views.listing(filled_copy)
    assert (kept.visibility, kept.part, kept.address) == ("team", "spectrum", "/signal?dataset=Test+rig")
    asked = VIEW | {"days": 7, "ancestors": "https://a.example, https://b.example", "origin": "https://plant.example"}
    sharing.link(asked)
    told = answers.pop()
    assert told["address"].startswith("https://plant.example/embed/")
    assert told["address"] in told["iframe"]
    assert f"{told['address']}frame.js" in told["script"]
    (made,) = links.listing(filled_copy)
    assert made.ancestors == ("https://a.example", "https://b.example")
    for wrong in ({"title": ""}, {"ancestors": "*"}, {"page": "/people"}, {"days": 4000}):
        sharing.link(asked | wrong)
        assert answers.pop()["error"]
    assert len(links.listing(filled_copy)) == 1


def test_the_page_lists_what_was_shared_escaped_and_revokes(filled_copy: Context) -> None:
    title = "<img src=x onerror=alert(1)>"
    mine = views.save(filled_copy, title, "/signal", "dataset=Test+rig", part="spectrum")
    made = links.add(filled_copy, title, "/signal", "dataset=Test+rig", ancestors=["https://a.example"]).link
    page = SharedPage(filled_copy)
    assert "<img" not in page.views.html + page.links.html
    for told in ("Spectrum on /signal", "Only the owner", "/signal?dataset=Test+rig"):
        assert told in page.views.html
    for told in ("https://a.example", "never", "Revoke"):
        assert told in page.links.html
    page.turn(mine.id)
    assert "The team" in page.views.html
    page.revoke(made.id)
    assert "Revoked" in page.links.html
    assert not links.listing(filled_copy)[0].valid
    page.forget(mine.id)
    assert "No saved views yet" in page.views.html
    assert views.listing(filled_copy) == []


def test_someone_else_sees_the_views_of_the_team_without_what_changes_them(filled_copy: Context) -> None:
    views.save(filled_copy, "ours", "/explorer", visibility="team")
    views.save(filled_copy, "mine", "/explorer")
    links.add(filled_copy, "secret", "/explorer")
    page = SharedPage(filled_copy.acting_as(User("eve")))
    assert "ours" in page.views.html
    assert "mine" not in page.views.html
    assert "data-send" not in page.views.html
    assert "secret" not in page.links.html


# ---- what a visitor sees


@pytest.fixture
def visiting(filled_copy: Context) -> Iterator[tuple[Any, Context]]:
    """The page that a visitor of a link to one card gets."""
    with filled_copy.catalog.write() as session:
        users.local(session)
    made = links.add(filled_copy, "Drive <b>end</b>", "/signal", "dataset=Test+rig", part="spectrum").link
    name = PREFIX + made.id
    context = filled_copy.acting_as(User(name, "viewer", reads_as="local"))
    document = Document()
    old = pn.state.curdoc
    pn.state.curdoc = document
    session = open_session(document, ServerUser(name, "Visitor", "viewer", name), None)
    session.bare = True
    try:
        yield (
            build_page(SIGNAL, lambda: context, pages=PAGES, shell=SHELL, session=session, query={"dataset": RIG}),
            context,
        )
    finally:
        pn.state.curdoc = old
        session.close()


def test_a_visitor_gets_the_card_and_a_line_below_and_no_header_or_navigation(visiting: tuple[Any, Context]) -> None:
    page, _ = visiting
    assert (page.header, page.sidebar) == ([], [])
    body = page.main[0]
    assert "p-bare" in body.css_classes
    card, foot = body
    assert "<h2>Spectrum</h2>" in card[0].html
    assert "Drive &lt;b&gt;end&lt;/b&gt;" in foot.object
    assert "PFD Panel" in foot.object


def test_on_a_visitors_page_no_control_is_shown_or_answers_and_nothing_leads_away(
    visiting: tuple[Any, Context],
) -> None:
    called: list[str] = []
    words = button("Delete", send="delete") + button("Home", href="/")
    live = Live(f"<p>kept</p>{words}", on={"delete": called.append})
    assert live._process_param_change({"html": live.html})["html"] == "<p>kept</p>"
    live._handle_msg({"send": "delete", "value": "x"})
    assert called == []
    assert static(words).object == ""
    assert "p-gone" in surface(action_link("Import", "files", "upload_file", "/import")).css_classes
    assert surface(words + Markup("<p>kept</p>")).css_classes == ["p-card"]
    goto = GoTo()
    goto.open("/signals")
    assert goto.opened == ""


def test_a_visitor_whose_owner_lost_sight_of_the_data_gets_words_instead(filled_copy: Context) -> None:
    stranger = filled_copy.acting_as(User("share:x", "viewer", reads_as="carl"))
    view = SignalView(stranger, {"dataset": RIG})
    assert view.row is not None
    with filled_copy.catalog.write() as session:
        users.add(session, "carl", "operator", owner="local")
    from pfd_panel.services import collections

    collections.share(filled_copy, RIG, "private")
    page = build_page(SIGNAL, lambda: stranger, query={"dataset": RIG})
    words = [one.html for one in page.main[0].select(Live)]
    assert any("Not shown" in one for one in words)
    assert not any(RIG in one for one in words if "Not shown" not in one)
