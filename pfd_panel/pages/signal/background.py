"""Work of a page that must not hold up the event loop: done in a thread, shown in the page's own session."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from pfd_panel.server.session import page_session

log = logging.getLogger(__name__)


class Background:
    """Runs what a page asks for one after another; `forget` makes everything asked for until then not show up.

    Outside a server (tests, notebooks) work is done at once.
    """

    def __init__(self) -> None:
        self._session = page_session()
        self._turn = 0
        self._pool: ThreadPoolExecutor | None = None
        if self._session.document is not None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="page")
            self._session.on_close(partial(self._pool.shutdown, wait=False, cancel_futures=True))

    def forget(self) -> None:
        """What is still under way belongs to something that is no longer shown."""
        self._turn += 1

    def do(
        self, compute: Callable[[], Any], show: Callable[[Any], Any], failed: Callable[[BaseException], Any]
    ) -> None:
        """Compute in the thread, then ``show(result)`` or ``failed(error)`` in the session."""
        turn = self._turn

        def work() -> None:
            if turn != self._turn or self._session.closed:
                return
            try:
                found = compute()
            except Exception as failure:
                if not hasattr(failure, "hint"):
                    log.error("a page could not compute what it shows", exc_info=failure)
                self._later(turn, failed, failure)
            else:
                self._later(turn, show, found)

        if self._pool is None:
            work()
        else:
            self._pool.submit(work)

    def _later(self, turn: int, act: Callable[[Any], Any], value: Any) -> None:
        def apply() -> None:
            if turn == self._turn and not self._session.closed:
                act(value)

        if self._session.document is None:
            apply()
        elif not self._session.closed:
            self._session.document.add_next_tick_callback(apply)
