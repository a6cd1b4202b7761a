"""Further work that only the holder of the lease does, named in the settings by the packages above this one.

A chore is named ``module:maker``. The maker is called with a `Duty` when a term begins and returns a `Chore`. Every
chore has a thread of its own, so a slow one delays neither jobs nor other chores.
"""

import importlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from data_catalog import Catalog
from data_catalog.errors import CatalogError, FencedError

logger = logging.getLogger(__name__)

END_WITHIN_S = 5.0


@dataclass(frozen=True)
class Duty:
    """What a chore is given for one term.

    Attributes
    ----------
    catalog : Catalog
        Where it reads and writes.
    fence : int
        Number of the term; every write must require it.
    cluster_facts : callable
        What the cluster is doing; None while there is none.
    """

    catalog: Catalog
    fence: int
    cluster_facts: Callable[[], dict[str, Any] | None]


class Chore(Protocol):
    """Something done again and again during a term."""

    period_s: float

    def turn(self) -> None:
        """Do it once; raises `FencedError` when the term is over."""


class Chores:
    """Takes turns with every chore for one term, each on a thread of its own; a context manager.

    A chore that fails is logged and gets its next turn as if nothing had happened.
    """

    def __init__(self, names: Sequence[str], duty: Duty) -> None:
        self._duty = duty
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=f"chore {name}", daemon=True) for name in names
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        until = time.monotonic() + END_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self, name: str) -> None:
        chore = self._make(name)
        while chore is not None and _take_turn(chore) and not self._over.wait(chore.period_s):
            pass

    def _make(self, name: str) -> Chore | None:
        module, _, maker = name.partition(":")
        try:
            chore: Chore = getattr(importlib.import_module(module), maker)(self._duty)
        except Exception as error:
            logger.error("the chore %s could not be made: %s", name, error, exc_info=True)
            return None
        return chore


def _take_turn(chore: Chore) -> bool:
    """Whether the term goes on, as far as the chore noticed."""
    try:
        chore.turn()
    except FencedError:
        return False
    except CatalogError as error:
        logger.warning("%s had to be left out: %s", type(chore).__name__, error)
    except Exception as error:
        logger.error("%s failed: %s", type(chore).__name__, error, exc_info=True)
    return True
