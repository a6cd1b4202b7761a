"""A small catalog made by the real kinds of job: imported recordings, generated ones, features and one model."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from distributed import Client, LocalCluster
from sqlalchemy import delete

from dask_cluster.cluster import ClusterHandle
from dask_cluster.coordinator import Coordinator
from dask_cluster.jobs import wait
from dask_cluster.kinds.import_signals import ImportParams
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog, artifacts
from data_catalog.schema import Derived, Job
from pfd_panel.services import extracting, generating, importing, reporting, training
from pfd_panel.services.context import Context
from pipelines.bearings import lookup
from tests.blank import New
from tests.pfd_panel.running_server import gallery, running

__all__ = ["gallery", "running"]

RIG = "Test rig"
SIMULATED = "Simulated bearings"
JOURNAL = "Simulated journal bearings"
MODEL = "Simulated, by recording"

# folder, file, number of its variables, fault (None: healthy), rpm
_RECORDINGS = (
    ("Normal", "97_Normal_0", 97, None, 1797),
    ("Normal", "98_Normal_1", 98, None, 1772),
    ("IR/007", "105_0", 105, "bpfi", 1797),
    ("IR/007", "106_1", 106, "bpfi", 1772),
    ("IR/021", "209_0", 209, "bpfi", 1797),
    ("B/007", "118_0", 118, "bsf", 1797),
    ("B/007", "119_1", 119, "bsf", 1772),
    ("OR/007/@6", "130@6_0", 130, "bpfo", 1797),
    ("OR/007/@6", "131@6_1", 131, "bpfo", 1772),
)


def vibration(fault: str | None, rpm: float, rate_hz: float, seconds: float, seed: int) -> np.ndarray:
    """Noise, shaft orders and, with a fault, impacts at its frequency that ring at 3 kHz; float64 (N,), in g."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    x = 0.05 * rng.standard_normal(t.size) + 0.02 * np.sin(2 * np.pi * rpm / 60 * t)
    if fault is None:
        return x
    orders = lookup("6205-2RS").orders()
    order = {"bpfi": orders.bpfi, "bpfo": orders.bpfo, "bsf": 2 * orders.bsf}[fault]
    # rolling elements slide: no two intervals are quite equal, which is what tells impacts from tones
    period = 60 / (rpm * order)
    hits = np.cumsum(period * (1 + 0.01 * rng.standard_normal(int(seconds / period) + 50)))
    since = t - hits[np.maximum(np.searchsorted(hits, t, side="right") - 1, 0)]
    ringing = np.where(since >= 0, np.exp(-900 * np.maximum(since, 0)) * np.sin(2 * np.pi * 3000 * since), 0.0)
    return x + 0.8 * ringing


def write_rig(folder: Path) -> Path:
    """A folder of ``.mat`` files laid out as the bearing rig that the preset ``cwru`` declares."""
    for seed, (place, name, number, fault, rpm) in enumerate(_RECORDINGS):
        rate = 48_000 if fault is None else 12_000
        path = folder / place / f"{name}.mat"
        path.parent.mkdir(parents=True, exist_ok=True)
        drive = vibration(fault, rpm, rate, 2.5, seed)
        fan = 0.3 * vibration(fault, rpm, rate, 2.5, 100 + seed)
        scipy.io.savemat(
            path,
            {
                f"X{number:03d}_DE_time": drive[:, None],
                f"X{number:03d}_FE_time": fan[:, None],
                f"X{number:03d}RPM": rpm,
            },
        )
    return folder


@contextmanager
def running_coordinator(catalog: Catalog, memory: float = 4e9) -> Iterator[None]:
    """Run the queue of `catalog` inside this process for the duration of the block, in two threads of one worker."""
    offers = {"CPU": 2.0, "MEMORY": memory}

    def cluster() -> ClusterHandle:
        threads = LocalCluster(
            processes=False, n_workers=1, threads_per_worker=2, dashboard_address="127.0.0.1:0", resources=offers
        )
        client = Client(threads, set_as_default=False)
        return ClusterHandle(client, offers, 2, threads)

    stop = threading.Event()
    thread = threading.Thread(target=Coordinator(catalog, cluster).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


def _done(context: Context, job: Job) -> Job:
    ended = wait(context.catalog, job.id, 300)
    assert ended.state == "done", ended.error
    return ended


def report_on(context: Context) -> str:
    """A job that has made a report of the model, as if it had run: its row, and a file among the artifacts."""
    known = reporting.made(context, [MODEL])
    if known:
        return known[0].id
    job = reporting.start(context, [MODEL], ["pdf"])
    manifest = context.catalog.artifacts.put(b"%PDF-1.7 a report")
    file = {"format": "pdf", "name": "report.pdf", "artifact_id": manifest.id, "bytes": manifest.bytes}
    with context.catalog.write() as session:
        artifacts.add(session, manifest, "report")
        session.get_one(Job, job.id).state = "done"
        session.get_one(Job, job.id).result = {"files": [file]}
    return job.id


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """The services' context of a filled catalog. Read only: tests that change something take `filled_copy`.

    ``Test rig`` holds 18 imported signals (9 recordings, channels DE and FE, four classes, features), ``Simulated
    bearings`` 30 generated ones (five classes, features, one random forest), ``Simulated journal bearings`` three
    without features.
    """
    home = tmp_path_factory.mktemp("filled") / "home"
    rig = write_rig(tmp_path_factory.mktemp("rig"))
    with Catalog.open(home) as catalog:
        context = Context(catalog, cluster=ClusterSettings(home=home, workers=1))
        with running_coordinator(catalog):
            imported = importing.start(context, ImportParams(path=str(rig), dataset=RIG, preset="cwru"))
            rolling = {"kind": "rolling", "per_class": 6, "duration_s": 2.0, "bearings": 3, "seed": 5}
            generated = generating.start(context, SIMULATED, rolling)
            classes = ["healthy", "imbalance", "oil_whirl"]
            journal = {"kind": "journal", "classes": classes, "per_class": 1, "duration_s": 1.0, "seed": 5}
            others = generating.start(context, JOURNAL, journal)
            for job in (imported, generated, others):
                _done(context, job)
            _done(context, extracting.start(context, RIG))
            _done(context, training.start(context, SIMULATED, training.settings(folds=3, name=MODEL)))
        yield context


@pytest.fixture
def filled_copy(filled: Context, tmp_path: Path) -> Iterator[Context]:
    """A copy of the filled catalog that a test may change."""
    home = tmp_path / "home"
    shutil.copytree(filled.catalog.home, home, ignore=shutil.ignore_patterns("exports"))
    with Catalog.open(home) as catalog:
        with catalog.write() as session:
            session.execute(delete(Derived))  # looking at a signal keeps its diagnosis, in the original too
        yield Context(catalog, filled.user, ClusterSettings(home=home, workers=1))


@pytest.fixture
def bare(tmp_path: Path, new_home: New) -> Iterator[Context]:
    """The context of a catalog that holds nothing."""
    home = new_home(tmp_path / "bare")
    with Catalog.open(home) as catalog:
        yield Context(catalog, cluster=ClusterSettings(home=home, workers=1))
