"""The tables, by area."""

from data_catalog.schema.base import Base, UtcDateTime, new_id, utc_now
from data_catalog.schema.collections import Dataset, DatasetVersion, Member, Recording, Tag
from data_catalog.schema.people import AuditEntry, Setting, User
from data_catalog.schema.results import (
    Artifact,
    Derived,
    FeaturePart,
    FeatureRow,
    FeatureSet,
    ModelVersion,
    Prediction,
    Split,
)
from data_catalog.schema.signals import Segment, Signal
from data_catalog.schema.work import Job, JobEvent, JobStep, Lease

__all__ = [
    "Artifact",
    "AuditEntry",
    "Base",
    "Dataset",
    "DatasetVersion",
    "Derived",
    "FeaturePart",
    "FeatureRow",
    "FeatureSet",
    "Job",
    "JobEvent",
    "JobStep",
    "Lease",
    "Member",
    "ModelVersion",
    "Prediction",
    "Recording",
    "Segment",
    "Setting",
    "Signal",
    "Split",
    "Tag",
    "User",
    "UtcDateTime",
    "new_id",
    "utc_now",
]
