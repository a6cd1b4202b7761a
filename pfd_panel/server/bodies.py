"""Bodies that are too large or come too slowly: read no further, whatever the client declared."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from pfd_panel.server import words
from pfd_panel.server.asgi import Message, Receive

LEAST_RATE = 1024.0
"""Bytes a second that an upload must bring on average once its first pause is over."""


@dataclass(frozen=True)
class BodyLimits:
    """What a body may be.

    Attributes
    ----------
    size : int
        Bytes.
    pause_s : float
        Longest wait for the next part.
    total_s : float or None
        Longest time for all of it; None holds it to `LEAST_RATE` instead.
    """

    size: int
    pause_s: float
    total_s: float | None = None


class Body:
    """The `receive` of a request with limits on its body.

    When a limit is passed the application is told that the client is gone, and `refusal` is what to answer.

    Parameters
    ----------
    receive : callable
        The server's own.
    limits : BodyLimits
        What is accepted.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(self, receive: Receive, limits: BodyLimits, clock: Callable[[], float] = monotonic) -> None:
        self.refusal: words.Answer | None = None
        self.size = 0
        self._receive = receive
        self._limits = limits
        self._clock = clock
        self._begun = clock()
        self._over = False

    async def __call__(self) -> Message:
        if self.refusal is not None:
            return {"type": "http.disconnect"}
        if self._over:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._patience())
        except TimeoutError:
            return self._refuse(words.TOO_SLOW)
        self._over = message["type"] != "http.request" or not message.get("more_body", False)
        self.size += len(message.get("body", b""))
        if self.size > self._limits.size:
            return self._refuse(words.TOO_LARGE)
        if not self._over and self._too_slow():
            return self._refuse(words.TOO_SLOW)
        return message

    async def whole(self) -> bytes | None:
        """All of the body; None when it was refused or cut short."""
        parts = bytearray()
        while True:
            message = await self()
            if message["type"] != "http.request":
                return None
            parts += message.get("body", b"")
            if not message.get("more_body", False):
                return bytes(parts)

    def _patience(self) -> float:
        if self._limits.total_s is None:
            return self._limits.pause_s
        return max(0.0, min(self._limits.pause_s, self._begun + self._limits.total_s - self._clock()))

    def _too_slow(self) -> bool:
        taken = self._clock() - self._begun
        if self._limits.total_s is not None:
            return taken > self._limits.total_s
        return taken > self._limits.pause_s and self.size < LEAST_RATE * (taken - self._limits.pause_s)

    def _refuse(self, answer: words.Answer) -> Message:
        self.refusal = answer
        return {"type": "http.disconnect"}
