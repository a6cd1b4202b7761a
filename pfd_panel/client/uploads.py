"""Files of this machine, sent to a server in parts that go on after an interruption."""

import base64
import hashlib
import tempfile
import time
import zipfile
from pathlib import Path

from pfd_panel.api.formats import PART as MEDIA_TYPE
from pfd_panel.api.operation import PREFIX
from pfd_panel.client.api import Api
from pfd_panel.client.transport import PAUSE_S, TRIES, UnreachableError
from pfd_panel.errors import RequestError

PART = 8 * 2**20
"""Bytes of one part: what is sent again after an interruption at most."""

Sent = dict[tuple[str, int, int], str]


class Uploads:
    """Sends what lies at a path; what was sent already and has not changed since is not sent again."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._sent: Sent = {}

    def send(self, path: Path | str) -> str:
        """The id of the complete upload of a file, or of a folder packed into one zip.

        Raises
        ------
        RequestError
            Nothing lies at `path`.
        """
        found = Path(path).expanduser().absolute()
        if not found.exists():
            raise RequestError(f"{path} does not exist", hint="Check the path; it is read on this machine.")
        if found.is_file():
            return self._known(found, found.name)
        with tempfile.TemporaryDirectory(prefix="pfd-upload-") as folder:
            packed = Path(folder) / f"{found.name or 'recordings'}.zip"
            pack(found, packed)
            return self._send(packed, packed.name)

    def _known(self, file: Path, name: str) -> str:
        about = file.stat()
        key = (str(file), about.st_size, about.st_mtime_ns)
        if key not in self._sent:
            self._sent[key] = self._send(file, name)
        return self._sent[key]

    def _send(self, file: Path, name: str) -> str:
        size = file.stat().st_size
        upload = self.api.create_upload(name=name, bytes=size)
        received, failures = 0, 0
        with file.open("rb") as stream:
            while received < size:
                stream.seek(received)
                part = stream.read(PART)
                if not part:
                    raise RequestError(f"{file} became shorter while it was sent", hint="Send it again.")
                try:
                    received = self._append(upload.id, received, part)
                    failures = 0
                except UnreachableError:
                    failures += 1
                    if failures == TRIES:
                        raise
                    time.sleep(PAUSE_S * 2**failures)
                    received = self.api.get_upload(upload=upload.id).received
        return str(upload.id)

    def _append(self, upload_id: str, offset: int, part: bytes) -> int:
        digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
        headers = {
            "content-type": MEDIA_TYPE,
            "upload-offset": str(offset),
            "content-digest": f"sha-256=:{digest}:",
        }
        answer = self.api.transport.send("PATCH", f"{PREFIX}/uploads/{upload_id}", content=part, headers=headers)
        return int(answer.headers["upload-offset"])


def pack(folder: Path, target: Path) -> None:
    """A folder as a zip, with the names of its files below it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(folder).as_posix())
