"""One-time codes of a second factor: RFC 6238 with the parameters every authenticator app knows."""

import base64
import binascii
import hmac
import secrets
import struct
import time
from urllib.parse import quote, urlencode

STEP_S, DIGITS = 30, 6
SECRET_BYTES = 20
"""Length of a secret (RFC 4226, section 4: at least 16 bytes, 20 recommended)."""

TOLERANCE = 1
"""Time steps that the clock of a phone may be off."""


def new_secret() -> str:
    """A fresh secret, base32 as apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Whether a text is a secret of at least the length that `new_secret` makes."""
    try:
        return len(base64.b32decode(text)) >= SECRET_BYTES
    except (binascii.Error, ValueError):
        return False


def code_at(secret: str, step: int) -> str:
    """The code of a time step (RFC 4226, section 5.3, over HMAC-SHA-1)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_now() -> int:
    """The present time step."""
    return int(time.time()) // STEP_S


def matching_step(secret: str, code: str, *, now: int | None = None) -> int | None:
    """The time step, within the tolerance, whose code this is; every candidate is compared in constant time."""
    typed = code.replace(" ", "").encode("utf-8", "replace")
    present = step_now() if now is None else now
    found = None
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed):
            found = step
    return found


def address(secret: str, name: str, *, issuer: str = "PFD Panel") -> str:
    """The ``otpauth://`` address that an authenticator app takes, as a QR code or typed."""
    label = quote(f"{issuer}:{name}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
