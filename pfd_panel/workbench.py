"""The notebook's door: every service as a method, on a data directory.

>>> from pfd_panel.workbench import Workbench
>>> with Workbench("~/vibration") as bench:
...     bench.import_("measurements/", dataset="rig", rates={"*": 12000})
...     bench.extract_features("rig")
...     bench.train("rig", model="random_forest")  # doctest: +SKIP
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from dask_cluster.jobs import parse_params
from dask_cluster.kinds.predict_recordings import PredictParams
from data_catalog.datasets import DatasetSummary
from data_catalog.formats import Inspection
from data_catalog.schema import Dataset, DatasetVersion, Job, ModelVersion
from data_catalog.signals import SignalPage, SignalQuery, SignalRow
from pfd_panel.errors import JobFailedError
from pfd_panel.opening import open_context
from pfd_panel.services import (
    auditing,
    collections,
    diagnosing,
    exploring,
    exporting,
    extracting,
    generating,
    importing,
    keys,
    maintenance,
    people,
    training,
    viewing,
    work,
)
from pfd_panel.services.auditing import AuditPage
from pfd_panel.services.context import LOCAL_USER, User
from pfd_panel.services.keys import DEFAULT_DAYS, Key, MintedKey
from pfd_panel.services.people import Issued, Person
from pfd_panel.workbench_annotations import LocalAnnotations
from pfd_panel.workbench_comparing import LocalComparing
from pfd_panel.workbench_contesting import LocalContesting
from pfd_panel.workbench_estimating import LocalEstimating
from pfd_panel.workbench_experiments import LocalExperiments
from pfd_panel.workbench_judging import LocalJudging
from pfd_panel.workbench_peeking import LocalPeeking
from pfd_panel.workbench_pictures import LocalPictures
from pfd_panel.workbench_registering import LocalRegistering
from pfd_panel.workbench_reporting import LocalReporting
from pfd_panel.workbench_selecting import LocalSelecting
from pfd_panel.workbench_sharing import LocalSharing
from pfd_panel.workbench_statistics import LocalStatistics
from pfd_panel.workbench_stretches import LocalStretches
from pfd_panel.workbench_viewing import LocalViewing
from pipelines.diagnose import Diagnosis
from pipelines.features import FeatureConfig

if TYPE_CHECKING:
    from data_catalog.doctor import Report
    from pfd_panel.client import RemoteWorkbench

OnProgress = Callable[[Job], None]


class Workbench(
    LocalViewing,
    LocalStretches,
    LocalComparing,
    LocalContesting,
    LocalSelecting,
    LocalStatistics,
    LocalPictures,
    LocalReporting,
    LocalSharing,
    LocalAnnotations,
    LocalPeeking,
    LocalExperiments,
    LocalRegistering,
    LocalJudging,
    LocalEstimating,
):
    """Everything the product can do, for a data directory.

    Methods that start long work return the finished job; with ``wait=False`` they return the queued one at once. If no
    server runs on the directory, waiting starts a coordinator for that long.

    Parameters
    ----------
    home : path, optional
        Data directory; ``PFD_HOME`` or ``~/.pfd`` by default. Made if it does not exist.
    user : User
        Who acts.
    on_progress : callable, optional
        Called with the job's row while a method waits.
    settings
        Any field of `ClusterSettings`, as ``workers=4``.
    """

    def __init__(
        self,
        home: Path | str | None = None,
        *,
        user: User = LOCAL_USER,
        on_progress: OnProgress | None = None,
        **settings: Any,
    ) -> None:
        self.context = open_context(home, user, **settings)
        self.on_progress = on_progress

    @staticmethod
    def connect(url: str, key: str, *, on_progress: OnProgress | None = None) -> "RemoteWorkbench":
        """The same methods on a server.

        Parameters
        ----------
        url : str
            Its address, as ``https://pfd.example.org``.
        key : str
            An API key of that server, ``pfd_…``.
        """
        from pfd_panel.client import RemoteWorkbench, Transport

        return RemoteWorkbench(Transport(url, key), on_progress=on_progress)

    def close(self) -> None:
        """Let go of the data directory."""
        self.context.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def wait(self, job: Job | str, *, timeout_s: float | None = None) -> Job:
        """Wait for a job; raises `JobFailedError` if it does not end as done."""
        job_id = job if isinstance(job, str) else job.id
        ended = work.finish(self.context, job_id, timeout_s=timeout_s, on_progress=self.on_progress)
        if ended.state != "done":
            raise JobFailedError(ended)
        return ended

    def _maybe_wait(self, job: Job, wait: bool) -> Job:
        return self.wait(job) if wait else job

    # ---- data ------------------------------------------------------------------------------------------------------

    def inspect(self, path: Path | str, **corrections: Any) -> Inspection:
        """What a file, folder or zip holds; corrections are the fields of `ImportParams`."""
        return importing.inspection(self.context, importing.asked(path, **corrections))

    def import_(self, path: Path | str, dataset: str, *, wait: bool = True, **corrections: Any) -> Job:
        """Store what is certain; ``job.result["needs"]`` lists what must still be answered."""
        asked = importing.asked(path, dataset, **corrections)
        return self._maybe_wait(importing.start(self.context, asked), wait)

    def generate(self, dataset: str, settings: Mapping[str, Any], *, notes: str = "", wait: bool = True) -> Job:
        """Generate synthetic signals; settings are the fields of `JournalConfig` or `RollingConfig`."""
        return self._maybe_wait(generating.start(self.context, dataset, settings, notes=notes), wait)

    def datasets(self) -> list[DatasetSummary]:
        """Every dataset with its counts."""
        return collections.listing(self.context)

    def dataset(self, name_or_id: str) -> DatasetSummary:
        """One dataset with its counts."""
        return collections.get(self.context, name_or_id)

    def versions(self, dataset: str) -> list[DatasetVersion]:
        """The immutable versions of a dataset, newest first."""
        return collections.versions(self.context, dataset)

    def describe(self, dataset: str, *, name: str | None = None, notes: str | None = None) -> DatasetSummary:
        """Rename a dataset or rewrite its notes."""
        dataset_id = self.dataset(dataset).id
        collections.update(self.context, dataset_id, name=name, notes=notes)
        return self.dataset(dataset_id)

    def share_dataset(self, dataset: str, visibility: str) -> DatasetSummary:
        """Let the team see a dataset, or only its owner and administrators: ``team`` or ``private``."""
        collections.share(self.context, dataset, visibility)
        return self.dataset(dataset)

    def delete_dataset(self, dataset: str) -> None:
        """Take a dataset out of sight; `restore_dataset` brings it back for 30 days."""
        collections.delete(self.context, dataset)

    def deleted(self) -> list[Dataset]:
        """Datasets that can be brought back, the last deleted first."""
        return collections.deleted(self.context)

    def restore_dataset(self, name_or_id: str) -> DatasetSummary:
        """Bring a deleted dataset back."""
        return collections.restore(self.context, name_or_id)

    def download(self, dataset: str, target: Path | str) -> Path:
        """Write the current version to an HDF5 file that imports back as it was."""
        return exporting.write_to(self.context, dataset, Path(target).expanduser())

    def tags(self, subject_kind: str, subject_id: str) -> list[str]:
        """The tags of a dataset, signal or model, in alphabetical order."""
        return collections.tags_of(self.context, subject_kind, subject_id)

    def tag_dataset(self, dataset: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[str]:
        """Put tags on a dataset and take others off; returns what it carries then."""
        return collections.retag(self.context, "dataset", self.dataset(dataset).id, add=add, remove=remove)

    def choose(self, dataset: str, *patterns: str) -> list[SignalRow]:
        """Signals by ``RECORDING``, ``RECORDING:CHANNEL`` or id; ``*`` stands for anything."""
        return collections.choose(self.context, dataset, patterns or ("*",))

    def tag_signals(self, dataset: str, patterns: Sequence[str], word: str) -> list[str]:
        """Put a tag on signals; returns their ids."""
        ids = [row.signal_id for row in self.choose(dataset, *patterns)]
        exploring.tag(self.context, ids, word)
        return ids

    def untag_signals(self, dataset: str, patterns: Sequence[str], word: str) -> list[str]:
        """Take a tag off signals; returns the ids of those that carried it."""
        return exploring.untag(self.context, [row.signal_id for row in self.choose(dataset, *patterns)], word)

    def tags_of_signals(self, signal_ids: Sequence[str]) -> dict[str, list[str]]:
        """The tags of each signal."""
        return exploring.tags_of(self.context, signal_ids)

    def correct(self, dataset: str, signal_ids: Sequence[str], *, reason: str = "", **changes: Any) -> DatasetVersion:
        """Correct attributes of signals in a new dataset version."""
        return collections.correct(self.context, dataset, signal_ids, changes, reason=reason)

    def signals(self, dataset: str | None = None, **query: Any) -> SignalPage:
        """Signals by page; query fields are those of `SignalQuery`, as ``query="fault:inner and rms > 0.3"``."""
        dataset_id = collections.get(self.context, dataset).id if dataset else None
        return viewing.page(self.context, SignalQuery(dataset_id=dataset_id, **query))

    def samples(self, row: SignalRow, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Samples of a signal (float32), in its unit."""
        return viewing.samples(self.context, row, start, stop)

    # ---- features, models ------------------------------------------------------------------------------------------

    def extract_features(self, dataset: str, config: FeatureConfig | None = None, *, wait: bool = True) -> Job:
        """Extract whatever features are missing."""
        return self._maybe_wait(extracting.start(self.context, dataset, config), wait)

    def features(self, dataset: str, config: FeatureConfig | None = None) -> pd.DataFrame:
        """Whole-record features, one row a signal."""
        return extracting.table(self.context, dataset, config)

    def train(self, dataset: str, *, wait: bool = True, **settings: Any) -> Job:
        """Train a model; settings are those of `pfd_panel.services.training.settings`."""
        return self._maybe_wait(training.start(self.context, dataset, training.settings(**settings)), wait)

    def models(self, dataset: str | None = None, *, stage: str | None = None) -> list[ModelVersion]:
        """Model versions, newest first; of one dataset or stage if asked."""
        return training.page(self.context, dataset=dataset, stage=stage, limit=10_000)[0]

    def model(self, reference: str) -> ModelVersion:
        """One model version by id, ``name:number`` or name."""
        return training.get(self.context, reference)

    def write_notes(self, model: str, notes: str) -> ModelVersion:
        """Rewrite the notes of a model version."""
        return training.write_notes(self.context, model, notes)

    def tag_model(self, model: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[str]:
        """Put tags on a model version and take others off; returns what it carries then."""
        return collections.retag(self.context, "model", self.model(model).id, add=add, remove=remove)

    def share_model(self, model: str, visibility: str) -> ModelVersion:
        """Let the team see a model version, or only its owner and administrators: ``team`` or ``private``."""
        return training.share(self.context, model, visibility)

    def delete_model(self, model: str) -> None:
        """Take a model version out of sight; `restore_model` brings it back for 30 days."""
        training.delete(self.context, model)

    def restore_model(self, model_id: str) -> ModelVersion:
        """Bring a deleted model version back, by its id."""
        return training.restore(self.context, model_id)

    def why_different(self, first: str, second: str) -> str:
        """Why two results differ, in plain words."""
        return training.why_different(self.context, first, second)

    def predict(self, model: str, path: Path | str, *, wait: bool = True, **corrections: Any) -> Job:
        """A model's answer for every recording below `path`; answers are in ``job.result["predictions"]``."""
        params = parse_params(
            "predict_recordings", {"path": importing.source(str(path)), "model": model, **corrections}
        )
        assert isinstance(params, PredictParams)
        return self._maybe_wait(training.predict(self.context, params), wait)

    # ---- diagnosis -------------------------------------------------------------------------------------------------

    def diagnose(self, row: SignalRow) -> Diagnosis:
        """Fault evidence in a stored signal, without training."""
        return diagnosing.of_signal(self.context, row)

    # ---- work ------------------------------------------------------------------------------------------------------

    def jobs(self, *, states: tuple[str, ...] = (), limit: int = 100) -> list[Job]:
        """Jobs, newest first."""
        return work.page(self.context, states=states, limit=limit)[0]

    def cancel(self, job: str) -> Job:
        """Ask a job to stop for good."""
        return work.control(self.context, job, "cancel")

    # ---- accounts --------------------------------------------------------------------------------------------------

    def users(self) -> list[Person]:
        """Everyone with an account."""
        return people.listing(self.context)

    def user(self, name: str) -> Person:
        """One account."""
        return people.get(self.context, name)

    def add_user(self, name: str, role: str, password: str, *, display_name: str = "") -> Person:
        """Make an account with a password; the first one is an administrator's."""
        return people.add(self.context, name, role, password, display_name=display_name)

    def invite_user(self, name: str, role: str, *, display_name: str = "") -> Issued:
        """Make an account whose user chooses a password with the token."""
        return people.invite(self.context, name, role, display_name=display_name)

    def reset_user(self, name: str) -> Issued:
        """A token with which someone chooses a new password; lifts a lock-out."""
        return people.reset(self.context, name)

    def unlock_user(self, name: str) -> None:
        """Forget the failed attempts under a name."""
        people.unlock(self.context, name)

    def set_role(self, name: str, role: str) -> Person:
        """Give someone another role; a lower one ends sign-ins and keys."""
        return people.set_role(self.context, name, role)

    def disable_user(self, name: str) -> Person:
        """Shut an account at once."""
        return people.disable(self.context, name)

    def enable_user(self, name: str) -> Person:
        """Open a disabled account again."""
        return people.enable(self.context, name)

    def link_user(self, name: str, issuer: str, subject: str) -> Person:
        """Let someone sign in by another service too, which knows the person by `subject`."""
        return people.link(self.context, name, issuer, subject)

    def unlink_user(self, name: str) -> Person:
        """Let nobody sign in as someone by another service any more."""
        return people.unlink(self.context, name)

    def remove_user(self, name: str) -> None:
        """Remove an account for good."""
        people.remove(self.context, name)

    def drop_second_factor(self, name: str) -> Person:
        """Let someone who lost the second factor sign in with the password alone."""
        return people.drop_second_factor(self.context, name)

    def keys(self, user: str | None = None) -> list[Key]:
        """The keys of someone, or of everyone."""
        return keys.everyones(self.context) if user is None else keys.listing(self.context, user)

    def add_key(
        self,
        name: str,
        *,
        scopes: Sequence[str] = (),
        days: float | None = DEFAULT_DAYS,
        user: str | None = None,
    ) -> MintedKey:
        """Mint an API key, one's own unless another user is named; its token is shown here once."""
        return keys.add(self.context, name, scopes=scopes, days=days, user=user)

    def revoke_key(self, key_id: str) -> Key:
        """Make a key useless, at once."""
        return keys.revoke(self.context, key_id)

    def audit(self, **asked: Any) -> AuditPage:
        """Who changed what, newest first; filters are those of `pfd_panel.services.auditing.page`."""
        return auditing.page(self.context, **asked)

    # ---- upkeep ----------------------------------------------------------------------------------------------------

    def doctor(self, *, repair: bool = False) -> "Report":
        """Check every reference, checksum and orphan; repair what can be repaired."""
        return maintenance.check(self.context, repair=repair)
