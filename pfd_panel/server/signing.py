"""The key that cookies, links and page sessions are signed with."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32
LEAST_LENGTH = 32
LEAST_DISTINCT = 10


def signing_key(folder: Path) -> bytes:
    """The key in ``folder/server.key``, made on first use and readable by its owner only."""
    path = folder / "server.key"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"server.key.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
        # a hard link appears whole or not at all, so two processes that start together share one key
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()


def key_of_secret(secret: str) -> bytes:
    """The key that a configured secret stands for."""
    return hashlib.sha256(b"pfd-panel server key\0" + secret.encode()).digest()


def weakness(secret: str) -> str:
    """What is wrong with a configured secret; ``""`` if nothing."""
    if len(secret) < LEAST_LENGTH:
        return f"it has {len(secret)} characters, fewer than {LEAST_LENGTH}"
    if len(set(secret)) < LEAST_DISTINCT:
        return f"it has only {len(set(secret))} different characters, fewer than {LEAST_DISTINCT}"
    return ""


class Signer:
    """Signs texts for one purpose; a signature for another is worth nothing."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._key = hmac.digest(key, purpose.encode(), "sha256")

    def sign(self, text: str) -> str:
        """The signature of a text, 64 hexadecimal digits."""
        return hmac.digest(self._key, text.encode(), "sha256").hex()

    def seal(self, text: str) -> str:
        """The text with its signature."""
        return f"{text}.{self.sign(text)}"

    def unseal(self, sealed: str) -> str | None:
        """The text of `seal`; None if it is not signed by this key."""
        text, _, signature = sealed.rpartition(".")
        return text if self.is_valid(text, signature) else None

    def is_valid(self, text: str, signature: str) -> bool:
        """Whether a signature belongs to a text."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode("utf-8", "replace"))
