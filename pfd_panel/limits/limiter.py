"""Rates by kind of request: who is counted, how many they may, and how long the others wait."""

import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter

log = logging.getLogger(__name__)

Kind = Literal["login", "register", "write", "read", "static", "upload", "upload_bytes"]

TRY_AGAIN_S = 10.0
"""How long a storage that failed is left alone; each failing question may take a second."""


@dataclass(frozen=True)
class Rate:
    """One limit: at most `amount` of `kind` in `seconds`, counted for each address or for each user.

    A request without a user is counted by its address.
    """

    kind: Kind
    amount: int
    by: Literal["address", "user"]
    seconds: int = 60


class Limiter:
    """Counts requests in sliding windows.

    A limit is never off: while the storage fails, this process counts in its own memory and says so in the log.

    Parameters
    ----------
    rates : iterable of Rate
        The limits, one for each kind.
    storage : Storage, optional
        Where to count, with ``wrap_exceptions``; in memory by default.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(
        self, rates: Iterable[Rate], storage: Storage | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rates = {rate.kind: (rate, _item(rate)) for rate in rates}
        self._memory = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(storage) if storage is not None else None
        self._clock = clock
        self._left_alone_until = -math.inf

    @property
    def blocks(self) -> bool:
        """Whether a question may wait for a database, so that it belongs in a thread."""
        return self._shared is not None

    def wait(self, kind: Kind, address: str, user: str | None = None, cost: int = 1) -> float:
        """Count a request.

        Parameters
        ----------
        kind
            What is asked for.
        address, user
            Who asks.
        cost
            How much is asked for at once, such as bytes.

        Returns
        -------
        float
            0 when it is within the limit; otherwise it was not counted, and this is after how many seconds to ask
            again.
        """
        rate, item = self._rates[kind]
        who = ("user", user) if rate.by == "user" and user else ("address", address)
        if self._shared is not None and self._clock() >= self._left_alone_until:
            try:
                return _ask(self._shared, item, who, cost)
            except StorageError as failure:
                self._left_alone_until = self._clock() + TRY_AGAIN_S
                log.error("the store of rate limits failed, this process now counts by itself: %s", failure)
        return _ask(self._memory, item, who, cost)


def _item(rate: Rate) -> RateLimitItem:
    return RateLimitItemPerSecond(rate.amount, rate.seconds, namespace=rate.kind)


def _ask(counter: SlidingWindowCounterRateLimiter, item: RateLimitItem, who: tuple[str, str], cost: int) -> float:
    if counter.hit(item, *who, cost=cost):
        return 0.0
    # the window tells when the next single one is free, which for a large cost is only a beginning
    return max(1.0, counter.get_window_stats(item, *who).reset_time - time.time())
