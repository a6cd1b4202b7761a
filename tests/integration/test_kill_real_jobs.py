"""Kill -9 of each kind of process at named points of a real import and a real feature job.

After a restart the job finishes, its result equals an undisturbed one, and nothing is left over.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from dask_cluster.housekeeping import sweep
from data_catalog import Catalog, jobs
from data_catalog.doctor import disk_space, examine
from data_catalog.schema import FeaturePart, Segment
from tests.integration.rig import SIGNALS, Contents, done, start_features, start_import, write_folder
from tests.integration.server_site import Site
from tests.pfd_panel.conftest import running_coordinator

VICTIMS = ("worker", "coordinator", "web", "supervisor")
POINTS = (
    "segment.before_fsync",
    "segment.after_fsync",
    "segment.after_rename",
    "commit.before@step",
    "commit.after@step",
    "commit.before@finish",
    "commit.after@finish",
)
JOBS = ("import", "features")
IN_EVERY_RUN = {
    ("worker", "segment.before_fsync", "import"),
    ("coordinator", "commit.before@step", "features"),
    ("web", "segment.after_fsync", "features"),
    ("supervisor", "commit.after@step", "import"),
}
CASES = [
    pytest.param(*case, marks=() if case in IN_EVERY_RUN else pytest.mark.slow, id="-".join(case))
    for case in itertools.product(VICTIMS, POINTS, JOBS)
]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is imported."""
    return write_folder(tmp_path_factory.mktemp("measured") / "rig")


@pytest.fixture(scope="module")
def imported(rig: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which an undisturbed import has ended."""
    home = tmp_path_factory.mktemp("imported") / "home"
    with Catalog.open(home) as catalog, running_coordinator(catalog):
        assert done(catalog, start_import(catalog, rig))["added"] == SIGNALS
    return home


@pytest.fixture(scope="module")
def undisturbed(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What an undisturbed import and feature job give."""
    home = Path(shutil.copytree(imported, tmp_path_factory.mktemp("undisturbed") / "home"))
    with Catalog.open(home) as catalog, running_coordinator(catalog):
        assert done(catalog, start_features(catalog))["computed"] == SIGNALS
        return Contents.of(catalog)


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Sites that end with the test."""
    opened: list[Site] = []

    def make(home: Path, **options: object) -> Site:
        opened.append(Site(home, tmp_path, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for site in opened:
        site.end()


def assert_nothing_is_left_over(catalog: Catalog) -> None:
    """Every folder of the store belongs to a row, every row has its folder, and the doctor finds nothing."""
    sweep(catalog, horizon_s=0.0)
    with catalog.read() as session:
        segments, parts = set(session.scalars(select(Segment.id))), set(session.scalars(select(FeaturePart.id)))
    assert {path.name for path in (catalog.store.root / "segments").iterdir()} == segments
    assert catalog.feature_store.ids() == parts
    if catalog.feature_store.root.exists():
        assert {path.name for path in catalog.feature_store.root.iterdir()} == parts
    about_the_disk = {problem.what for problem in disk_space(catalog)}
    assert [finding for finding in examine(catalog).findings if finding.what not in about_the_disk] == []


@pytest.mark.parametrize(("victim", "point", "kind"), CASES)
def test_a_job_survives_the_death_of_any_process_at_any_point(
    victim: str,
    point: str,
    kind: str,
    rig: Path,
    imported: Path,
    undisturbed: Contents,
    open_site: Callable[..., Site],
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    if kind == "features":
        shutil.copytree(imported, home)
    with Catalog.open(home) as catalog:
        job = start_import(catalog, rig) if kind == "import" else start_features(catalog)
        site = open_site(home, hold_at=point, web=victim in {"web", "supervisor"})
        site.start()
        site.wait_until_held()
        with catalog.read() as session:
            before = jobs.get(session, job.id).state
        assert before == ("done" if point == "commit.after@finish" else "running")

        if victim == "web":
            site.wait_for_web()
        first = site.child(victim)
        site.kill(victim)
        site.go_on()
        if victim == "supervisor":
            site.start()
        result = done(catalog, job)
        if victim == "web":
            site.wait_for_web()
            assert site.child("web") not in {None, first}
        site.end()

        found = Contents.of(catalog)
        assert found.manifest_hash == undisturbed.manifest_hash
        assert found.signals == SIGNALS
        if kind == "import":
            assert (result["added"], result["duplicates"], result["problems"]) == (SIGNALS, [], [])
        else:
            assert (result["computed"], result["skipped"]) == (SIGNALS, [])
            pd.testing.assert_frame_equal(found.features, undisturbed.features, check_exact=True)
        assert_nothing_is_left_over(catalog)


@pytest.mark.slow
def test_four_workers_importing_at_once_lose_nothing(open_site: Callable[..., Site], tmp_path: Path) -> None:
    """One job of many steps, and four jobs into one dataset, all at the same time; some files come twice."""
    parent = tmp_path / "measured"
    folders = [write_folder(parent / f"day {day}", seed=day) for day in range(4)]
    (parent / "day 4").mkdir()
    for folder in folders[1:]:
        shutil.copy(next(folder.glob("Ball*")), parent / "day 4")
    distinct = SIGNALS * len(folders)
    with Catalog.open(tmp_path / "alone") as catalog, running_coordinator(catalog):
        for folder in folders:
            done(catalog, start_import(catalog, folder, "in turn"))
        done(catalog, start_import(catalog, parent, "as one"))
        in_turn, as_one = Contents.of(catalog, "in turn"), Contents.of(catalog, "as one")
    assert (in_turn.signals, as_one.signals) == (distinct, distinct)

    with Catalog.open(tmp_path / "home") as catalog:
        queued = [start_import(catalog, folder, "in turn") for folder in folders]
        whole = start_import(catalog, parent, "as one")
        site = open_site(catalog.home, workers=4)
        site.start()
        results = [done(catalog, job) for job in (*queued, whole)]
        with catalog.read() as session:
            rows = [jobs.get(session, job.id) for job in queued]
        begun = [row.started_at for row in rows if row.started_at is not None]
        ended = [row.finished_at for row in rows if row.finished_at is not None]
        assert len(begun) == len(ended) == len(rows)
        assert max(begun) < min(ended)
        site.end()

        assert results[-1]["added"] == distinct
        assert len(results[-1]["duplicates"]) == 2 * (len(folders) - 1)
        for dataset, expected in (("in turn", in_turn), ("as one", as_one)):
            found = Contents.of(catalog, dataset)
            assert (found.signals, found.manifest_hash) == (expected.signals, expected.manifest_hash)
        assert_nothing_is_left_over(catalog)
