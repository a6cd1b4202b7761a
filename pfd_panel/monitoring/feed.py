"""News of the inbox for every open page of a process: one thread asks the database, however many pages there are."""

import logging
import threading
from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary, ref

from data_catalog import Catalog
from data_catalog.alerts import inbox
from data_catalog.errors import CatalogError
from data_catalog.schema import AlertEvent

log = logging.getLogger(__name__)

PERIOD_S = 1.0
Listener = Callable[[Sequence[AlertEvent]], object]


class Feed:
    """Asks once a second whether there are new messages, while anybody listens."""

    def __init__(self, catalog: Catalog) -> None:
        # not the catalog itself: the table of feeds must not keep it alive
        self._catalog = ref(catalog)
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._seen = 0
        self._thread: threading.Thread | None = None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with new messages, on the thread of this feed, until what is returned is called."""
        with self._lock:
            self._listeners.append(listener)
            if self._thread is None:
                self._seen = self._newest()
                self._wake.clear()
                self._thread = threading.Thread(target=self._run, name="inbox feed", daemon=True)
                self._thread.start()
        return lambda: self._leave(listener)

    def nudge(self) -> None:
        """Call everyone now, with what is new or with nothing: somebody has read messages."""
        self._wake.set()

    def _leave(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
        self._wake.set()

    def _run(self) -> None:
        while True:
            nudged = self._wake.wait(PERIOD_S)
            self._wake.clear()
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    return
                listeners = tuple(self._listeners)
            news = self._look()
            if news or nudged:
                for listener in listeners:
                    _tell(listener, news)

    def _newest(self) -> int:
        catalog = self._catalog()
        if catalog is None:
            return 0
        with catalog.read() as session:
            return inbox.newest(session)

    def _look(self) -> list[AlertEvent]:
        catalog = self._catalog()
        if catalog is None:
            return []
        try:
            with catalog.read() as session:
                news = inbox.after(session, self._seen)
        except CatalogError as error:
            log.warning("the inbox could not be asked: %s", error)
            return []
        self._seen = news[-1].id if news else self._seen
        return news


def _tell(listener: Listener, news: Sequence[AlertEvent]) -> None:
    try:
        listener(news)
    except Exception:
        log.exception("a page could not be told of a message")


_FEEDS: "WeakKeyDictionary[Catalog, Feed]" = WeakKeyDictionary()
_MAKING = threading.Lock()


def feed_of(catalog: Catalog) -> Feed:
    """The one feed of a catalog in this process."""
    with _MAKING:
        found = _FEEDS.get(catalog)
        if found is None:
            found = _FEEDS[catalog] = Feed(catalog)
        return found
