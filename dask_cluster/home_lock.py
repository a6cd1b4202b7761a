"""One supervisor a data directory: a file lock that the kernel drops when its holder dies."""

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dask_cluster.errors import SupervisorRunningError

LOCK_FILE = "supervisor.lock"


class HomeLock:
    """Context manager that holds the data directory, or says who does.

    Parameters
    ----------
    folder : Path
        ``<home>/run``; must lie on a local disk.
    address : str
        Where people reach what this supervisor serves; shown to whoever comes second.
    """

    def __init__(self, folder: Path, address: str = "") -> None:
        self._path = folder / LOCK_FILE
        self._address = address
        self._descriptor = -1

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise self._refusal() from error
        self.note()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def note(self, **more: Any) -> None:
        """Write who we are, and `more` that the health page shows, into the locked file."""
        about = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds"), "address": self._address}
        text = json.dumps(about | more).encode()
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))

    def _refusal(self) -> SupervisorRunningError:
        about = read_lock(self._path.parent)
        who = f"pid {about['pid']}, since {about['since']}" if about else "starting or ending just now"
        address = about.get("address") if about else ""
        return SupervisorRunningError(
            f"another supervisor ({who}) serves the data directory {self._path.parent.parent}",
            hint=(f"use it at {address}, " if address else "use that one, ")
            + "stop it first, or name another data directory with --home",
        )


def read_lock(folder: Path) -> dict[str, Any]:
    """Return what the supervisor of ``<home>/run`` noted about itself; empty when there is none."""
    try:
        content = json.loads((folder / LOCK_FILE).read_text() or "{}")
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
