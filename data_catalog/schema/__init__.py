"""The tables, by area."""

from data_catalog.schema.base import Base, UtcDateTime, new_id, utc_now
from data_catalog.schema.collections import Dataset, DatasetVersion, Member, Recording, Tag
from data_catalog.schema.doors import AnsweredRequest, Upload
from data_catalog.schema.people import (
    ApiKey,
    AuditEntry,
    LoginSession,
    OneTimeToken,
    RecoveryCode,
    Setting,
    SignInFailure,
    User,
)
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
    "AnsweredRequest",
    "ApiKey",
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
    "LoginSession",
    "Member",
    "ModelVersion",
    "OneTimeToken",
    "Prediction",
    "Recording",
    "RecoveryCode",
    "Segment",
    "Setting",
    "SignInFailure",
    "Signal",
    "Split",
    "Tag",
    "Upload",
    "User",
    "UtcDateTime",
    "new_id",
    "utc_now",
]
