"""The tables, by area."""

from data_catalog.schema.alerts import (
    AlertEvent,
    AlertRule,
    AlertStanding,
    Delivery,
    InboxMark,
    Preference,
    Sample,
    Webhook,
)
from data_catalog.schema.annotations import Annotation
from data_catalog.schema.base import Base, UtcDateTime, new_id, utc_now
from data_catalog.schema.collections import Dataset, DatasetVersion, Member, Recording, Tag
from data_catalog.schema.doors import AnsweredRequest, Upload
from data_catalog.schema.experiments import Experiment, ExperimentSummary, Run, RunMetric, RunSummary
from data_catalog.schema.people import (
    ApiKey,
    AuditEntry,
    ExternalIdentity,
    LoginSession,
    OneTimeToken,
    RecoveryCode,
    Setting,
    SignInFailure,
    User,
)
from data_catalog.schema.references import HealthyReference
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
from data_catalog.schema.sharing import SavedView, ShareLink
from data_catalog.schema.shipping import ModelExport, StageChange
from data_catalog.schema.signals import Segment, Signal
from data_catalog.schema.work import Job, JobEvent, JobStep, Lease

__all__ = [
    "AlertEvent",
    "AlertRule",
    "AlertStanding",
    "Annotation",
    "AnsweredRequest",
    "ApiKey",
    "Artifact",
    "AuditEntry",
    "Base",
    "Dataset",
    "DatasetVersion",
    "Delivery",
    "Derived",
    "Experiment",
    "ExperimentSummary",
    "ExternalIdentity",
    "FeaturePart",
    "FeatureRow",
    "FeatureSet",
    "HealthyReference",
    "InboxMark",
    "Job",
    "JobEvent",
    "JobStep",
    "Lease",
    "LoginSession",
    "Member",
    "ModelExport",
    "ModelVersion",
    "OneTimeToken",
    "Prediction",
    "Preference",
    "Recording",
    "RecoveryCode",
    "Run",
    "RunMetric",
    "RunSummary",
    "Sample",
    "SavedView",
    "Segment",
    "Setting",
    "ShareLink",
    "SignInFailure",
    "Signal",
    "Split",
    "StageChange",
    "Tag",
    "Upload",
    "User",
    "UtcDateTime",
    "Webhook",
    "new_id",
    "utc_now",
]
