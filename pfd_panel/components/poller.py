"""Look again, a few times a second at most, while a page is open."""

from collections.abc import Callable

from pfd_panel.components.background import in_background
from pfd_panel.server.session import page_session

PERIOD_MS = 600


class Poller[T]:
    """Runs `work` in a thread every 0.6 s and hands what it returns to `show` in the page's event loop.

    A look that takes longer than the period is not overtaken by the next. Ends with the page or with `stop`. Outside a
    server nothing runs by itself; `look` does it once.
    """

    def __init__(self, work: Callable[[], T], show: Callable[[T], object], fail: Callable[[Exception], object]) -> None:
        self._work, self._show, self._fail = work, show, fail
        self._looking = False
        self._session = page_session()
        self._timer = None
        if self._session.document is not None:
            # not Panel's: that counts each look as a busy moment of the whole process
            self._timer = self._session.document.add_periodic_callback(self.look, PERIOD_MS)

    def look(self) -> None:
        """Look now, unless the last look has not come back."""
        if self._looking:
            return
        self._looking = True
        in_background(self._work, self._seen, self._failed)

    def _seen(self, found: T) -> None:
        self._looking = False
        self._show(found)

    def _failed(self, failure: Exception) -> None:
        self._looking = False
        self._fail(failure)

    def stop(self) -> None:
        """Do not look again."""
        if self._timer is not None and self._session.document is not None:
            self._session.document.remove_periodic_callback(self._timer)
        self._timer = None
