"""As many experiments as a busy year leaves, as rows, without training any."""

from datetime import UTC, datetime, timedelta

import numpy as np

from data_catalog.batches import insert_all
from data_catalog.schema import Experiment, ExperimentSummary, Run, Tag, new_id
from pfd_panel.services import collections
from pfd_panel.services.context import Context

MODELS = ("random_forest", "svm_rbf", "cnn_1d", "wdcnn", "resnet_18_1d", "tcn")
FOLDERS = ("", "", "sweeps", "sweeps/learning rate", "sweeps/window", "paper", "rig A/2026")
STATES = ("done", "done", "done", "done", "done", "done", "failed", "cancelled", "paused", "queued")
WORDS = ("baseline", "checked", "to repeat")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def add_experiments(context: Context, dataset: str, count: int, *, owner: str = "local", seed: int = 0) -> list[str]:
    """Keep `count` experiments with runs, summaries and tags on a dataset; answers with their ids, oldest first."""
    summary, rng = collections.get(context, dataset), np.random.default_rng(seed)
    rows, runs, numbers, tags = [], [], [], []
    for place in range(count):
        model, state = MODELS[place % len(MODELS)], STATES[(place // 3) % len(STATES)]
        seeds = 1 + place % 3
        right = float(np.clip(0.8 + 0.12 * rng.standard_normal(), 0.2, 1.0)) if state == "done" else None
        folder, name = FOLDERS[place % len(FOLDERS)], f"{model.replace('_', ' ')} {place:05d}"
        began = BEGIN + timedelta(minutes=7 * place)
        ended = began + timedelta(seconds=40 + place % 900)
        config = {"name": name, "channels": None, "features": {}, "config": {"model": model, "params": {}, "split": {}}}
        experiment = {
            "id": new_id(), "name": name, "notes": "", "folder": folder, "search": f"{name}\n{folder}".casefold(),
            "dataset_id": summary.id, "dataset_version": summary.version, "model": model, "target": "fault",
            "split_text": "by recording" if place % 2 else "by fault size", "config": config, "state": state,
            "job_id": None, "owner": owner, "visibility": "team", "seeds": seeds, "record_accuracy": right,
            "record_accuracy_sd": 0.01 * (place % 5) if right is not None and seeds > 1 else None,
            "created_at": began, "updated_at": ended, "started_at": began,
            "finished_at": ended if state in ("done", "failed", "cancelled") else None, "archived_at": None,
            "deleted_at": None,
        }  # fmt: skip
        rows.append(experiment)
        runs += [
            {
                "id": new_id(), "experiment_id": experiment["id"], "number": number + 1, "seed": number,
                "state": state, "model_id": None, "record_accuracy": right, "started_at": began,
                "finished_at": experiment["finished_at"], "message": "",
            }
            for number in range(seeds)
        ]  # fmt: skip
        if right is not None:
            loss = float(rng.uniform(0.05, 1.0))
            for called, value, spread in (("record_macro_f1", right, 0.0), ("valid_loss", loss, 0.5)):
                numbers.append(
                    {
                        "experiment_id": experiment["id"], "name": called, "last": value, "best": value,
                        "minimum": value, "maximum": value + spread,
                    }
                )  # fmt: skip
        if place % 4 == 0:
            word = WORDS[(place // 4) % len(WORDS)]
            tags.append({"subject_kind": "experiment", "subject_id": experiment["id"], "tag": word, "owner": owner})
    with context.write() as session:
        for table, made in ((Experiment, rows), (Run, runs), (ExperimentSummary, numbers), (Tag, tags)):
            insert_all(session, table, made)
    return [str(one["id"]) for one in rows]
