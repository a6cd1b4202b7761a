"""The one way a page is made: frame, theme, address, errors in words, and letting everything go afterwards."""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.document import Document
from jinja2 import ChoiceLoader, DictLoader, Template
from markupsafe import Markup
from panel.io.notifications import NotificationAreaBase
from panel.io.resources import _env
from panel.viewable import Viewable, Viewer

from pfd_panel.accounts.visitors import PREFIX
from pfd_panel.components.card import surface
from pfd_panel.components.connection import Connection
from pfd_panel.components.frame import Header, NavItem, SearchHit, navigation
from pfd_panel.components.layout import page_body, stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import button, error, page_head, sentence
from pfd_panel.components.permitted import Withheld
from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.shared_view import STYLE as BARE_STYLE
from pfd_panel.pages.shared_view import SharedView
from pfd_panel.pages.view import PageView
from pfd_panel.server.exchange import Exchange
from pfd_panel.server.session import PageSession, open_session, page_session
from pfd_panel.server.user import LOCAL_USER, User, current_user
from pfd_panel.services.context import RIGHTS, Right, as_role
from pfd_panel.theme.material import PAGE_STYLE, SIDEBAR, THEME_CONFIG
from pfd_panel.theme.tokens import PALETTES

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageDeclaration:
    """One page: one address.

    Attributes
    ----------
    path : str
        Its address, ``/signals``.
    title : str
        Its name in the navigation, breadcrumb and browser tab.
    icon : str
        Material icon of the navigation entry.
    view : callable
        ``view(context, query)`` makes the page; `query` is the query string as a mapping.
    nav : bool
        Whether the navigation lists it.
    section : str
        Path of the navigation entry that is marked while this page is shown; its own by default.
    right : str
        What a user must be allowed for navigation and search to offer the page; the services ask for themselves.
    """

    path: str
    title: str
    icon: str
    view: Callable[[Any, Mapping[str, str]], Viewer]
    nav: bool = True
    section: str = ""
    right: Right = "read"


@dataclass(frozen=True)
class Shell:
    """What surrounds the pages.

    Attributes
    ----------
    workspace : str
        Shown first in the breadcrumb.
    search : callable, optional
        ``search(context, text)`` gives the hits of the search box; the pages themselves are always found.
    notices : callable, optional
        ``notices(context)`` makes what stands at the end of the header: the bell.
    share : callable, optional
        ``share(context, path, header)`` makes the control before it that shares the page as the header knows it.
    """

    workspace: str = ""
    search: Callable[[Any, str], Sequence[SearchHit]] | None = None
    notices: Callable[[Any], Viewable] | None = None
    share: Callable[[Any, str, Header], Viewable] | None = None


class Frame(pmui.Page):
    """The page around everything, told by the browser of its theme and its drawer only; see `Told`."""

    _linked_properties: tuple[str, ...] = ("dark_theme", "sidebar_open")


def page_factory(
    declaration: PageDeclaration,
    pages: Sequence[PageDeclaration],
    shell: Shell,
    context_factory: Callable[[User], Any],
    exchange: Exchange | None = None,
) -> Callable[[], pmui.Page]:
    """The function Panel calls once for each tab that opens `declaration`."""

    def make() -> pmui.Page:
        document = pn.state.curdoc
        user = current_user(pn.state.headers)
        session = open_session(document, user, exchange)
        session.bare = user.id.startswith(PREFIX)
        return build_page(
            declaration,
            lambda: context_factory(user),
            pages=pages,
            shell=shell,
            session=session,
            query=_query(pn.state.session_args),
            wishes=_wishes(pn.state.cookies),
        )

    return make


