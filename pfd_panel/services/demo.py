"""The demo data as two jobs, for someone who has no file at hand yet."""

from dask_cluster.kinds.import_signals import ImportParams
from data_catalog.schema import Job
from pfd_panel.demo.fill import NOTES, REAL, SYNTHETIC, SYNTHETIC_SETTINGS, excerpt
from pfd_panel.services import collections, generating, importing
from pfd_panel.services.context import Context


def start_demo(context: Context) -> list[Job]:
    """Queue the import of the real excerpt and the generation of the synthetic dataset, whichever is missing."""
    context.require("work")
    present = {dataset.name for dataset in collections.listing(context) if dataset.version}
    jobs = []
    if REAL not in present:
        jobs.append(
            importing.start(
                context, ImportParams.model_validate({"path": str(excerpt()), "dataset": REAL, "notes": NOTES})
            )
        )
    if SYNTHETIC not in present:
        notes = "Simulated rolling-element bearings; no real machine."
        jobs.append(generating.start(context, SYNTHETIC, SYNTHETIC_SETTINGS, notes=notes))
    return jobs
