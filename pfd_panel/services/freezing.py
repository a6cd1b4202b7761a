"""Views as single HTML files that open with the network off."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore
from uuid import uuid4

from pfd_panel.errors import RequestError, ServiceError
from pfd_panel.services.context import Context
from pfd_panel.services.file_names import plain_stem
from pfd_panel.services.views import FROZEN, checked, titled

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Files that one process makes at the same time; each takes a process and some seconds."""

LONGEST_S = 180.0
KEPT_S = 3600.0
"""How long a file lies in the data directory for whoever fetches it."""

_REFUSED = 3
_making = BoundedSemaphore(AT_ONCE)


def freeze(context: Context, title: str, page: str, query: str = "", *, part: str = "") -> Path:
    """Make a file of a view: its figures with their data, its words, where they come from. Takes some seconds.

    Parameters
    ----------
    page, query, part
        The view; see `pfd_panel.services.views.checked`.

    Returns
    -------
    Path
        The file, in the data directory, for an hour.

    Raises
    ------
    RequestError
        No title, a page that cannot be frozen, or what the page itself refuses.
    """
    context.require("read")
    view, title = checked(page, query, part), titled(title, "a file")
    if view.page not in FROZEN or context.user.reads_as:
        raise RequestError(
            f"{view.page} cannot be frozen into a file",
            hint=f"It is a form, or about whoever is logged in. These can: {', '.join(sorted(FROZEN))}.",
        )
    folder = context.catalog.home / "exports" / "frozen"
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    target = folder / uuid4().hex / f"{plain_stem(title, 'view')}.html"
    target.parent.mkdir()
    user = context.user
    asked = {
        "user": user.name,
        "role": user.role,
        "scopes": None if user.scopes is None else sorted(user.scopes),
        "title": title,
        "page": view.page,
        "query": view.query,
        "part": view.part,
    }
    with _making:
        _run(context, asked, target)
    return target


def _run(context: Context, asked: Mapping[str, object], target: Path) -> None:
    # a process that serves pages draws figures for its own browsers only
    command = [sys.executable, "-m", "pfd_panel.frozen", "--out", str(target)]
    environment = os.environ | context.cluster.environment()
    given = json.dumps(dict(asked)).encode()
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, nothing of what is asked on the command line
            command, input=given, env=environment, capture_output=True, timeout=LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise ServiceError(
            f"the view was not put together within {LONGEST_S:g} s", hint="Choose fewer signals, or one card."
        ) from late
    if ended.returncode == _REFUSED:
        told = json.loads(ended.stdout)
        raise RequestError(told["message"], hint=told["hint"])
    if ended.returncode:
        log.error("a view could not be frozen (%d): %s", ended.returncode, ended.stderr.decode("utf-8", "replace"))
        raise ServiceError("the view could not be frozen", hint="The log of the server has the details.")


def _forget_old(folder: Path) -> None:
    horizon = time.time() - KEPT_S
    for one in folder.iterdir():
        with suppress(OSError):  # another process forgets them too
            if one.stat().st_mtime < horizon:
                for file in one.iterdir():
                    file.unlink()
                one.rmdir()