def build_page(
    declaration: PageDeclaration,
    context: Callable[[], Any],
    *,
    pages: Sequence[PageDeclaration] = (),
    shell: Shell | None = None,
    session: PageSession | None = None,
    query: Mapping[str, str] | None = None,
    wishes: Mapping[str, bool] | None = None,
) -> pmui.Page:
    """A page in its frame.

    Parameters
    ----------
    declaration : PageDeclaration
        What to show.
    context : callable
        Makes the services' context; called inside the guarded part, so that its failure is shown in words too.
    pages : sequence of PageDeclaration
        What the navigation lists.
    shell : Shell, optional
        Workspace and search.
    session : PageSession, optional
        Where the page's resources are kept until its tab is closed.
    query : mapping, optional
        The query string.
    wishes : mapping, optional
        ``dark`` and ``narrow`` as far as the browser told.
    """
    shell, query, wishes = shell or Shell(), dict(query or {}), dict(wishes or {})
    session = session or PageSession(User("local", "You"))
    rights = RIGHTS[as_role(session.user.role)]
    offered = [page for page in pages if page.right in rights]
    session.withheld = Withheld(
        rights=RIGHTS["admin"] - rights,
        paths=frozenset(page.path for page in pages if page.right not in rights),
    )
    if query.get("theme") in ("dark", "light"):
        wishes["dark"] = query["theme"] == "dark"
    dark, narrow = wishes.get("dark", False), wishes.get("narrow", False)
    session.dark = dark
    holder: dict[str, Any] = {}

    def services() -> Any:
        if "context" not in holder:
            holder["context"] = context()
        return holder["context"]

    header = Header(
        crumbs=_crumbs(shell, declaration, None),
        dark=dark,
        narrow=narrow,
        person="" if session.user.id == LOCAL_USER.id else session.user.name,
        find=lambda text: _search(shell, offered, services, text),
    )
    body = page_body()
    if session.bare:
        body.css_classes = [*body.css_classes, "p-bare"]

    def fill() -> None:
        body[:] = _contents(declaration, services, query, header, shell, fill)

    fill()
    page = Frame(
        dark_theme=dark,
        busy_indicator=None,
        header=[] if session.bare else [header, Connection(session), *_tools(shell, services, declaration, header)],
        sidebar=[] if session.bare else [navigation(_nav(declaration, offered))],
        sidebar_open=not narrow,
        sidebar_width=SIDEBAR,
        sidebar_resizable=False,
        main=[body],
        meta_title=f"{header.heading or declaration.title} · PFD Panel",
        theme_config=THEME_CONFIG,
        sx=BARE_STYLE if session.bare else PAGE_STYLE,
        template=_template(),
    )

    def switched(event: Any) -> None:
        header.dark = event.new
        session.show_theme(event.new)

    _unbind(page)
    page.param.watch(switched, "dark_theme")
    header.on_browser = lambda now_dark, now_narrow: _follow(page, now_dark, now_narrow)
    session.on_close(lambda: _release(session.document))

    document = session.document
    if document is not None:
        ink = PALETTES["dark" if dark else "light"]
        document.template_variables.update(
            ink=ink,
            dark=dark,
            bare=session.bare,
            # as Panel does, relative to the page: one folder up for each that it lies in
            preload_modules=["../" * (declaration.path.count("/") - 1) + one for one in _modules()],
            style_address=STYLE_ADDRESS,
        )
    return page


def toast(text: str, kind: str = "success", seconds: float = 4.0) -> None:
    """A short message in the corner; ``kind`` is ``success``, ``info``, ``warning`` or ``error``."""
    if pn.state.notifications is not None:
        pn.state.notifications.send(text, int(1000 * seconds), kind)


def report(failure: Exception) -> None:
    """What happens when a callback of a page fails: the log gets the details, the reader a sentence and a number."""
    number = _record("a page's callback", failure)
    toast(f"{_sentence(failure, 'That did not work.')} The log has the details under number {number}.", "error", 10)


def _record(what: str, failure: Exception) -> str:
    """Log a failure with its traceback, as a warning what was refused in words; answers with its number."""
    number = secrets.token_hex(4)
    level = logging.WARNING if isinstance(failure, EXPECTED_ERRORS) else logging.ERROR
    log.log(level, "%s failed (%s)", what, number, exc_info=failure)
    return number


def _contents(
    declaration: PageDeclaration,
    services: Callable[[], Any],
    query: Mapping[str, str],
    header: Header,
    shell: Shell,
    retry: Callable[[], None],
) -> list[Any]:
    try:
        shared = SharedView.of(page_session().user, services())
        if declaration.right != "read":
            services().require(declaration.right)
        view = declaration.view(services(), query)
        if shared is not None:
            header.heading = shared.link.title
            return [shared.contents(view), shared.foot(view.heading if isinstance(view, PageView) else "")]
        shown = view.__panel__() if isinstance(view, Viewer) else view
    except Exception as failure:  # noqa: BLE001 - whatever it is, the reader gets a page and the log the traceback
        number = _record(f"page {declaration.path}", failure)
        hint = sentence(getattr(failure, "hint", ""))
        advice = Markup("{} The details are in the log under number {}.").format(hint, number)
        again = button("Try again", icon_name="refresh", send="retry", kind="primary")
        words = error("Not shown", _sentence(failure), advice, again, button("Home", href="/", icon_name="home"))
        said = surface(Live(words, on={"retry": lambda _: retry()}, margin=0))
        return [stack(static(page_head(declaration.title)), said)]
    if isinstance(view, PageView):
        _follow_view(view, declaration, header, shell)
    return [shown]


