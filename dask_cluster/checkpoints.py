"""Where long steps keep their state, and when it is no longer needed."""

import logging
import shutil
from pathlib import Path

from data_catalog import Catalog, jobs
from data_catalog.errors import NotFoundError

logger = logging.getLogger(__name__)

OVER = ("done", "cancelled")
"""States from which a job does not go on; one that failed may be tried again."""


def folder_of(home: Path, job_id: str) -> Path:
    """The folder of a job's checkpoints."""
    return home / "checkpoints" / job_id


def sweep(catalog: Catalog) -> list[str]:
    """Remove the checkpoints of jobs that are over or gone; their ids."""
    removed = []
    root = catalog.home / "checkpoints"
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        with catalog.read() as session:
            try:
                over = jobs.get(session, folder.name).state in OVER
            except NotFoundError:
                over = True
        if over:
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder.name)
    return removed
