"""Files in and out over plain HTTP: uploads stream to disk, downloads are made when they are asked for."""

import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from pfd_panel.errors import RequestError
from pfd_panel.server.settings import ServerSettings
from pfd_panel.services import file_names, reach


@dataclass(frozen=True)
class Download:
    """What a download delivers: a name, a media type and the bytes (or a file on disk)."""

    name: str
    content: bytes | Path
    media_type: str = "application/octet-stream"


class UploadError(Exception):
    """An upload that is not accepted; `status` is its HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def safe_name(offered: str) -> str:
    """A file name that is safe to write; `UploadError` when nothing usable is left."""
    try:
        return file_names.safe_name(offered)
    except RequestError as unusable:
        raise UploadError(str(unusable)) from unusable


class Exchange:
    """Offers downloads to one login at a time and takes its uploads."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self._offers: dict[str, tuple[str, Callable[[], Download]]] = {}
        self._lock = Lock()

    def offer(self, produce: Callable[[], Download], session: str) -> str:
        """The address under which `session` can fetch what `produce` makes, until it is withdrawn."""
        token = f"{self.settings.process}.{secrets.token_urlsafe(16)}"
        with self._lock:
            self._offers[token] = (session, produce)
        return f"/download/{token}"

    def withdraw(self, address: str) -> None:
        """Forget an offer."""
        with self._lock:
            self._offers.pop(address.rsplit("/", 1)[-1], None)

    def take(self, token: str, session: str) -> Callable[[], Download] | None:
        """The producer behind an offer of this login."""
        owner, produce = self._offers.get(token, ("", None))
        return produce if produce is not None and owner == session else None

    async def store(self, offered_name: str, expected: int | None, chunks: AsyncIterator[bytes], owner: str) -> Path:
        """Stream an upload of `owner` to ``home/uploads/<whose>.<random>/<safe name>``.

        The file appears under its name only when it is complete; a failed upload leaves nothing.

        Raises
        ------
        UploadError
            Unusable name, larger than the limit, no room on the disk, or cut short.
        """
        name = safe_name(offered_name)
        limit = self.settings.upload_limit
        if expected is not None and expected > limit:
            raise UploadError(f"{name} has {expected:,} bytes; at most {limit:,} are accepted", 413)
        self.settings.uploads.mkdir(parents=True, exist_ok=True)
        if expected is not None and shutil.disk_usage(self.settings.uploads).free < expected:
            raise UploadError(f"{name} has {expected:,} bytes, more than the disk has room for", 507)
        folder = reach.upload_folder(self.settings.uploads, owner)
        part = folder / ".part"
        try:
            size = await _drain(part, chunks, limit)
            if expected is not None and size != expected:
                raise UploadError(f"{name} arrived with {size:,} of {expected:,} bytes")
            return part.rename(folder / name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


async def _drain(part: Path, chunks: AsyncIterator[bytes], limit: int) -> int:
    size = 0
    with part.open("wb") as stream:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise UploadError(f"the upload is larger than the accepted {limit:,} bytes", 413)
            stream.write(chunk)
    return size