def _tools(shell: Shell, services: Callable[[], Any], declaration: PageDeclaration, header: Header) -> list[Viewable]:
    """What stands at the end of the header; a page without one of these is better than none."""
    share, notices = shell.share, shell.notices
    made: list[Callable[[], Viewable]] = []
    if share is not None:
        made.append(lambda: share(services(), declaration.path, header))
    if notices is not None:
        made.append(lambda: notices(services()))
    tools = []
    for make in made:
        try:
            tools.append(make())
        except Exception as failure:  # noqa: BLE001 - as said above
            _record("a control of the header", failure)
    return tools


def _sentence(failure: Exception, otherwise: str = "This page could not be put together.") -> str:
    """Our own errors say what was wrong in words; others only that something did not work."""
    return sentence(str(failure)) if hasattr(failure, "hint") else otherwise


def _follow_view(view: PageView, declaration: PageDeclaration, header: Header, shell: Shell) -> None:
    header.crumbs = _crumbs(shell, declaration, view)
    view.param.watch(lambda _: setattr(header, "crumbs", _crumbs(shell, declaration, view)), "crumbs")
    header.heading = view.heading or declaration.title
    view.param.watch(lambda event: setattr(header, "heading", event.new or declaration.title), "heading")
    if view.in_address:
        header.address = view.address
        view.param.watch(lambda *_: setattr(header, "query", view.address()), list(view.in_address))
    header.remembered, header.on_return = list(view.remembered), view.return_to


def _crumbs(shell: Shell, declaration: PageDeclaration, view: PageView | None) -> list[list[str]]:
    trail = [[shell.workspace, "/"]] if shell.workspace else []
    if view is not None and view.crumbs:
        return [*trail, [declaration.title, declaration.path], *[list(crumb) for crumb in view.crumbs]]
    return trail if declaration.path == "/" else [*trail, [declaration.title, ""]]


def _nav(declaration: PageDeclaration, pages: Sequence[PageDeclaration]) -> list[NavItem]:
    current = declaration.section or declaration.path
    return [NavItem(page.title, page.path, page.icon, page.path == current) for page in pages if page.nav]


def _search(shell: Shell, pages: Sequence[PageDeclaration], services: Callable[[], Any], text: str) -> list[SearchHit]:
    own = [
        SearchHit(page.title, page.path, "page") for page in pages if page.nav and text.lower() in page.title.lower()
    ]
    return [*(shell.search(services(), text) if shell.search else ()), *own]


def _follow(page: pmui.Page, dark: bool | None, narrow: bool | None) -> None:
    if narrow is not None:
        page.sidebar_open = not narrow
    if dark is not None:
        page.dark_theme = bool(dark)


def _unbind(page: pmui.Page) -> None:
    """Undo the page's watch on the busy state of the process.

    It would show the work of others, keep a closed page alive for ever, and walk through all models of every open page
    whenever anyone presses anything.
    """
    for watchers in pn.state.param.watchers.get("busy", {}).values():
        for watcher in tuple(watchers):
            owner = getattr(watcher.fn, "__self__", None) or getattr(
                getattr(watcher.fn, "func", None), "__self__", None
            )
            if getattr(owner, "self", owner) is page:
                pn.state.param.unwatch(watcher)


def _release(document: Document | None) -> None:
    """Take the notification area of a closed page out of Panel's table of views, which would keep it alive for ever."""
    for reference, (view, _, shown_in, _) in tuple(pn.state._views.items()):
        if shown_in is document and isinstance(view, NotificationAreaBase):
            pn.state._views.pop(reference, None)


def _query(arguments: Mapping[str, Sequence[bytes]]) -> dict[str, str]:
    return {
        name: values[-1].decode("utf-8", "replace")
        for name, values in arguments.items()
        if values and not name.startswith("bokeh-")
    }


def _wishes(cookies: Mapping[str, str]) -> dict[str, bool]:
    """Theme and width as the browser keeps them: the reader's own choice first, then the system's."""
    found: dict[str, bool] = {}
    theme = cookies.get("pfd_theme") or cookies.get("pfd_prefers")
    if theme in ("dark", "light"):
        found["dark"] = theme == "dark"
    if "pfd_narrow" in cookies:
        found["narrow"] = cookies["pfd_narrow"] == "1"
    return found


@cache
def _modules() -> tuple[str, ...]:
    """Modules that the page imports only after its websocket answered; the browser may fetch them at once."""
    address = pmui.Page._render_esm(True, server=True)
    return (address.lstrip("./"),) if address and "\n" not in address else ()


@cache
def _template() -> Template:
    own = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    return _env.overlay(loader=ChoiceLoader([DictLoader({"pfd_page.html": own}), _env.loader])).get_template(
        "pfd_page.html"
    )
