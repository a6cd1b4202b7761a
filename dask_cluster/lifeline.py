"""A child that ends with its parent: no process of ours may stay behind when the one that started it is killed."""

import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

PARENT_VARIABLE = "PFD_PARENT_PID"
WATCH_S = 1.0
GRACE_S = 15.0
PR_SET_PDEATHSIG = 1


def follow_parent(parent: int, stop: Callable[[], None]) -> None:
    """Call `stop` when process `parent` is no longer our parent, and end this process 15 s later whatever happens.

    Portable: a thread looks at the parent's id every second.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_S)
        logger.warning("the supervisor (pid %d) is gone; this process ends", parent)
        stop()
        time.sleep(GRACE_S)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def death_signal() -> Callable[[], None] | None:
    """Return what a child calls between fork and exec to be sent SIGTERM by the kernel when its parent dies.

    Only Linux has it (``prctl(2)``); None elsewhere, where `follow_parent` does the same a second later.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

    return arm
