"""Slow work of a page: done in a thread, shown on the page's own event loop."""

import logging
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

from pfd_panel.pages.factory import report
from pfd_panel.server.session import page_session

log = logging.getLogger(__name__)


def in_background[T](
    work: Callable[[], T], then: Callable[[T], Any], failed: Callable[[Exception], Any] = report
) -> None:
    """Call ``work()`` in a thread, then ``then(result)`` (or ``failed(error)``) in the page that asked.

    Nothing is called once the page is closed. Without a server (tests, notebooks) both are called at once.
    """
    session = page_session()
    document = session.document
    if document is None:
        try:
            made = work()
        except Exception as failure:  # noqa: BLE001 - the page decides how it is shown
            failed(failure)
        else:
            then(made)
        return

    def run() -> None:
        shown: Callable[[], Any]
        try:
            shown = partial(then, work())
        except Exception as failure:  # noqa: BLE001 - the page decides how it is shown
            shown = partial(failed, failure)
        if not session.closed:
            document.add_next_tick_callback(shown)

    Thread(target=run, daemon=True, name="page").start()


def repeat(refresh: Callable[[], bool], milliseconds: int) -> None:
    """Call ``refresh()`` in the page every so often until it returns False or the page is closed."""
    document = page_session().document
    if document is None:
        return

    def again() -> None:
        if not refresh():
            document.remove_periodic_callback(timer)

    timer = document.add_periodic_callback(again, milliseconds)
