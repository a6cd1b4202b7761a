"""The token in a page that opens its websocket: which login was the page made for?"""

import binascii
import json
import zlib
from urllib.parse import unquote

from bokeh.util.token import check_token_signature, get_token_payload

_UNREADABLE = (KeyError, TypeError, ValueError, UnicodeError, binascii.Error, zlib.error, json.JSONDecodeError)


def token_session(token: str, key: bytes) -> str | None:
    """The login that a Bokeh token names, or ``None`` if it is not ours.

    Bokeh checks the signature again, right behind the guard; here it comes first because what a token holds is packed,
    and unpacking what anyone wrote could fill the memory.
    """
    return _header(token, "x-auth-session") if _is_signed(token, key) else None


def token_process(token: str, key: bytes) -> str:
    """The web process that made the page of a Bokeh token; ``""`` if the token is not ours."""
    return (_header(token, "x-auth-process") or "") if _is_signed(token, key) else ""


def _is_signed(token: str, key: bytes) -> bool:
    try:
        return bool(check_token_signature(token, key, signed=True))
    except _UNREADABLE:
        return False


def _header(token: str, name: str) -> str | None:
    try:
        headers = get_token_payload(token)["headers"]
    except _UNREADABLE:
        return None
    found = next((value for key, value in headers.items() if key.lower() == name), None)
    return None if found is None else unquote(found)
