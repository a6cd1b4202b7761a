"""Artifacts are named by their content and checked when read."""

import hashlib
from pathlib import Path

import pytest

from data_catalog.errors import NotFoundError, StoreError
from data_catalog.store import ArtifactStore


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def test_equal_content_is_one_file_named_by_its_sha256(store: ArtifactStore, tmp_path: Path) -> None:
    content = b"forest" * 1000
    (tmp_path / "model").write_bytes(content)
    first, second = store.put(content), store.put(tmp_path / "model")
    assert first == second
    assert first.id == hashlib.sha256(content).hexdigest()
    assert store.read(first.id) == content
    assert [path.name for path in store.root.rglob("*") if path.is_file()] == [first.id]


def test_a_changed_or_lost_file_is_refused(store: ArtifactStore) -> None:
    artifact = store.put(b"forest")
    (store.root / artifact.path).write_bytes(b"Forest")
    with pytest.raises(StoreError, match="damaged"):
        store.read(artifact.id)
    (store.root / artifact.path).unlink()
    with pytest.raises(NotFoundError, match="not in the store"):
        store.read(artifact.id)


def test_a_missing_source_leaves_nothing(store: ArtifactStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        store.put(tmp_path / "nothing")
    assert [path for path in store.root.rglob("*") if path.is_file()] == []
