"""Extract features: once for each signal and what its numbers depend on, appended for new or corrected signals."""

import hashlib
import json
import math
from collections import defaultdict
from itertools import batched, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from data_catalog import datasets, features, jobs, signals
from data_catalog.features import FeatureRowDraft
from data_catalog.schema import Member
from pipelines.features import FeatureConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np

    from data_catalog.store import SignalStore

# a step ends with a part that is written durably, which costs as much as the features of two to three signals
SIGNALS_PER_STEP = 128
# fewer signals are shared out in steps that are short enough to keep several workers busy
LEAST_PER_STEP, STEPS_WANTED = 16, 8
ROWS_AT_ONCE = 8


class ExtractParams(JobParams):
    """Features of which dataset, and which features."""

    dataset: str = Field(min_length=1, description="Name of the dataset.")
    config: FeatureConfig = Field(default_factory=FeatureConfig, description="Domains, window and overlap.")


def input_key(member: Member) -> str:
    """What the features of a signal depend on besides its samples; a correction of any of these asks for new ones."""
    said = json.dumps([member.rate_hz, member.speed_rpm, member.bearing])
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def with_samples(
    store: "SignalStore", chosen: "Sequence[dict[str, Any]]"
) -> "Iterator[tuple[dict[str, Any], np.ndarray]]":
    """Each signal with its samples; neighbours of one length are read together, which is twice as fast."""
    for segment_id, neighbours in groupby(chosen, key=itemgetter("segment_id")):
        reader = store.open(segment_id)
        for _, alike in groupby(neighbours, key=lambda signal: reader.length(signal["row"])):
            for some in batched(alike, ROWS_AT_ONCE):
                yield from zip(some, reader.read_rows([signal["row"] for signal in some]), strict=True)


def memory_of(
    block: "Sequence[dict[str, Any]]", lengths: "Mapping[str, int]", config: FeatureConfig, columns: int
) -> float:
    """Bytes that the features of a block need."""
    rows = len(block)
    in_segment: dict[str, list[int]] = defaultdict(list)
    for signal in block:
        length = lengths[signal["signal_id"]]
        in_segment[signal["segment_id"]].append(length)
        if config.window_s is not None:
            rows += int(length / (signal["rate_hz"] * config.window_s * (1 - config.overlap)))
    return step_memory.features(
        [(max(some), min(len(some), ROWS_AT_ONCE)) for some in in_segment.values()], rows, columns
    )


