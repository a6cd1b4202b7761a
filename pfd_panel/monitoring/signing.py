"""The signature of a webhook: HMAC-SHA256 over the moment and the body, so that neither can be changed or replayed.

The receiver computes the same over ``<timestamp>.<body>`` with the secret it was given, compares, and refuses what is
older than a few minutes.
"""

import hashlib
import hmac
import secrets
import time

TIMESTAMP, SIGNATURE, DELIVERY = "X-PFD-Timestamp", "X-PFD-Signature", "X-PFD-Delivery"
TOLERANCE_S = 300.0


def new_secret() -> str:
    """A secret of 256 random bits."""
    return "whsec_" + secrets.token_urlsafe(32)


def sign(secret: str, body: bytes, timestamp: int) -> str:
    """The value of the signature header."""
    mac = hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


def verify(
    secret: str,
    body: bytes,
    timestamp: str,
    signature: str,
    *,
    now: float | None = None,
    tolerance_s: float = TOLERANCE_S,
) -> bool:
    """What a receiver checks: the signature fits, and the moment is not long ago."""
    if not timestamp.isdecimal() or abs((time.time() if now is None else now) - int(timestamp)) > tolerance_s:
        return False
    return hmac.compare_digest(sign(secret, body, int(timestamp)).encode(), signature.encode())
