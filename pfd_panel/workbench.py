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
from dask_cluster.settings import ClusterSettings
from data_catalog.catalog import Catalog
from data_catalog.datasets import DatasetSummary
from data_catalog.formats import Inspection
from data_catalog.schema import DatasetVersion, Job, ModelVersion
from data_catalog.signals import SignalPage, SignalQuery, SignalRow
from pfd_panel.errors import ServiceError
from pfd_panel.services import collections, diagnosing, extracting, generating, importing, training, viewing, work
from pfd_panel.services.context import LOCAL_USER, Context, User
from pipelines.diagnose import Diagnosis
from pipelines.features import FeatureConfig

if TYPE_CHECKING:
    from data_catalog.doctor import Report

OnProgress = Callable[[Job], None]


class JobFailedError(ServiceError, RuntimeError):
    """A job that was waited for did not end well; `job` is its row."""

    def __init__(self, job: Job) -> None:
        told = job.error or {}
        super().__init__(told.get("message") or f"the job was {job.state}", hint=told.get("hint", ""))
        self.job = job


class Workbench:
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
        cluster = ClusterSettings.read(home=Path(home).expanduser() if home else None, **settings)
        self.context = Context(Catalog.open(cluster.home, database_url=cluster.database_url), user, cluster)
        self.on_progress = on_progress

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

    def versions(self, dataset: str) -> list[DatasetVersion]:
        """The immutable versions of a dataset."""
        return collections.versions(self.context, dataset)

    def correct(self, dataset: str, signal_ids: Sequence[str], **changes: Any) -> DatasetVersion:
        """Correct attributes of signals in a new dataset version."""
        return collections.correct(self.context, dataset, signal_ids, changes)

    def signals(self, dataset: str | None = None, **query: Any) -> SignalPage:
        """Signals by page; query fields are those of `SignalQuery`."""
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
        """Train a baseline; settings are those of `pfd_panel.services.training.settings`."""
        return self._maybe_wait(training.start(self.context, dataset, training.settings(**settings)), wait)

    def models(self, dataset: str | None = None) -> list[ModelVersion]:
        """Model versions, newest first."""
        return training.page(self.context, dataset=dataset, limit=10_000)[0]

    def model(self, reference: str) -> ModelVersion:
        """One model version by id, ``name:number`` or name."""
        return training.get(self.context, reference)

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

    def doctor(self, *, repair: bool = False) -> "Report":
        """Check every reference, checksum and orphan; repair what can be repaired."""
        from data_catalog.doctor import examine

        self.context.require("administer" if repair else "read")
        return examine(self.context.catalog, repair=repair)
