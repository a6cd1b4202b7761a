"""What a training left behind: its epochs, and every file and row it wrote."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import select

from data_catalog import artifacts
from data_catalog.schema import FeaturePart, FeatureRow
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pfd_panel.services.judged import WrittenFile

KEPT = "kept"
"""Part of a history that belongs to the model that is kept; the others are folds by their names."""


def epochs(context: Context, reference: str) -> pd.DataFrame:
    """What happened in each epoch of a network's training, one row an epoch of each fold and of the kept model.

    Columns are ``part`` and those of `pipelines.training.history.COLUMNS`; recall has one column a class. Empty for a
    model without epochs.
    """
    told = training.get(context, reference).metrics
    return pd.DataFrame(
        [
            {"part": part} | _flat(row, told["classes"])
            for part, rows in (told.get("history") or {}).items()
            for row in rows
        ]
    )


def _flat(row: Mapping[str, Any], classes: Sequence[str]) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name != "recall"}
    recall = row.get("recall") or [None] * len(classes)
    return plain | {f"recall {name}": value for name, value in zip(classes, recall, strict=True)}


def written_files(context: Context, reference: str) -> list[WrittenFile]:
    """The files behind a model version: the model itself, and the parts of the feature set it learned from."""
    model = training.get(context, reference)
    with context.read() as session:
        stored = artifacts.get(session, model.artifact_id)
        wanted = select(FeatureRow.part_id).where(FeatureRow.feature_set_id == model.feature_set_id).distinct()
        parts = session.scalars(
            select(FeaturePart).where(FeaturePart.id.in_(wanted)).order_by(FeaturePart.created_at, FeaturePart.id)
        ).all()
    found = [
        WrittenFile(
            what="Model",
            kind=stored.kind,
            id=stored.id,
            bytes=stored.bytes,
            checksum=stored.id,
            method="SHA-256 of the file",
            created_at=stored.created_at,
            detail=f"{model.name}:{model.number}, fitted on every recording of the split",
        )
    ]
    return found + [
        WrittenFile(
            what="Features",
            kind="feature part",
            id=part.id,
            bytes=part.bytes,
            checksum=part.checksum,
            method="BLAKE2b-128 over names and contents",
            created_at=part.created_at,
            detail=f"{part.rows:,} rows of whole records and windows",
        )
        for part in parts
    ]
