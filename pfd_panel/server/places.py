"""Which web process answers a request: the one that made the page, for what belongs to a page; else the idlest."""

import time
from collections import deque
from collections.abc import Callable

from pfd_panel.server.heads import Head
from pfd_panel.server.static import is_static
from pfd_panel.server.tokens import token_process

JUST_GIVEN_S = 10.0
"""A page weighs on its process from when it is asked for, though its websocket opens a little later."""

MISSED_S = 2.0
"""A process that could not be reached gets no new pages for this long: it is being started."""


class Places:
    """The web processes behind the port.

    Parameters
    ----------
    count : int
        How many there are; they are called ``1`` to `count`.
    key : bytes
        What page tokens are signed with.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(self, count: int, key: bytes, clock: Callable[[], float] = time.monotonic) -> None:
        self.names = tuple(str(number) for number in range(1, count + 1))
        self._key = key
        self._clock = clock
        self._sockets = dict.fromkeys(self.names, 0)
        self._given: dict[str, deque[float]] = {name: deque() for name in self.names}
        self._missed: dict[str, float] = {}

    def choose(self, head: Head, current: str = "") -> str:
        """The process for a request, on a connection that last went to `current`."""
        named = self._named(head)
        if named in self.names:
            return named
        if current and (is_static(head.path) or head.path.startswith("/api/") or head.method != b"GET"):
            return current
        chosen = min(self.names, key=lambda name: (self.is_missed(name), self.load(name)))
        if head.method == b"GET" and not (is_static(head.path) or head.is_websocket):
            self._given[chosen].append(self._clock())
        return chosen

    def opened(self, name: str) -> None:
        """A websocket to a process was opened."""
        self._sockets[name] += 1

    def closed(self, name: str) -> None:
        """A websocket to a process was closed."""
        self._sockets[name] -= 1

    def missed(self, name: str) -> None:
        """A process could not be reached."""
        self._missed[name] = self._clock()

    def is_missed(self, name: str) -> bool:
        """Whether a process could not be reached a moment ago."""
        return self._clock() - self._missed.get(name, -MISSED_S) < MISSED_S

    def load(self, name: str) -> int:
        """Pages that are open in a process, or about to be."""
        given = self._given[name]
        while given and given[0] < self._clock() - JUST_GIVEN_S:
            given.popleft()
        return self._sockets[name] + len(given)

    def _named(self, head: Head) -> str:
        """The process that a request itself names, by the token of its page or by the address of a download."""
        if head.path.startswith("/download/"):
            return head.path.removeprefix("/download/").partition(".")[0]
        if head.is_websocket:
            offered = head.field(b"sec-websocket-protocol").decode("latin-1").split(",")
            return token_process(offered[1].strip(), self._key) if len(offered) > 1 else ""
        return ""
