"""Artifacts the catalog knows: rows beside the files that `ArtifactStore` keeps."""

from sqlalchemy.orm import Session

from data_catalog.batches import insert_new
from data_catalog.errors import NotFoundError
from data_catalog.schema import Artifact
from data_catalog.store.records import ArtifactManifest


def add(session: Session, manifest: ArtifactManifest, kind: str) -> Artifact:
    """Register a written artifact; equal content is one artifact, of the kind it was first given."""
    row = {"id": manifest.id, "kind": kind, "path": manifest.path, "bytes": manifest.bytes}
    insert_new(session, Artifact, [row])
    return get(session, manifest.id)


def get(session: Session, artifact_id: str) -> Artifact:
    """One artifact.

    Raises
    ------
    NotFoundError
        None has that id.
    """
    found = session.get(Artifact, artifact_id)
    if found is None:
        raise NotFoundError(f"no artifact has the id {artifact_id!r}")
    return found
