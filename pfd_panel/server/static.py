"""Static files, compressed once and cached by browsers for good."""

import gzip
import re
import sys
from collections import OrderedDict
from dataclasses import dataclass

from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.server.embed_token import embed_address

_COMPONENTS = "/components/"
_STYLE = f"/{STYLE_ADDRESS}"
PREFIXES = ("/static/", _COMPONENTS)
FOR_GOOD = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"

_COMPRESSIBLE = re.compile(rb"^(text/|application/(javascript|json|xml|wasm)|image/svg)")
# fonts and bundles carry a content hash in their own name
_HASH = re.compile(rb"[0-9a-f]{16,}")
_HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$|[-.][0-9a-f]{16,}\.\w+$")


@dataclass(frozen=True)
class StaticFile:
    """One stored answer."""

    headers: tuple[tuple[bytes, bytes], ...]
    plain: bytes
    packed: bytes | None


def is_static(path: str) -> bool:
    """Whether the path is a file that never depends on who asks, also below a shared link."""
    shared = embed_address(path)
    return (shared.rest if shared else path).startswith(PREFIXES) or path.endswith(_STYLE)


def is_code_unknown(path: str) -> bool:
    """Whether a path names files of a module that no page has loaded: Panel would import it, and so run it."""
    name, found, rest = path.partition(_COMPONENTS)
    return not name and bool(found) and rest.partition("/")[0] not in sys.modules


def freshness(path: str, query: bytes) -> bytes:
    """The Cache-Control of a static path: for good when its address changes with its content."""
    versioned = b"v=" in query or _HASH.fullmatch(query) is not None or _HASHED.search(path) is not None
    versioned = versioned or path.endswith(_STYLE)
    return FOR_GOOD if versioned else ASK_AGAIN


class StaticCache:
    """Holds static files in memory, compressed, the least recently used leaving first.

    Parameters
    ----------
    limit : int
        Bytes kept; a file larger than a quarter of it is never kept.
    """

    def __init__(self, limit: int = 48 * 2**20) -> None:
        self.limit = limit
        self._held: OrderedDict[tuple[str, bytes], StaticFile] = OrderedDict()
        self._bytes = 0

    def get(self, path: str, query: bytes) -> StaticFile | None:
        """The stored file, if it is held; what else its query says changes nothing of it."""
        key = path, freshness(path, query)
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, path: str, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> StaticFile:
        """Compress a file, store it and return it."""
        kept = [
            (k, v) for k, v in headers if k.lower() not in (b"content-length", b"cache-control", b"content-encoding")
        ]
        kind = next((v for k, v in headers if k.lower() == b"content-type"), b"")
        packed = None
        if _COMPRESSIBLE.match(kind) and len(body) > 512:
            packed = gzip.compress(body, compresslevel=9, mtime=0)
        kept += [(b"cache-control", freshness(path, query)), (b"vary", b"accept-encoding")]
        file = StaticFile(tuple(kept), body, packed if packed is not None and len(packed) < len(body) else None)
        size = len(body) + len(packed or b"")
        key = path, freshness(path, query)
        if size <= self.limit // 4 and key not in self._held:
            self._held[key] = file
            self._bytes += size
            while self._bytes > self.limit:
                _, dropped = self._held.popitem(last=False)
                self._bytes -= len(dropped.plain) + len(dropped.packed or b"")
        return file
