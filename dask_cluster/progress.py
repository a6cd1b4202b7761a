"""How often progress is written, how fast a job goes and when it will end."""

import statistics
import time
from collections import deque
from collections.abc import Callable

MEMORY = 33
SAMPLE_INTERVAL_S = 0.2


class Throttle:
    """Says yes at most once per `interval_s`."""

    def __init__(self, interval_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._next = float("-inf")

    def ready(self) -> bool:
        """Whether the interval has passed since the last yes."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._interval_s
        return True


class Rate:
    """Units per second from the last samples, and the time that remains.

    The rate is the median of the slopes between all pairs of samples (Theil 1950, Sen 1968): one stalled or one lucky
    step moves it little. It looks back over the last 33 samples, which it spaces further apart as a job grows
    longer (at least 1 % of its age), so a short pause in a long job does not swing the estimate.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._samples: deque[tuple[float, float]] = deque(maxlen=MEMORY)

    def add(self, done_units: float) -> None:
        """Note that `done_units` are done now."""
        now = self._clock()
        spacing = max(SAMPLE_INTERVAL_S, 0.01 * (now - self._started))
        if self._samples and now - self._samples[-1][0] < spacing:
            return
        self._samples.append((now, done_units))

    def per_second(self) -> float | None:
        """Units per second; None before three samples or without progress."""
        if len(self._samples) < 3:
            return None
        points = list(self._samples)
        slopes = [
            (later[1] - earlier[1]) / (later[0] - earlier[0])
            for index, earlier in enumerate(points)
            for later in points[index + 1 :]
        ]
        rate = statistics.median(slopes)
        return rate if rate > 0 else None

    def remaining_s(self, total_units: float) -> float | None:
        """Seconds until `total_units` are done at the present rate; None when that is not known."""
        rate = self.per_second()
        if rate is None:
            return None
        return max(0.0, total_units - self._samples[-1][1]) / rate
