"""Text that would act if a page took it for markup, put into every field in which the product keeps text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from dask_cluster.jobs import wait
from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.api.operation import Operation
from pfd_panel.api.operations import OPERATIONS
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.monitoring.watch import judge
from pfd_panel.services import training, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import running_coordinator, vibration

RATE_HZ = 12_000.0
EVERYTHING = object()


def payload(mark: str, *, in_a_file_name: bool = False) -> str:
    """Leaves attributes, titles and scripts, then makes an element that calls ``ran(mark)``."""
    out = "" if in_a_file_name else "'\"></title></script>"
    return f"{out}<img src=x onerror=ran('{mark}')>"


def texts(schema: dict[str, Any], told: Any, *, path: tuple[str, ...] = (), root: Any = None) -> Iterator[str]:
    """Where a JSON schema takes free text, or where a value of it holds a payload: ``changes.fault``, ``labels.*``."""
    root = root or schema
    here = ".".join(path)
    if "$ref" in schema:
        yield from texts(root["$defs"][schema["$ref"].rpartition("/")[2]], told, path=path, root=root)
    for one in (one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, ())):
        yield from texts(one, told, path=path, root=root)
    if schema.get("type") == "object" and (told is EVERYTHING or isinstance(told, dict)):
        known, free = schema.get("properties", {}), schema.get("additionalProperties", not schema.get("properties"))
        for name, one in known.items():
            if told is EVERYTHING or name in told:
                value = told if told is EVERYTHING else told[name]
                yield from texts(one, value, path=(*path, name), root=root)
        rest = {} if told is EVERYTHING or not free else {k: v for k, v in told.items() if k not in known}
        if free and (told is EVERYTHING or any("ran(" in name for name in rest)):
            yield f"{here}.(names)"
        for value in [EVERYTHING] if told is EVERYTHING and free else rest.values():
            yield from texts(
                free if isinstance(free, dict) else {"type": "string"}, value, path=(*path, "*"), root=root
            )
    elif schema.get("type") == "array" and (told is EVERYTHING or isinstance(told, list)):
        for value in [EVERYTHING] if told is EVERYTHING else told:
            yield from texts(schema.get("items", {}), value, path=path, root=root)
    elif schema.get("type") == "string" and not {"enum", "const", "pattern", "format"} & schema.keys():
        yield from [here] if told is EVERYTHING or (isinstance(told, str) and "ran(" in told) else []


def fields_of(operation: Operation) -> set[str]:
    """Every text of a request that does not stand in its address."""
    found = set(texts(operation.request.model_json_schema(), EVERYTHING))
    return {f"{operation.name}.{one}" for one in found - set(operation.in_path)}


@dataclass
class Planter:
    """Calls operations with payloads in their texts, and remembers which texts had one and which marks were kept."""

    context: Context
    covered: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    def put(self, called: str, /, *marks: str, **told: Any) -> Any:
        """Ask; None if it was refused in words. `marks` are those of the payloads, kept if it was not."""
        operation = OPERATIONS[called]
        self.covered |= {f"{called}.{one}" for one in texts(operation.request.model_json_schema(), told)}
        try:
            answer = operation(self.context, operation.request.model_validate(told))
        except (ValidationError, *EXPECTED_ERRORS):
            return None
        self.kept |= set(marks)
        return answer

    def done(self, job: Job | None) -> Job:
        """Wait for a job that must end well."""
        assert job is not None
        ended = wait(self.context.catalog, job.id, 300)
        assert ended.state == "done", ended.error
        return ended


def write_files(folder: Path) -> None:
    """Six measurements of two classes whose file and column names are payloads."""
    folder.mkdir()
    for seed in range(6):
        x = vibration("bpfi" if seed % 2 else None, 1797, RATE_HZ, 1.5, seed)
        name = payload(f"file{seed}", in_a_file_name=True)
        frame = pd.DataFrame({"time": np.arange(x.size) / RATE_HZ, payload("column"): x})
        frame.to_csv(folder / f"{seed % 2} {name}.csv", index=False)


def plant(context: Context, folder: Path) -> tuple[Planter, dict[str, str]]:
    """Fill a catalog with payloads; answers with who did it and with ids for addresses."""
    write_files(folder)
    p = Planter(context)
    with running_coordinator(context.catalog):
        labels = {
            f"{number} *": {"fault": payload(f"fault{number}")}
            | {name: payload(name) for name in ("asset", "position", "severity", "bearing")}
            for number in (0, 1)
        }
        words = {"dataset": payload("dataset"), "notes": payload("dataset-notes")}
        source = {"path": str(folder), "rates": {"*": RATE_HZ}, "speeds": {"*": 1797.0}, "labels": labels,
                  "units": {"*": payload("unit")}}  # fmt: skip
        p.put("inspect", **source)
        marks = ("dataset", "dataset-notes", "unit", "fault0", "fault1", "asset", "position", "severity", "bearing")
        p.done(p.put("import_", *marks, "file0", "column", **source, **words))
        (dataset,) = p.put("list_datasets").items
        rows = viewing.page(context, SignalQuery(dataset_id=dataset.id)).rows
        changed = {"fault": payload("fault1"), "notes": payload("signal-notes"), "unit": payload("unit")}
        changed |= {name: payload(name) for name in ("position", "severity", "bearing", "asset")}
        p.put("correct_signals", "reason", "signal-notes", dataset=dataset.id, signal_ids=[rows[0].signal_id],
              changes=changed, reason=payload("reason"))  # fmt: skip
        _put_about_signals(p, dataset.id, rows[0].signal_id)
        p.put("update_dataset", "dataset", dataset=dataset.id, name=payload("dataset"), notes=payload("dataset-notes"))
        p.put("tag_signals", "signal-tag", signal_ids=[rows[0].signal_id], word=payload("signal-tag"))
        p.put("untag_signals", signal_ids=[rows[0].signal_id], word=payload("no"))
        p.put("share_dataset", dataset=dataset.id, visibility=payload("no"))
        p.put("set_tags", "dataset-tag", kind="dataset", subject=dataset.id, tags=[payload("dataset-tag")])
        p.put("change_tags", kind="dataset", subject=dataset.id, add=[payload("dataset-tag")], remove=[payload("no")])
        p.done(p.put("extract_features", dataset=dataset.id))
        config = {"model": "random_forest", "split": {"kind": "recording", "folds": 2}}
        trained = p.done(p.put("train", "model", dataset=dataset.id, name=payload("model"), config=config))
        model = training.page(context)[0][0]
        p.put("share_model", model=model.id, visibility=payload("no"))
        p.put("update_model", "model-notes", model=model.id, notes=payload("model-notes"))
        predicted = p.done(p.put("predict", model=model.id, **source))
        tried = _put_about_experiments(p, dataset.id, config)
        p.put("promote_model", "stage-reason", model=model.id, stage="candidate", reason=payload("stage-reason"))
    queued = p.put("generate", "generated", dataset=payload("generated"), notes=payload("generated-notes"),
                   settings={"kind": "rolling"})  # fmt: skip
    p.put("submit_job", kind=payload("no"), params={payload("no"): payload("no")})
    p.put("create_upload", name=payload("upload") + ".mat", bytes=10)
    _put_about_views(p)
    _put_about_people(p)
    _put_about_alerts(p)
    path = context.catalog.home / "logs" / "web.log"
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"2026-01-01T00:00:00Z WARNING pfd_panel.e2e {payload('log')}\n")
    ids = {
        "dataset": dataset.id,
        "signal": rows[0].signal_id,
        "model": model.id,
        "folder": str(folder),
        "file": str(min(folder.iterdir())),
    }
    jobs = {"queued": queued.id, "trained": trained.id, "predicted": predicted.id}
    return p, ids | jobs | {"experiment": tried}


def _put_about_signals(p: Planter, dataset: str, signal: str) -> None:
    """Annotations on the signal that is opened, and a selection of it under a name of its own."""
    told = {"text": payload("annotation"), "label": payload("annotation-label"), "start_s": 0.1}
    made = p.put("add_annotation", "annotation", "annotation-label", dataset=dataset, signal=signal, **told)
    p.put("change_annotation", annotation=made.id, text=payload("annotation"), label=payload("annotation-label"))
    p.put("cut_signal", "cut", dataset=dataset, signal=signal, start_s=0.1, stop_s=0.5, name=payload("cut"))
    p.put("declare_reference", "reference", dataset=dataset, signal_ids=[signal], note=payload("reference"))
    p.put("save_selection", "selection", dataset=dataset, name=payload("selection"), tag=[payload("signal-tag")])
    p.put("keep_selection", dataset=dataset, tag=[payload("no")], reason=payload("no"))


def _put_about_experiments(p: Planter, dataset: str, config: dict[str, Any]) -> str:
    """An experiment with payloads in all of its words; answers with its id."""
    asked = {"dataset": dataset, "name": payload("model"), "config": config}
    words = {"title": payload("experiment"), "notes": payload("experiment-notes"), "folder": payload("no")}
    p.put("estimate_training", **asked, probe=False)
    p.put("start_experiment", **asked, **words, tags=[payload("experiment-tag")])
    found = p.put("start_experiment", **asked, title="x")
    ended = wait(p.context.catalog, found.job_id, 300)
    assert ended.state == "done", ended.error
    one = {"experiments": [found.id]}
    p.put("rename_experiments", "experiment", **one, name=payload("experiment"))
    p.put("describe_experiments", "experiment-notes", **one, notes=payload("experiment-notes"))
    p.put("move_experiments", **one, folder=payload("no"))
    p.put("tag_experiments", "experiment-tag", **one, words=[payload("experiment-tag")])
    p.put("untag_experiments", **one, words=[payload("no")])
    p.put("share_experiments", **one, visibility=payload("no"))
    return str(found.id)


def _put_about_people(p: Planter) -> None:
    named = {"role": "operator", "password": "four unrelated words 7"}
    p.put("add_user", name=payload("user"), **named)
    p.put("add_user", "display-name", name="eve", display_name=payload("display-name"), **named)
    p.put("invite_user", name=payload("user"), role="viewer", display_name=payload("no"))
    p.put("rename_account", "own-name", display_name=payload("own-name"))
    p.put("add_key", "key", name=payload("key"))
    p.put("add_key", name="key", user=payload("no"))
    p.put("end_sessions", user=payload("no"))
    p.put("link_user", user="eve", issuer=payload("no"), subject=payload("no"))


def _put_about_views(p: Planter) -> None:
    shown = {"page": "/signal", "query": payload("no"), "part": "spectrum"}
    saved = p.put("save_view", "view", name=payload("view"), **shown)
    p.put("change_view", "view", view=saved.id, name=payload("view"))
    p.put("add_link", "link", title=payload("link"), **shown)
    for called in ({"name": "x"}, {"title": "x", "ancestors": [payload("no")], "user": payload("no")}):
        p.put("save_view" if "name" in called else "add_link", page=payload("no"), part=payload("no"), **called)


def _put_about_alerts(p: Planter) -> None:
    rule = {"metric": "failed_jobs", "threshold": 1, "severity": "alarm"}
    p.put("add_alert_rule", "rule", name=payload("rule"), **rule)
    p.put("change_alert_rule", "changed-rule", rule="default-failed-jobs", name=payload("changed-rule"))
    p.put("add_webhook", "webhook", name=payload("webhook"), url=f"http://127.0.0.1:9/{payload('webhook-url')}")
    p.put("choose_notifications", address=payload("address"), muted=[payload("no")])
    with p.context.catalog.write() as session:
        judge(session, {"failed_jobs": 20})
