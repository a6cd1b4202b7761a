"""A small rig of synthetic recordings, and what undisturbed jobs make of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import scipy.io

from dask_cluster.jobs import wait
from dask_cluster.kinds.import_signals import ImportParams
from data_catalog import Catalog, datasets
from data_catalog.schema import Job
from pfd_panel.services import extracting, importing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import vibration

DATASET = "Rig"
FILES = (("Normal", None, 1797.0), ("Inner", "bpfi", 1772.0), ("Outer", "bpfo", 1750.0), ("Ball", "bsf", 1730.0))
SIGNALS = 2 * len(FILES)


def write_folder(folder: Path, seed: int = 0) -> Path:
    """Four ``.mat`` files of two channels each, with their rate and speed, of 1.2 s at 12 kHz."""
    folder.mkdir(parents=True)
    for number, (name, fault, rpm) in enumerate(FILES):
        drive, fan = (vibration(fault, rpm, 12_000, 1.2, 100 * seed + 2 * number + channel) for channel in range(2))
        scipy.io.savemat(folder / f"{name}{seed or ''}.mat", {"DE": drive, "FE": fan, "fs": 12_000.0, "rpm": rpm})
    return folder


def start_import(catalog: Catalog, folder: Path, dataset: str = DATASET) -> Job:
    """Queue the import of a folder."""
    return importing.start(Context(catalog), ImportParams(path=str(folder), dataset=dataset))


def start_features(catalog: Catalog, dataset: str = DATASET) -> Job:
    """Queue the extraction of features."""
    return extracting.start(Context(catalog), dataset)


def done(catalog: Catalog, job: Job) -> dict[str, Any]:
    """Result of a job that must end well."""
    ended = wait(catalog, job.id, 120)
    assert (ended.state, ended.error) == ("done", None)
    return dict(ended.result)


@dataclass(frozen=True)
class Contents:
    """What a dataset holds, in a form that two catalogs can be compared by."""

    manifest_hash: str
    signals: int
    features: pd.DataFrame

    @classmethod
    def of(cls, catalog: Catalog, dataset: str = DATASET) -> "Contents":
        """Read them."""
        with catalog.read() as session:
            found = datasets.get(session, dataset)
            signals = len(datasets.manifest(session, found.id))
            latest = datasets.version(session, found.id)
        features = extracting.table(Context(catalog), dataset)
        return cls(latest.manifest_hash, signals, features.sort_index())
