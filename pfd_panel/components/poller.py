"""Look again, a few times a second at most, while a page is open."""

import threading
import time
from collections.abc import Callable

from pfd_panel.components.background import outcome
from pfd_panel.server.session import page_session

PERIOD_S = 0.6
NEWS_S = 0.02


class Poller[T]:
    """Runs `work` in a thread of its own every `period_s` and hands what it returns to `show` in the page's event loop.

    What equals the last finding is not shown again and leaves the event loop alone; the same failure is told once. A
    look begins when the last finding has been shown. While the page rests (a hidden tab, or its reader paused updates)
    it looks only when asked to, and once as soon as the reader is back. Ends with the page or with `stop`. Outside a
    server nothing runs by itself; `look` does it once.

    `news` answers something that changes when there is more to see and costs next to nothing; with it a look follows a
    change at once instead of after the rest of the period.
    """

    def __init__(
        self,
        work: Callable[[], T],
        show: Callable[[T], object],
        fail: Callable[[Exception], object],
        *,
        period_s: float = PERIOD_S,
        news: Callable[[], object] | None = None,
    ) -> None:
        self._news = news
        self._known: object = None
        self._work, self._show, self._fail, self._period_s = work, show, fail, period_s
        self._last: object = None
        self._telling = self._stopped = False
        self._wake = threading.Event()
        self._session = page_session()
        self._served = self._session.document is not None
        if self._served:
            self._session.on_close(self.stop)
            self._session.on_attention(self.look)
            # not a periodic callback of the document: each takes the page's lock and costs more than most looks
            threading.Thread(target=self._run, daemon=True, name="poller").start()

    def look(self) -> None:
        """Look now."""
        if self._served:
            self._wake.set()
        elif not self._stopped:
            self._look()

    def stop(self) -> None:
        """Do not look again, and show no more."""
        self._stopped = True
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped:
            asked = self._wait()
            self._wake.clear()
            if not (self._stopped or self._telling) and (asked or not self._session.resting):
                self._look()

    def _wait(self) -> bool:
        """Whether someone asked for a look before its time came."""
        if self._session.resting:
            return self._wake.wait()
        until = time.monotonic() + self._period_s
        while self._news is not None and time.monotonic() < until:
            if self._wake.wait(NEWS_S):
                return True
            # what is being shown must have been shown first, or its news would be taken for seen
            if not self._telling and (known := self._news()) != self._known:
                self._known = known
                return False
        return self._wake.wait(max(0.0, until - time.monotonic()))

    def _look(self) -> None:
        outcome(self._work, self._found, self._lost)()

    def _found(self, found: T) -> None:
        if found != self._last:
            self._last = found
            self._tell(lambda: self._show(found))

    def _lost(self, failure: Exception) -> None:
        told = (type(failure), str(failure))
        if told != self._last:
            self._last = told
            self._tell(lambda: self._fail(failure))

    def _tell(self, what: Callable[[], object]) -> None:
        document = self._session.document
        if not self._served:
            what()
        elif document is not None:
            self._telling = True
            document.add_next_tick_callback(lambda: self._told(what))

    def _told(self, what: Callable[[], object]) -> None:
        self._telling = False
        if not self._stopped:
            what()
