"""The part of the notebook's door that makes reports of models."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data_catalog.schema import Job
from pfd_panel.errors import RequestError
from pfd_panel.services import reporting
from pfd_panel.services.context import Context
from pfd_panel.services.reporting import ReportFile


class LocalReporting:
    """Reports of the models of a data directory."""

    context: Context

    if TYPE_CHECKING:

        def wait(self, job: Job | str, *, timeout_s: float | None = None) -> Job: ...

    def report(
        self, models: str | Sequence[str], folder: Path | str, formats: Sequence[str] = reporting.FORMATS
    ) -> list[Path]:
        """Make the report of a model, or the comparison of several, and write its files into a folder."""
        into = folder_for(folder)
        job = self.wait(self.start_report(models, formats))
        return [self.save_report(job, one.format, into) for one in self.report_files(job)]

    def start_report(self, models: str | Sequence[str], formats: Sequence[str] = reporting.FORMATS) -> Job:
        """Queue a report and return its job at once."""
        return reporting.start(self.context, several(models), formats)

    def reports(self, models: str | Sequence[str]) -> list[Job]:
        """The newest jobs that made the report of just these models."""
        return reporting.made(self.context, several(models))

    def report_files(self, job: Job | str) -> list[ReportFile]:
        """The files of a report; none until its job is done."""
        return reporting.files(self.context, job if isinstance(job, str) else job.id)

    def save_report(self, job: Job | str, form: str, folder: Path | str) -> Path:
        """Write one file of a report into a folder, under its own name."""
        found, place = reporting.file(self.context, job if isinstance(job, str) else job.id, form)
        return Path(shutil.copyfile(place, folder_for(folder) / found.name))


def several(models: str | Sequence[str]) -> list[str]:
    """One name, or several, as a list."""
    return [models] if isinstance(models, str) else list(models)


def folder_for(folder: Path | str) -> Path:
    """A folder that is there.

    Raises
    ------
    RequestError
        It is not.
    """
    found = Path(folder).expanduser()
    if not found.is_dir():
        raise RequestError(f"there is no folder {found}", hint="Make it first, or name another.")
    return found
