"""Model versions and experiments beside those of the filled catalog, made without training."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from data_catalog import experiments, models, run_metrics
from data_catalog.experiments import ExperimentDraft, Finding
from data_catalog.models import ModelDraft, PredictionDraft
from data_catalog.schema import ModelVersion
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pipelines.learn.intervals import exact_binomial
from pipelines.learn.metrics import confusion_counts, score_confusion
from tests.pfd_panel.conftest import MODEL

COPIED = (
    "model", "target", "dataset_id", "dataset_version", "manifest_hash", "feature_set_id", "split_id", "environment",
    "artifact_id",
)  # fmt: skip


def rival(
    context: Context,
    name: str,
    right: Sequence[bool] | None = None,
    *,
    seed: int = 0,
    params: Mapping[str, Any] | None = None,
    history: Mapping[str, Any] | None = None,
    dropped: int = 0,
) -> ModelVersion:
    """Keep the model of the filled catalog again under another name, with other answers.

    Parameters
    ----------
    right : sequence of bool, optional
        Which of its tested recordings come out right; as before without. A wrong one is called the next class.
    params : mapping, optional
        Parameters that differ.
    history : mapping, optional
        Epochs by part.
    dropped : int
        Recordings that it has not tested.
    """
    first = training.get(context, MODEL)
    metrics = copy.deepcopy(dict(first.metrics))
    classes = metrics["classes"]
    rows = metrics["recordings"] = metrics["recordings"][dropped:]
    for row, good in zip(rows, right if right is not None else [row["correct"] for row in rows], strict=True):
        following = classes[(classes.index(row["true"]) + 1) % len(classes)]
        row |= {"predicted": row["true"] if good else following, "correct": bool(good)}
    label, said = (np.array([classes.index(row[what]) for row in rows]) for what in ("true", "predicted"))
    scores = score_confusion("recording", confusion_counts(label, said, len(classes)), 0.3, tuple(classes))
    metrics["recording"] = asdict(scores) | {"right": scores.right, "tested": len(rows)}
    metrics["exact_accuracy"] = asdict(exact_binomial(scores.right, len(rows)))
    metrics["trained_on"]["params"] |= dict(params or {})
    if history is not None:
        metrics["history"] = dict(history)
    said_of = {str(row["recording"]): row for row in rows}
    held = [one for one in training.held_out(context, first.id) if one.recording in said_of]
    draft = ModelDraft(
        **{column: getattr(first, column) for column in COPIED},
        name=name,
        seed=seed,
        config=copy.deepcopy(dict(first.config)),
        metrics=metrics,
        record_accuracy=scores.accuracy,
    )
    with context.write() as session:
        made = models.save(session, draft, owner=context.user.name)
        predictions = [
            PredictionDraft(
                kind="held_out",
                recording=one.recording,
                channel=one.channel,
                signal_id=one.signal_id,
                truth=one.truth,
                label=said_of[one.recording]["predicted"],
                probability=one.probability,
                detail=one.detail,
            )
            for one in held
        ]
        models.add_predictions(session, made.id, predictions)
        return made


def experiment_of(context: Context, name: str, versions: Sequence[ModelVersion], losses: Sequence[float]) -> str:
    """Keep an experiment whose runs left these models, one a seed; each has one epoch with its loss. Answers its id."""
    first = versions[0]
    draft = ExperimentDraft(
        name=name,
        dataset_id=first.dataset_id,
        dataset_version=first.dataset_version,
        model=first.model,
        target=first.target,
        split_text="by recording",
        config={"config": first.config["train"], "features": {}, "channels": None},
        seeds=[one.seed for one in versions],
    )
    with context.write() as session:
        made = experiments.create(session, draft, owner=context.user.name)
        made.state = "done"
        for number, (version, loss) in enumerate(zip(versions, losses, strict=True), start=1):
            run = experiments.run_of(session, made.id, number)
            epochs = {"kept": {1: {"train_loss": loss}}}
            run_metrics.finish(session, run, Finding(version.id, version.record_accuracy, epochs))
        return made.id
