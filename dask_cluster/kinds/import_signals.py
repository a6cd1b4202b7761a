"""Import: read files in batches on workers, store their channels, make them one new dataset version."""

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from data_catalog import datasets, signals
from data_catalog.errors import FormatError
from data_catalog.signals import MemberDraft
from data_catalog.store import RowInput, SegmentManifest, StoredSignal

if TYPE_CHECKING:
    import numpy as np

    from data_catalog.formats import ChannelRead, Inspection

# what one step holds in memory at most, and the most rows a shard takes
BATCH_SAMPLES = 2**24
BATCH_CHANNELS = 64
LONG_SAMPLES = 2**22

WORDS = ("fault", "position", "severity", "bearing", "asset")
NUMBERS = ("fault_size", "load")


class ImportParams(JobParams):
    """What to import, and everything a person confirmed or corrected about it."""

    path: str = Field(min_length=1, description="File, folder or zip to import.")
    dataset: str = Field(min_length=1, description="Name of the dataset; created if it does not exist.")
    preset: str | None = Field(None, description="Declared layout of a known data set, if one was confirmed.")
    labels_from_path: bool = Field(False, description="Read fault, size, position and load from the folder names.")
    rates: dict[str, float] = Field(default_factory=dict, description="Sampling rate in Hz by recording pattern.")
    speeds: dict[str, float] = Field(default_factory=dict, description="Shaft speed in rpm by recording pattern.")
    units: dict[str, str] = Field(default_factory=dict, description="Unit by recording pattern.")
    labels: dict[str, dict[str, str | float]] = Field(
        default_factory=dict, description="Labels by recording pattern, over what the source says."
    )
    exclude: list[str] = Field(default_factory=list, description="Recording or recording:channel patterns left out.")
    notes: str = Field("", description="Notes kept with a new dataset.")

    def inspect(self, *, statistics: bool = True) -> "Inspection":
        """What the source holds under these corrections; without statistics only headers are read."""
        from data_catalog.formats import inspect

        return inspect(
            self.path,
            preset=self.preset,
            labels_from_path=self.labels_from_path,
            rates=self.rates,
            speeds=self.speeds,
            units=self.units,
            labels=self.labels,
            exclude=self.exclude,
            statistics=statistics,
        )


def batches(channels: "list[ChannelRead]") -> "list[list[ChannelRead]]":
    """Consecutive channels, those of one file together, bounded in samples and rows."""
    out: list[list[ChannelRead]] = []
    held = 0
    by_file: dict[tuple[str, str], list[ChannelRead]] = defaultdict(list)
    for channel in channels:
        by_file[channel.path, channel.locator["member"]].append(channel)
    for group in by_file.values():
        size = sum(channel.length for channel in group)
        if not out or held + size > BATCH_SAMPLES or len(out[-1]) + len(group) > BATCH_CHANNELS:
            out.append([])
            held = 0
        out[-1].extend(group)
        held += size
    return out


def draft_of(channel: "ChannelRead", manifest: SegmentManifest, place: int) -> MemberDraft:
    """The member that a stored channel becomes: labels that have a column of their own, and the rest."""
    labels = dict(channel.labels)
    # words and numbers go to columns of their own type; a word where a number belongs stays a plain label
    columns: dict[str, Any] = {name: str(labels.pop(name)) for name in WORDS if labels.get(name) is not None}
    columns |= {name: labels.pop(name) for name in NUMBERS if isinstance(labels.get(name), int | float)}
    assert channel.rate_hz is not None
    stored = manifest.stored[place]
    return MemberDraft(
        recording=channel.recording,
        channel=channel.name,
        rate_hz=channel.rate_hz,
        rate_source=channel.rate_source,
        speed_rpm=channel.speed_rpm,
        speed_source=channel.speed_source,
        unit=channel.unit,
        labels=labels,
        findings=[*channel.findings, *told_by_samples_of(stored)],
        source_path=channel.path,
        source_member=channel.locator["member"],
        sequence=channel.order,
        started_at=channel.started_at,
        stored=stored,
        **columns,
    )


def told_by_samples_of(stored: StoredSignal) -> tuple[str, ...]:
    """What only the samples tell: the plan reads headers, so it is found while they are stored."""
    from data_catalog.formats import told_by_samples

    return told_by_samples(
        n=stored.length,
        n_nan=stored.nan_count,
        constant=stored.constant,
        clipped_fraction=stored.clipped_fraction,
    )


