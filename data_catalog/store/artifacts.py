"""Files named by the hash of what is in them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from data_catalog.errors import NotFoundError, StoreError
from data_catalog.store.durable import hidden_name, store_errors, sync_folder, sync_open_file
from data_catalog.store.records import ArtifactManifest

_BLOCK = 1 << 20


class ArtifactStore:
    """A folder of immutable files: an artifact is there whole or not at all, and equal content is stored once.

    Parameters
    ----------
    root
        The artifact folder; made if it does not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def put(self, content: bytes | Path) -> ArtifactManifest:
        """Store bytes, or a copy of a file.

        Raises
        ------
        StoreError
            The disk is full or cannot be written.
        """
        with store_errors("the artifact"):
            self.root.mkdir(parents=True, exist_ok=True)
            hidden = self.root / hidden_name()
            sha, size = hashlib.sha256(), 0
            try:
                with hidden.open("wb") as file:
                    for block in _blocks(content):
                        file.write(block)
                        sha.update(block)
                        size += len(block)
                    sync_open_file(file)
                relative = f"{sha.hexdigest()[:2]}/{sha.hexdigest()}"
                target = self.root / relative
                target.parent.mkdir(exist_ok=True)
                hidden.replace(target)
            finally:
                hidden.unlink(missing_ok=True)
            sync_folder(target.parent)
            sync_folder(self.root)
        return ArtifactManifest(id=sha.hexdigest(), path=relative, bytes=size)

    def path(self, artifact_id: str) -> Path:
        """Where an artifact lies, after its content was checked.

        Raises
        ------
        NotFoundError
            The file is gone.
        StoreError
            The content is not what was stored.
        """
        target = self.root / artifact_id[:2] / artifact_id
        if not target.is_file():
            raise NotFoundError(f"artifact {artifact_id} is not in the store", hint="run the doctor")
        with target.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != artifact_id:
            raise StoreError(
                f"artifact {artifact_id} is damaged: its content has the hash {found}", hint="run the doctor"
            )
        return target

    def read(self, artifact_id: str) -> bytes:
        """The content of an artifact; raises as `path` does."""
        return self.path(artifact_id).read_bytes()


def _blocks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
