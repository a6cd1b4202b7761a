"""What kind of request is it: which limit counts it, and how large may its body be?"""

from pfd_panel.limits import Kind
from pfd_panel.server.asked import Asked
from pfd_panel.server.embed_token import without_secret
from pfd_panel.server.static import is_static

OPEN_PATHS = frozenset({"/api/health"})
"""Answered without credentials, beside the log-in pages."""

LOGIN_PATH, LOGOUT_PATH, RESET_PATH, REGISTER_PATH = "/login", "/logout", "/reset", "/register"
OIDC_PATH, OIDC_BACK_PATH = "/login/oidc", "/login/oidc/back"
DOOR_PATHS = frozenset({LOGIN_PATH, RESET_PATH, REGISTER_PATH, OIDC_PATH, OIDC_BACK_PATH})
"""Where people get in; the last three are there only if the settings say so."""

UPLOAD_PATHS = ("/upload", "/api/v1/uploads")

NOT_SERVED = ("/autoload.js", "/metadata")
"""Routes of Bokeh by which other sites would embed pages."""


DASK_PATH = "/dask/"
"""Below it lies Dask's own dashboard, first the ticket that opens it."""


def as_logged(path: str) -> str:
    """A path without what opens something to whoever reads it."""
    if not path.startswith(DASK_PATH):
        return without_secret(path)
    return f"{DASK_PATH}…/{path.removeprefix(DASK_PATH).partition('/')[2]}"


def kind_of(asked: Asked) -> Kind:
    """The kind of a request."""
    if asked.path == REGISTER_PATH and not asked.reads:
        return "register"
    if asked.path in DOOR_PATHS and (not asked.reads or asked.query):
        return "login"
    if asked.reads:
        return "static" if is_static(asked.path) else "read"
    return "upload" if is_upload(asked.path) else "write"


def is_upload(path: str) -> bool:
    """Whether files are sent there."""
    return any(path == known or path.startswith(f"{known}/") for known in UPLOAD_PATHS)
