"""Slow things off the event loop: work in a thread, then show the result in the page that asked.

Outside a server (tests, notebooks) everything happens at once, in the calling thread.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components.markup import error
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.server.session import page_session

log = logging.getLogger(__name__)


def in_background[T](work: Callable[[], T], show: Callable[[T], object], fail: Callable[[Exception], object]) -> None:
    """Run `work` in a thread, then `show` its result (or `fail` with its error) in this page's event loop.

    Nothing is shown on a page that was closed meanwhile.
    """
    session = page_session()
    document = session.document

    def run() -> None:
        shown = outcome(work, show, fail)
        if document is None:
            shown()
        elif not session.closed:
            document.add_next_tick_callback(shown)

    if document is None:
        run()
    else:
        threading.Thread(target=run, daemon=True, name="page").start()


class Background:
    """Runs what a page asks for one after another; `forget` makes everything asked for until then not show up.

    It begins when the browser has painted the page: before, it would only delay the first picture.
    """

    def __init__(self) -> None:
        self._session = page_session()
        self._turn = 0
        self._pool: ThreadPoolExecutor | None = None
        self._until_painted: list[Callable[[], None]] | None = None
        if self._session.document is not None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="page")
            self._until_painted = []
            pn.state.onload(self._begin)
            self._session.on_close(partial(self._pool.shutdown, wait=False, cancel_futures=True))

    def forget(self) -> None:
        """What is still under way belongs to something that is no longer shown."""
        self._turn += 1

    def do(self, work: Callable[[], Any], show: Callable[[Any], Any], fail: Callable[[Exception], Any]) -> None:
        """Run `work` in the thread of this page, then ``show(result)`` or ``fail(error)`` in its event loop."""
        turn = self._turn

        def wanted() -> bool:
            return turn == self._turn and not self._session.closed

        def run() -> None:
            if not wanted():
                return
            shown = outcome(work, show, fail)
            later = self._session.document
            if later is None:
                shown()
            elif wanted():
                later.add_next_tick_callback(lambda: shown() if wanted() else None)

        if self._pool is None:
            run()
        elif self._until_painted is not None:
            self._until_painted.append(run)
        else:
            self._pool.submit(run)

    def afterwards(self, act: Callable[[], object]) -> None:
        """Call `act` in this page's event loop once what is drawn now was sent to the browser."""
        document = self._session.document
        if document is None:
            act()
        else:
            document.add_next_tick_callback(lambda: None if self._session.closed else act())

    def when_painted(self, act: Callable[[], object]) -> None:
        """Call `act` in this page's event loop once the browser has painted the page."""
        document = self._session.document
        if document is None:
            act()
        else:
            pn.state.onload(lambda: None if self._session.closed else document.add_next_tick_callback(act))

    def _begin(self) -> None:
        held, self._until_painted = self._until_painted or [], None
        if self._pool is not None and not self._session.closed:
            for run in held:
                self._pool.submit(run)


def outcome[T](
    work: Callable[[], T], show: Callable[[T], object], fail: Callable[[Exception], object]
) -> Callable[[], object]:
    """Work; answers with what is left to do in the event loop."""
    try:
        return partial(show, work())
    except EXPECTED_ERRORS as failure:
        return partial(fail, failure)
    except Exception as failure:
        log.exception("background work of a page failed")
        return partial(fail, failure)


def error_words(word: str, failure: Exception, *actions: Markup) -> Markup:
    """The error state of a card: what was wrong and what to do next."""
    told = in_words(failure)
    return error(word, told["message"], told["hint"], *actions)
