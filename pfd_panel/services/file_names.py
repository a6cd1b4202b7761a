"""Names that strangers give to files, made safe to write on a disk."""

import re

from pfd_panel.errors import RequestError

_UNSAFE = re.compile(r"[^\w .@+=()\[\]-]+")
NAME_LIMIT = 120


def safe_name(offered: str) -> str:
    """A file name without folders, control characters or a leading dot, at most 120 characters (240 bytes) long.

    Raises
    ------
    RequestError
        Nothing usable is left.
    """
    last = offered.replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = _UNSAFE.sub("_", last).strip(" .")
    if not cleaned:
        raise RequestError(
            f"{offered!r} is not a usable file name: expected letters, digits, spaces and . _ - + = @ ( )",
            hint="Rename the file.",
        )
    if len(cleaned) > NAME_LIMIT or len(cleaned.encode()) > 2 * NAME_LIMIT:
        stem, _, suffix = cleaned.rpartition(".")
        kept = f".{suffix}"[:16] if stem else ""
        start = (stem or cleaned).encode()[: NAME_LIMIT - len(kept.encode())].decode(errors="ignore")
        cleaned = start + kept
    return cleaned


def plain_stem(words: str, otherwise: str) -> str:
    """Words as the beginning of a file name that every system takes; `otherwise` when nothing usable is left."""
    return re.sub(r"[^\w.-]+", "_", words, flags=re.ASCII).strip("._")[:60] or otherwise
