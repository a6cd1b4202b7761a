"""The token in a page that opens its websocket: which login was the page made for?"""

import binascii
import json
import zlib
from urllib.parse import unquote

from bokeh.util.token import get_token_payload


def token_session(token: str) -> str | None:
    """The login that a Bokeh token names, or ``None`` if it cannot be read.

    The signature is checked by Bokeh itself, right behind the guard; this only binds a valid token to its user.
    """
    try:
        headers = get_token_payload(token)["headers"]
    except (KeyError, TypeError, ValueError, UnicodeError, binascii.Error, zlib.error, json.JSONDecodeError):
        return None
    found = next((value for key, value in headers.items() if key.lower() == "x-auth-session"), None)
    return None if found is None else unquote(found)
