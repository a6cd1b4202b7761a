"""Jobs ask workers for the memory that their data need, and are refused in words where no worker has it."""

import re
from pathlib import Path

from dask_cluster.jobs import JobContext, get_kind, wait
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from data_catalog.schema import Job
from pfd_panel.services import generating, training
from pfd_panel.services.context import Context
from tests.integration.rig import DATASET, done, start_features, start_import, write_folder
from tests.pfd_panel.conftest import running_coordinator

SHORT_OF_MEMORY = r"needs about [\d.]+ [MG]iB of memory, and the largest worker has 1\.00 MiB"


def asked_by(catalog: Catalog, job: Job) -> list[float]:
    """The memory that each step of a queued job asks for."""
    kind = get_kind(job.kind)
    context = JobContext(
        catalog=catalog,
        job_id=job.id,
        owner=job.owner,
        params=kind.Params.model_validate(job.params),
        log=lambda level, text: None,
        step_results=lambda session: {},
    )
    return [step.resources["MEMORY"] for step in kind.plan(context).steps if step.units]


def test_every_kind_asks_and_is_refused_with_both_sizes_where_no_worker_has_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "rig")
    with Catalog.open(tmp_path / "home") as catalog:
        context = Context(catalog, cluster=ClusterSettings(home=tmp_path / "home", workers=1))
        with running_coordinator(catalog):
            for dataset in (DATASET, "without features"):
                done(catalog, start_import(catalog, folder, dataset))
            done(catalog, start_features(catalog))
        short = {"kind": "rolling", "per_class": 1, "duration_s": 1.0, "seed": 1}
        jobs = [
            start_import(catalog, folder, "again"),
            start_features(catalog, "without features"),
            training.start(context, DATASET, training.settings(model="svm_rbf", folds=2)),
            generating.start(context, "made", short),
            generating.start(context, "made longer", short | {"duration_s": 2.0}),
        ]
        asked = [asked_by(catalog, job)[0] for job in jobs]
        assert min(asked) > 2**20
        assert asked[-1] == 2 * asked[-2]
        with running_coordinator(catalog, memory=2.0**20):
            for job in jobs:
                ended = wait(catalog, job.id, 60)
                assert ended.state == "failed"
                assert re.search(SHORT_OF_MEMORY, ended.error["message"]), ended.error
                assert "PFD_MEMORY_LIMIT" in ended.error["hint"]
