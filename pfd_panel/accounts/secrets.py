"""Secrets that only their bearer knows: 256 random bits each, stored as their SHA-256."""

import hashlib
import secrets

BYTES = 32
"""Random bytes of a session secret, key or token."""

KEY_PREFIX = "pfd_"
"""Begins every API key, so that scanners for leaked secrets and people recognise one."""

_RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""31 characters that nobody confuses on paper."""

RECOVERY_LENGTH = 16
"""Characters of a recovery code: 79 bits, more than can be tried against a stolen hash."""


def new_secret() -> str:
    """A fresh secret, URL-safe."""
    return secrets.token_urlsafe(BYTES)


def new_key() -> str:
    """A fresh API key."""
    return KEY_PREFIX + new_secret()


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_recovery_code() -> str:
    """A fresh recovery code in groups of four: ``abcd-efgh-jkmn-pqrs``."""
    drawn = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))


def plain_recovery_code(typed: str) -> str:
    """A recovery code as it was issued, however it was typed; empty if it cannot be one."""
    bare = "".join(character for character in typed[:80].lower() if character.isalnum())
    if len(bare) != RECOVERY_LENGTH:
        return ""
    return "-".join(bare[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))