def store_channels(
    channels: "list[ChannelRead]", worker: WorkerContext
) -> tuple[list[SegmentManifest], list[MemberDraft], list[dict[str, Any]]]:
    """Write channels: short ones of one dtype together, long ones streamed each on its own; and what was unreadable."""
    from data_catalog.formats import ChannelFiles
    from data_catalog.store.measure import as_float32

    manifests: list[SegmentManifest] = []
    drafts: list[MemberDraft] = []
    problems: list[dict[str, Any]] = []
    short: dict[str, list[tuple[ChannelRead, np.ndarray]]] = defaultdict(list)
    with ChannelFiles() as files:
        for done, channel in enumerate(channels):
            worker.check()
            worker.progress(done, channel.recording)
            try:
                source = files.open(channel.locator)
                if source.length > LONG_SAMPLES:
                    manifest = worker.store.write_long(source.blocks(), source.length, channel=channel.name)
                    manifests.append(manifest)
                    drafts.append(draft_of(channel, manifest, 0))
                else:
                    samples = source.read(0, source.length)
                    if samples.dtype.kind == "f":
                        # the form they are stored in; doubles of a whole batch would be twice the memory
                        samples = as_float32(samples, channel.name)
                    short[samples.dtype.str].append((channel, samples))
            except FormatError as bad:
                # the plan saw only headers: damage further in must not keep the other files out
                problems.append(problem(channel.path, channel.member, str(bad), bad.hint))
        for rows in short.values():
            manifest = worker.store.write_short([RowInput(channel.name, samples) for channel, samples in rows])
            manifests.append(manifest)
            drafts.extend(draft_of(channel, manifest, place) for place, (channel, _) in enumerate(rows))
    return manifests, drafts, problems


@register
class ImportSignals(JobKind):
    """Store the certain channels of a file, folder or zip; list what a person must still answer."""

    name = "import_signals"
    title = "Import signals"
    unit = "channel"
    Params = ImportParams

    def describe(self, params: ImportParams) -> str:
        return f"Import {Path(params.path).name} into {params.dataset}"

    def plan(self, context: JobContext) -> Plan:
        params: ImportParams = context.params
        found = params.inspect(statistics=False)
        steps = []
        certain = [channel for channel in found.channels if channel.rate_hz is not None]
        for index, batch in enumerate(batches(certain)):
            named = json.dumps([channel.locator for channel in batch], sort_keys=True)
            key = f"{index:06d}-{hashlib.blake2b(named.encode(), digest_size=6).hexdigest()}"
            needed = step_memory.asked(step_memory.reading(batch, LONG_SAMPLES))
            steps.append(Step(key=key, payload={"channels": batch}, units=len(batch), resources=needed))
        open_questions = {
            "needs": [vars(need) for need in found.needs],
            "problems": [vars(problem) for problem in found.problems],
            "presets_offered": list(found.presets_offered),
        }
        return Plan(steps=[*steps, Step(key="questions", payload={"questions": open_questions}, units=0)])

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        if "questions" in payload:
            return payload["questions"]
        manifests, drafts, problems = store_channels(payload["channels"], worker)
        usable = [draft for draft in drafts if draft.stored.nan_count < draft.stored.length]
        problems += [without_numbers(draft) for draft in drafts if draft.stored.nan_count == draft.stored.length]
        return {"manifests": manifests, "drafts": usable, "problems": problems}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        if "drafts" not in result:
            return result
        if not result["drafts"]:
            return {"added": 0, "duplicates": [], "problems": result["problems"]}
        params: ImportParams = context.params
        dataset = datasets.get_or_create(
            session,
            params.dataset,
            owner=context.owner,
            source={"kind": "import", **params.model_dump(exclude={"dataset", "notes"})},
            notes=params.notes,
        )
        added = signals.add_segments(
            session,
            dataset.id,
            result["manifests"],
            result["drafts"],
            owner=context.owner,
            job_id=context.job_id,
            reason=self.describe(params),
        )
        duplicates = [list(entry) for entry in added.duplicates]
        return {"added": added.added, "duplicates": duplicates, "problems": result["problems"]}

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        params: ImportParams = context.params
        results = context.step_results(session)
        questions = results.pop("questions")
        out: dict[str, Any] = {
            "dataset": params.dataset,
            "added": sum(result["added"] for result in results.values()),
            "duplicates": [
                dict(zip(("recording", "channel", "same_as"), entry, strict=True))
                for result in results.values()
                for entry in result["duplicates"]
            ],
            **questions,
        }
        out["problems"] = [*out["problems"], *(one for result in results.values() for one in result["problems"])]
        if out["added"]:
            dataset = datasets.get(session, params.dataset)
            version = signals.seal_version(
                session, dataset.id, owner=context.owner, reason=self.describe(params), job_id=context.job_id
            )
            return out | {
                "dataset_id": dataset.id,
                "version": version.number,
                "manifest_hash": version.manifest_hash,
            }
        if not (out["needs"] or out["duplicates"]):
            refuse(params.path, out["problems"])
        return out


def problem(path: str, member: str, message: str, hint: str) -> dict[str, Any]:
    """A `FileProblem` that only reading all samples could show."""
    return {"path": path, "member": member, "message": message, "hint": hint, "skipped": False}


def without_numbers(draft: MemberDraft) -> dict[str, Any]:
    """The problem of a channel whose samples are all NaN."""
    message = (
        f"channel {draft.channel} of {draft.recording} holds no number at all ({draft.stored.length} samples, all NaN)"
    )
    return problem(draft.source_path, draft.source_member, message, "export it again, or leave this channel out")


def refuse(path: str, problems: list[dict[str, Any]]) -> None:
    """Raise for a source in which no file gave a signal, with the first reason."""
    told = next((problem for problem in problems if not problem["skipped"]), problems[0] if problems else None)
    if told is None:
        raise FormatError(f"{path} holds no signals", hint="Check that it is the folder or file you meant.")
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    raise FormatError(f"nothing in {path} could be imported: {told['message']}{more}", hint=told["hint"])