@register
class ExtractFeatures(JobKind):
    """Features of whole records and of their windows."""

    name = "extract_features"
    title = "Extract features"
    unit = "signal"
    Params = ExtractParams

    def describe(self, params: ExtractParams) -> str:
        return f"Extract features of {params.dataset}"

    def plan(self, context: JobContext) -> Plan:
        from pipelines.features import feature_names

        params: ExtractParams = context.params
        with context.catalog.write() as session:
            dataset = datasets.get(session, params.dataset)
            names = feature_names(params.config.domains)
            stored = features.get_or_create(
                session, dataset.id, params.config.model_dump(mode="json"), params.config.key(), names, context.owner
            )
            members = datasets.manifest(session, dataset.id)
            needed = set(
                features.missing(session, stored.id, [(member.signal_id, input_key(member)) for member in members])
            )
            places = {
                member.signal_id: {
                    "signal_id": member.signal_id,
                    "input_key": input_key(member),
                    "rate_hz": member.rate_hz,
                    "speed_rpm": member.speed_rpm,
                    "bearing": member.bearing,
                }
                for member in members
            }
            lengths = {member.signal_id: member.length for member in members}
            where = signals.places(session, list(places))
        steps = []
        # blocks are cut from all members, so that their keys do not depend on what is already done
        size = min(SIGNALS_PER_STEP, max(LEAST_PER_STEP, math.ceil(len(members) / STEPS_WANTED)))
        for first in range(0, len(members), size):
            block = [
                places[member.signal_id] | dict(zip(("segment_id", "row"), where[member.signal_id], strict=True))
                for member in members[first : first + size]
                if (member.signal_id, input_key(member)) in needed
            ]
            if block:
                payload = {"signals": block, "config": params.config.model_dump(mode="json"), "set": stored.id}
                memory = step_memory.asked(memory_of(block, lengths, params.config, len(names)))
                steps.append(Step(key=f"{first:08d}", payload=payload, units=len(block), resources=memory))
        return Plan(steps=steps)

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        import numpy as np

        from pipelines.bearings import lookup
        from pipelines.errors import InputError, UnknownNameError
        from pipelines.features import extract_record, feature_names
        from pipelines.features.fault_line_domain import FAULT_LINES, unread

        config = FeatureConfig.model_validate(payload["config"])
        names = feature_names(config.domains)
        without_lines: list[str] = []
        values: list[np.ndarray] = []
        starts: list[np.ndarray] = []
        owners: list[str] = []
        rows: list[FeatureRowDraft] = []
        skipped: list[dict[str, str]] = []
        first = 0
        for done, (signal, samples) in enumerate(with_samples(worker.store, payload["signals"])):
            worker.check()
            worker.progress(done)
            try:
                orders = lookup(signal["bearing"]).orders() if signal["bearing"] else None
            except UnknownNameError:
                orders = None  # an own designation without a geometry: order features stay NaN
            try:
                found = extract_record(samples, signal["rate_hz"], signal["speed_rpm"], orders, config)
            except InputError as error:
                skipped.append({"signal_id": signal["signal_id"], "message": str(error), "hint": error.hint})
                continue
            if FAULT_LINES in config.domains:
                judged = round(config.window_s * signal["rate_hz"]) if len(found.starts) else len(samples)
                shaft_hz = (signal["speed_rpm"] or math.nan) / 60
                without_lines.append(unread(judged, signal["rate_hz"], shaft_hz, orders))
            values += [found.whole[None, :], found.windows]
            starts += [np.array([-1]), np.asarray(found.starts)]
            count = len(found.starts)
            owners += [signal["signal_id"]] * (count + 1)
            rows.append(FeatureRowDraft(signal["signal_id"], signal["input_key"], first, count))
            first += count + 1
        part = None
        if rows:
            windows = np.concatenate(starts).tolist()
            part = worker.feature_store.write_part(names, np.concatenate(values), owners, windows)
        return {"part": part, "rows": rows, "skipped": skipped, "without_lines": without_lines}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        added = 0
        if result["part"] is not None:
            added = features.add_part(session, step.payload["set"], result["part"], result["rows"])
        for refused in result["skipped"]:
            # in this transaction: another one would wait for it in vain
            jobs.log(session, context.job_id, "warning", f"{refused['signal_id']}: {refused['message']}")
        return {"added": added, "skipped": result["skipped"], "without_lines": result["without_lines"]}

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        params: ExtractParams = context.params
        dataset = datasets.get(session, params.dataset)
        config = params.config
        from pipelines.features import feature_names
        from pipelines.features.fault_line_domain import unread_words

        names = feature_names(config.domains)
        stored = features.get_or_create(
            session, dataset.id, config.model_dump(mode="json"), config.key(), names, context.owner
        )
        results = list(context.step_results(session).values())
        lacking = unread_words(reason for result in results for reason in result.get("without_lines", ()))
        if lacking:
            jobs.log(session, context.job_id, "warning", lacking)
        return {
            "dataset": dataset.name,
            "dataset_version": dataset.current_version,
            "feature_set_id": stored.id,
            "features": len(names),
            "computed": sum(result["added"] for result in results),
            "skipped": [entry for result in results for entry in result["skipped"]],
            "signals": len(datasets.manifest(session, dataset.id)),
            "lacking": lacking,
        }
