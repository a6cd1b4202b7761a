"""The token in a page that opens its websocket: which login was the page made for?"""

import binascii
import json
import zlib
from urllib.parse import unquote

from bokeh.util.token import check_token_signature, get_token_payload

_UNREADABLE = (KeyError, TypeError, ValueError, UnicodeError, binascii.Error, zlib.error, json.JSONDecodeError)


def token_session(token: str) -> str | None:
    """The login that a Bokeh token names, or ``None`` if it cannot be read.

    The signature is checked by Bokeh itself, right behind the guard; this only binds a valid token to its user.
    """
    return _header(token, "x-auth-session")


def token_process(token: str, key: bytes) -> str:
    """The web process that made the page of a Bokeh token; ``""`` if the token is not ours."""
    try:
        if not check_token_signature(token, key, signed=True):
            return ""
    except _UNREADABLE:
        return ""
    return _header(token, "x-auth-process") or ""


def _header(token: str, name: str) -> str | None:
    try:
        headers = get_token_payload(token)["headers"]
    except _UNREADABLE:
        return None
    found = next((value for key, value in headers.items() if key.lower() == name), None)
    return None if found is None else unquote(found)
