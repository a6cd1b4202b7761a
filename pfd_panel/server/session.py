"""What one open page holds on the server, and how it is let go."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import panel as pn
from bokeh.document import Document

from pfd_panel.server.exchange import Download, Exchange
from pfd_panel.server.user import LOCAL_USER, User

if TYPE_CHECKING:
    from pfd_panel.components.permitted import Withheld

log = logging.getLogger(__name__)
_OPEN: "dict[Document, PageSession]" = {}


@dataclass(eq=False)
class PageSession:
    """One browser tab on one page: its user, what must be let go with it, and the way back to its event loop."""

    user: User
    exchange: Exchange | None = None
    document: Document | None = None
    _closers: list[Callable[[], Any]] = field(default_factory=list)
    _themed: list[Callable[[bool], Any]] = field(default_factory=list)
    _followed: list[Callable[[], Any]] = field(default_factory=list)
    dark: bool = False
    closed: bool = False
    resting: bool = False
    """Nobody looks, or the reader paused: nothing on this page is looked up again by itself."""
    bare: bool = False
    """Whether the page is shown to others: nothing on it leads elsewhere or acts."""
    withheld: "Withheld | None" = None
    """What the reader may not do, and is therefore not offered."""

    def on_theme(self, paint: Callable[[bool], Any]) -> None:
        """Call ``paint(dark)`` now and whenever the theme of this page is switched."""
        self._themed.append(paint)
        paint(self.dark)

    def show_theme(self, dark: bool) -> None:
        """The theme was switched; plots are painted on the event loop, because this may be called from a thread."""
        self.dark = dark

        def paint_all() -> None:
            for paint in self._themed:
                paint(self.dark)

        self.live(paint_all)()

    def attend(self, *, hidden: bool, paused: bool) -> None:
        """What the browser says of its tab; whatever stood still looks at once when its reader is back."""
        was, self.resting = self.resting, hidden or paused
        if was and not self.resting:
            for look in tuple(self._followed):
                look()

    def on_attention(self, look: Callable[[], Any]) -> None:
        """Call `look`, from any thread, when the reader of a page that rested is back."""
        self._followed.append(look)

    def on_close(self, release: Callable[[], Any]) -> None:
        """Call `release` when the tab is closed (unsubscribe, stop a thread, drop a cache)."""
        self._closers.append(release)

    def close(self) -> None:
        """Let everything go; a failing release does not keep the others from running."""
        self.closed = True
        self._themed.clear()
        self._followed.clear()
        while self._closers:
            try:
                self._closers.pop()()
            except Exception:
                log.exception("a page could not release one of its resources")
        if self.document is not None:
            _OPEN.pop(self.document, None)
            self.document = None

    def offer(self, produce: Callable[[], Download]) -> str:
        """The address of a download that lives as long as this page; ``""`` where none can be fetched."""
        if self.exchange is None or self.bare:
            return ""
        exchange = self.exchange
        address = exchange.offer(produce, self.user.session)
        self.on_close(lambda: exchange.withdraw(address))
        return address

    def live(self, update: Callable[[], Any]) -> Callable[[], None]:
        """A function that any thread may call to have `update` run in this session, soon and once.

        Calls that come in while one is waiting are merged into it, so a burst of progress events costs one update.
        """
        lock = Lock()
        waiting = False

        def run() -> None:
            nonlocal waiting
            with lock:
                waiting = False
            if not self.closed:
                update()

        def notify() -> None:
            nonlocal waiting
            with lock:
                if waiting or self.closed:
                    return
                waiting = True
            document = self.document
            if document is None:
                run()
            else:
                document.add_next_tick_callback(run)

        return notify


def open_session(document: Document, user: User, exchange: Exchange | None) -> PageSession:
    """Start the bookkeeping of a page that is being made."""
    session = PageSession(user, exchange, document)
    _OPEN[document] = session
    document.on_session_destroyed(lambda _: session.close())
    return session


def page_session() -> PageSession:
    """The session of the page being made or updated; outside a server one that offers nothing."""
    document = pn.state.curdoc
    found = _OPEN.get(document) if document is not None else None
    return found or PageSession(LOCAL_USER)


def under_lock(act: Callable[[], Any]) -> None:
    """Call `act` where it may change Bokeh models: soon, holding the lock of the page; outside a server at once.

    Panel hands messages of the browser to its threads without that lock, and Bokeh refuses what is changed there.
    """
    if page_session().document is None:
        act()
    else:
        pn.state.execute(act, schedule=True)


def open_pages() -> int:
    """How many pages are open in this process."""
    return len(_OPEN)
