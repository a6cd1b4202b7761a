"""The workbench of a server: the same methods and results as the local one, over the API."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import numpy as np
import pandas as pd

from dask_cluster.errors import WaitTimeoutError
from data_catalog.datasets import DatasetSummary
from data_catalog.formats import Inspection
from data_catalog.jobs import FINISHED
from data_catalog.schema import Dataset, DatasetVersion, Job, ModelVersion
from data_catalog.signals import SignalPage, SignalRow
from pfd_panel.api.operation import PREFIX
from pfd_panel.api.operations import OPERATIONS
from pfd_panel.client.annotations import RemoteAnnotations
from pfd_panel.client.api import Api
from pfd_panel.client.comparing import RemoteComparing
from pfd_panel.client.contesting import RemoteContesting
from pfd_panel.client.estimating import RemoteEstimating
from pfd_panel.client.experiments import RemoteExperiments
from pfd_panel.client.judging import RemoteJudging
from pfd_panel.client.peeking import RemotePeeking
from pfd_panel.client.people import RemotePeople
from pfd_panel.client.pictures import RemotePictures
from pfd_panel.client.registering import RemoteRegistering
from pfd_panel.client.reporting import RemoteReporting
from pfd_panel.client.selecting import RemoteSelecting, filter_of
from pfd_panel.client.sharing import RemoteSharing
from pfd_panel.client.statistics import RemoteStatistics
from pfd_panel.client.stretches import RemoteStretches
from pfd_panel.client.transport import Transport
from pfd_panel.client.uploads import Uploads
from pfd_panel.client.viewing import RemoteViewing
from pfd_panel.errors import JobFailedError, RequestError
from pfd_panel.services import training
from pipelines.diagnose import Diagnosis
from pipelines.features import FeatureConfig
from pipelines.training.presets import Preset

if TYPE_CHECKING:
    from data_catalog.doctor import Report

WINDOW = 2**22
"""Samples that are asked for at once."""

FIRST_LOOK_S, LONGEST_LOOK_S = 0.05, 1.0


class RemoteWorkbench(
    RemotePeople,
    RemoteViewing,
    RemoteStretches,
    RemoteComparing,
    RemoteContesting,
    RemoteSelecting,
    RemoteStatistics,
    RemotePictures,
    RemoteReporting,
    RemoteSharing,
    RemoteAnnotations,
    RemotePeeking,
    RemoteExperiments,
    RemoteRegistering,
    RemoteJudging,
    RemoteEstimating,
):
    """Everything the product can do, on a server; see `pfd_panel.workbench.Workbench` for what the methods do.

    Paths are of this machine: what is imported, inspected or predicted is sent first.

    Parameters
    ----------
    transport : Transport
        The server, and who we are to it.
    on_progress : callable, optional
        Called with the job's row while a method waits.

    Attributes
    ----------
    api : Api
        A method for every operation of the API.
    """

    def __init__(self, transport: Transport, *, on_progress: Callable[[Job], None] | None = None) -> None:
        self.transport = transport
        self.api = Api(transport)
        self.uploads = Uploads(self.api)
        self.on_progress = on_progress

    def close(self) -> None:
        """Let go of the connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def wait(self, job: Job | str, *, timeout_s: float | None = None) -> Job:
        """Wait for a job; raises `JobFailedError` if it does not end as done."""
        job_id = job if isinstance(job, str) else job.id
        until = None if timeout_s is None else time.monotonic() + timeout_s
        pause, shown = FIRST_LOOK_S, None
        while True:
            found: Job = self.api.get_job(job=job_id)
            seen = (found.state, found.done_units, found.total_units, found.message)
            if seen != shown:
                shown = seen
                if self.on_progress is not None:
                    self.on_progress(found)
            if found.state in FINISHED:
                break
            if until is not None and time.monotonic() >= until:
                raise WaitTimeoutError(
                    f"{found.title!r} has not ended after {timeout_s:g} s", hint="It goes on; wait for it again."
                )
            time.sleep(pause)
            pause = min(1.5 * pause, LONGEST_LOOK_S)
        if found.state != "done":
            raise JobFailedError(found)
        return found

    def _maybe_wait(self, job: Job, wait: bool) -> Job:
        return self.wait(job) if wait else job

    def _dataset(self, name: str) -> str:
        """What names a dataset in an address, where a slash parts folders."""
        if "/" not in name and name not in (".", ".."):
            return name
        listed = self.api.every(OPERATIONS["list_datasets"], text=name)
        return next((one.id for one in listed if one.name == name), quote(name, safe=""))

    def _model(self, reference: str) -> str:
        if "/" not in reference and reference not in (".", ".."):
            return reference
        names = ((one.id, {one.name, f"{one.name}:{one.number}"}) for one in self.models())
        return next((model_id for model_id, known in names if reference in known), quote(reference, safe=""))

    # ---- data ------------------------------------------------------------------------------------------------------

    def inspect(self, path: Path | str, **corrections: Any) -> Inspection:
        """What a file, folder or zip holds; corrections are the fields of `ImportParams`."""
        corrections.pop("dataset", None)
        found: Inspection = self.api.inspect(uploads=[self.uploads.send(path)], **corrections)
        return found

    def import_(self, path: Path | str, dataset: str, *, wait: bool = True, **corrections: Any) -> Job:
        """Store what is certain; ``job.result["needs"]`` lists what must still be answered."""
        asked = {"uploads": [self.uploads.send(path)], "dataset": dataset, **corrections}
        return self._maybe_wait(self.api.import_(**asked), wait)

    def generate(self, dataset: str, settings: Mapping[str, Any], *, notes: str = "", wait: bool = True) -> Job:
        """Generate synthetic signals; settings are the fields of `JournalConfig` or `RollingConfig`."""
        return self._maybe_wait(self.api.generate(dataset=dataset, settings=dict(settings), notes=notes), wait)

    def datasets(self) -> list[DatasetSummary]:
        """Every dataset with its counts."""
        return list(self.api.every(OPERATIONS["list_datasets"], limit=1000))

    def dataset(self, name_or_id: str) -> DatasetSummary:
        """One dataset with its counts."""
        found: DatasetSummary = self.api.get_dataset(dataset=self._dataset(name_or_id))
        return found

    def versions(self, dataset: str) -> list[DatasetVersion]:
        """The immutable versions of a dataset, newest first."""
        found: list[DatasetVersion] = self.api.list_versions(dataset=self._dataset(dataset))
        return found

    def describe(self, dataset: str, *, name: str | None = None, notes: str | None = None) -> DatasetSummary:
        """Rename a dataset or rewrite its notes."""
        changed: DatasetSummary = self.api.update_dataset(dataset=self._dataset(dataset), name=name, notes=notes)
        return changed

    def share_dataset(self, dataset: str, visibility: str) -> DatasetSummary:
        """Let the team see a dataset, or only its owner and administrators: ``team`` or ``private``."""
        shared: DatasetSummary = self.api.share_dataset(dataset=self._dataset(dataset), visibility=visibility)
        return shared

    def delete_dataset(self, dataset: str) -> None:
        """Take a dataset out of sight; `restore_dataset` brings it back for 30 days."""
        self.api.delete_dataset(dataset=self._dataset(dataset))

    def deleted(self) -> list[Dataset]:
        """Datasets that can be brought back, the last deleted first."""
        found: list[Dataset] = self.api.list_deleted_datasets()
        return found

    def restore_dataset(self, name_or_id: str) -> DatasetSummary:
        """Bring a deleted dataset back."""
        gone = next((one.id for one in self.deleted() if one.name == name_or_id), name_or_id)
        restored: DatasetSummary = self.api.restore_dataset(dataset=gone)
        return restored

    def download(self, dataset: str, target: Path | str) -> Path:
        """Write the current version to an HDF5 file that imports back as it was."""
        place = Path(target).expanduser()
        if not place.parent.is_dir():
            raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
        found = self.dataset(dataset)
        file = place / f"{quote(found.name, safe=' ')}-v{found.version}.h5" if place.is_dir() else place
        part = file.with_name(f".{file.name}.part")
        try:
            with self.transport.stream(f"{PREFIX}/datasets/{found.id}/export") as pieces, part.open("wb") as stream:
                for piece in pieces:
                    stream.write(piece)
            return part.replace(file)
        finally:
            part.unlink(missing_ok=True)

    def tags(self, subject_kind: str, subject_id: str) -> list[str]:
        """The tags of a dataset, signal or model, in alphabetical order."""
        found: list[str] = self.api.get_tags(kind=subject_kind, subject=subject_id)
        return found

    def tag_dataset(self, dataset: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[str]:
        """Put tags on a dataset and take others off; returns what it carries then."""
        return self._retag("dataset", self.dataset(dataset).id, add, remove)

    def _retag(self, kind: str, subject: str, add: Sequence[str], remove: Sequence[str]) -> list[str]:
        carried: list[str] = self.api.change_tags(kind=kind, subject=subject, add=list(add), remove=list(remove))
        return carried

    def choose(self, dataset: str, *patterns: str) -> list[SignalRow]:
        """Signals by ``RECORDING``, ``RECORDING:CHANNEL`` or id; ``*`` stands for anything."""
        asked = {"dataset": self._dataset(dataset), "pattern": list(patterns or ("*",)), "limit": 1000}
        return list(self.api.every(OPERATIONS["choose_signals"], **asked))

    def tag_signals(self, dataset: str, patterns: Sequence[str], word: str) -> list[str]:
        """Put a tag on signals; returns their ids."""
        ids = [row.signal_id for row in self.choose(dataset, *patterns)]
        tagged: list[str] = self.api.tag_signals(signal_ids=ids, word=word)
        return tagged

    def untag_signals(self, dataset: str, patterns: Sequence[str], word: str) -> list[str]:
        """Take a tag off signals; returns the ids of those that carried it."""
        ids = [row.signal_id for row in self.choose(dataset, *patterns)]
        carried: list[str] = self.api.untag_signals(signal_ids=ids, word=word)
        return carried

    def tags_of_signals(self, signal_ids: Sequence[str]) -> dict[str, list[str]]:
        """The tags of each signal."""
        found: dict[str, list[str]] = self.api.get_signal_tags(signal_ids=list(signal_ids)) if signal_ids else {}
        return found

    def correct(self, dataset: str, signal_ids: Sequence[str], *, reason: str = "", **changes: Any) -> DatasetVersion:
        """Correct attributes of signals in a new dataset version."""
        asked = {"dataset": self._dataset(dataset), "signal_ids": list(signal_ids), "changes": changes}
        made: DatasetVersion = self.api.correct_signals(**asked, reason=reason)
        return made

    def signals(self, dataset: str | None = None, **query: Any) -> SignalPage:
        """Signals by page; query fields are those of `SignalQuery`, as ``query="fault:inner and rms > 0.3"``."""
        wanted = int(query.pop("limit", 50))
        asked = {"dataset": dataset, "limit": max(1, min(wanted, 1000)), **filter_of(query)}
        rows: list[SignalRow] = []
        while True:
            page = self.api.list_signals(**asked)
            rows += page.items
            if page.next is None or len(rows) >= wanted:
                return SignalPage(rows[:wanted], page.total)
            asked["cursor"] = page.next

    def samples(self, row: SignalRow, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Samples of a signal (float32), in its unit."""
        end = row.length if stop is None else stop
        of = {"dataset": row.dataset_id, "signal": row.signal_id}
        windows = [
            self.api.get_samples(**of, start=first, stop=min(first + WINDOW, end)).samples
            for first in range(start, max(end, start + 1), WINDOW)
        ]
        return np.concatenate(windows)

    # ---- features, models ------------------------------------------------------------------------------------------

    def extract_features(self, dataset: str, config: FeatureConfig | None = None, *, wait: bool = True) -> Job:
        """Extract whatever features are missing."""
        chosen = (config or FeatureConfig()).model_dump(mode="json")
        return self._maybe_wait(self.api.extract_features(dataset=self._dataset(dataset), config=chosen), wait)

    def features(self, dataset: str, config: FeatureConfig | None = None) -> pd.DataFrame:
        """Whole-record features, one row a signal."""
        chosen = config or FeatureConfig()
        told = {"domain": list(chosen.domains), "window_s": chosen.window_s or 0.0, "overlap": chosen.overlap}
        data = self.api.get_features(dataset=self._dataset(dataset), **told).data
        return pd.DataFrame(data).set_index("signal_id") if data else pd.DataFrame()

    def train(self, dataset: str, *, wait: bool = True, **settings: Any) -> Job:
        """Train a model; settings are those of `pfd_panel.services.training.settings`."""
        asked = training.settings(**settings)
        return self._maybe_wait(self.api.train(dataset=self._dataset(dataset), **asked), wait)

    def training_presets(self) -> list[Preset]:
        """Named configurations of a training, the quickest first; ``train(dataset, preset=…)`` takes one."""
        found: list[Preset] = self.api.list_training_presets()
        return found

    def models(self, dataset: str | None = None, *, stage: str | None = None) -> list[ModelVersion]:
        """Model versions, newest first; of one dataset or stage if asked."""
        return list(self.api.every(OPERATIONS["list_models"], dataset=dataset, stage=stage, limit=1000))

    def model(self, reference: str) -> ModelVersion:
        """One model version by id, ``name:number`` or name."""
        found: ModelVersion = self.api.get_model(model=self._model(reference))
        return found

    def write_notes(self, model: str, notes: str) -> ModelVersion:
        """Rewrite the notes of a model version."""
        changed: ModelVersion = self.api.update_model(model=self._model(model), notes=notes)
        return changed

    def tag_model(self, model: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[str]:
        """Put tags on a model version and take others off; returns what it carries then."""
        return self._retag("model", self.model(model).id, add, remove)

    def share_model(self, model: str, visibility: str) -> ModelVersion:
        """Let the team see a model version, or only its owner and administrators: ``team`` or ``private``."""
        shared: ModelVersion = self.api.share_model(model=self._model(model), visibility=visibility)
        return shared

    def delete_model(self, model: str) -> None:
        """Take a model version out of sight; `restore_model` brings it back for 30 days."""
        self.api.delete_model(model=self._model(model))

    def restore_model(self, model_id: str) -> ModelVersion:
        """Bring a deleted model version back, by its id."""
        restored: ModelVersion = self.api.restore_model(model=model_id)
        return restored

    def why_different(self, first: str, second: str) -> str:
        """Why two results differ, in plain words."""
        return str(self.api.compare_models(model=self._model(first), other=second).text)

    def predict(self, model: str, path: Path | str, *, wait: bool = True, **corrections: Any) -> Job:
        """A model's answer for every recording below `path`; answers are in ``job.result["predictions"]``."""
        asked = {"uploads": [self.uploads.send(path)], "model": model, **corrections}
        return self._maybe_wait(self.api.predict(**asked), wait)

    # ---- diagnosis -------------------------------------------------------------------------------------------------

    def diagnose(self, row: SignalRow) -> Diagnosis:
        """Fault evidence in a stored signal, without training."""
        found: Diagnosis = self.api.diagnose_signal(dataset=row.dataset_id, signal=row.signal_id)
        return found

    # ---- work ------------------------------------------------------------------------------------------------------

    def jobs(self, *, states: tuple[str, ...] = (), limit: int = 100) -> list[Job]:
        """Jobs, newest first."""
        every = self.api.every(OPERATIONS["list_jobs"], state=list(states), limit=max(1, min(limit, 1000)))
        return list(islice(every, limit))

    def cancel(self, job: str) -> Job:
        """Ask a job to stop for good."""
        asked: Job = self.api.cancel_job(job=job)
        return asked

    def doctor(self, *, repair: bool = False) -> "Report":
        """Check every reference, checksum and orphan; repair what can be repaired."""
        report: Report = self.api.check_catalog(repair=repair)
        return report
