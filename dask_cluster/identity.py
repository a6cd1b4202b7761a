"""Who holds a lease, told exactly enough to see from the same machine whether that process still lives."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil


def own_identity() -> dict[str, Any]:
    """Host, process namespace, process id and start time of this process."""
    process = psutil.Process()
    return {"host": socket.gethostname(), "space": _space(), "pid": process.pid, "started": process.create_time()}


def holder_name(identity: Mapping[str, Any]) -> str:
    """One word that no other process has or will have."""
    return f"{identity['host']}:{identity['space']}:{identity['pid']}:{identity['started']:.2f}"


def surely_dead(identity: Mapping[str, Any]) -> bool:
    """Whether that process ran on this machine, in this process namespace, and is gone; False when in doubt."""
    if identity.get("host") != socket.gethostname() or identity.get("space") != _space():
        return False
    try:
        process = psutil.Process(int(identity["pid"]))
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(process.create_time() - float(identity["started"])) > 1.0
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, KeyError, ValueError):
        return False


def _space() -> str:
    """The process namespace: two containers may share a host name and count processes from 1 both."""
    link = Path("/proc/self/ns/pid")
    try:
        return str(link.readlink()) if link.is_symlink() else os.name
    except OSError:
        return os.name
