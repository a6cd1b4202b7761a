"""Views as single HTML files that open with the network off."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore

from pfd_panel.errors import RequestError, ServiceError
from pfd_panel.services import passing_files
from pfd_panel.services.context import Context
from pfd_panel.services.file_names import plain_stem
from pfd_panel.services.views import FROZEN, checked, titled

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Files that one process makes at the same time; each takes a process and some seconds."""

LONGEST_S = 180.0
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
    target = passing_files.place(context.catalog.home / "exports" / "frozen", f"{plain_stem(title, 'view')}.html")
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
