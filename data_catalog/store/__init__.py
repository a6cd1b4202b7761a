"""Samples, features and files on disk; knows no SQL."""

from data_catalog.store.artifacts import ArtifactStore
from data_catalog.store.features import FeatureStore
from data_catalog.store.records import ArtifactManifest, PartManifest, RowInput, SegmentManifest, StoredSignal
from data_catalog.store.signals import SignalStore

__all__ = [
    "ArtifactManifest",
    "ArtifactStore",
    "FeatureStore",
    "PartManifest",
    "RowInput",
    "SegmentManifest",
    "SignalStore",
    "StoredSignal",
]
