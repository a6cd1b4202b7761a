"""Whoever asked for an experiment."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Watcher:
    """Whoever asked for an experiment: hears of it, and may stop it.

    `progress` takes the share done and what is being done, `log` a level and a sentence, `measure` a part (``fold 1``
    …, ``kept``), the number of an epoch and what was measured in it, `poll` raises to stop.
    """

    progress: Callable[[float, str], None] = lambda share, what: None
    log: Callable[[str, str], None] = lambda level, text: None
    measure: Callable[[str, int, dict[str, float | None]], None] = lambda part, epoch, numbers: None
    poll: Callable[[], None] = lambda: None
