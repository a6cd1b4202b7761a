"""The command lines of the web processes: one that listens itself, or several behind a router."""

import sys
from pathlib import Path

from pfd_panel.server.settings import ServerSettings


def commands_of(settings: ServerSettings, sockets: Path) -> dict[str, list[str]]:
    """What to run, by name.

    Parameters
    ----------
    settings : ServerSettings
        Where to listen and how many processes to run. Children read the rest from their environment.
    sockets : Path
        A folder of this user's for the socket files between them; its path must be short.
    """
    where = ["--host", settings.host, "--port", str(settings.port)]
    web = [sys.executable, "-m", "pfd_panel.server.main", *where]
    if settings.web_processes == 1:
        return {"web": web}
    several = ["--processes", str(settings.web_processes), "--sockets", str(sockets)]
    router = [sys.executable, "-m", "pfd_panel.server.router", *where, *several, "--home", str(settings.home)]
    numbers = range(1, settings.web_processes + 1)
    return {"router": router} | {f"web-{number}": [*web, *several, "--process", str(number)] for number in numbers}
