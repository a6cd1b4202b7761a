"""Reports of the models of a server, with the methods of the local workbench."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data_catalog.errors import NotFoundError
from data_catalog.schema import Job
from pfd_panel.client.api import Api
from pfd_panel.client.fetching import fetch
from pfd_panel.client.transport import Transport
from pfd_panel.services import file_names, reporting
from pfd_panel.services.reporting import ReportFile
from pfd_panel.workbench_reporting import folder_for, several


class RemoteReporting:
    """The part of `RemoteWorkbench` that makes reports of models."""

    api: Api
    transport: Transport

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
        job: Job = self.api.create_report(models=several(models), formats=list(formats))
        return job

    def reports(self, models: str | Sequence[str]) -> list[Job]:
        """The newest jobs that made the report of just these models."""
        return list(self.api.list_reports(model=several(models)))

    def report_files(self, job: Job | str) -> list[ReportFile]:
        """The files of a report; none until its job is done."""
        told = self.api.list_report_files(job=job if isinstance(job, str) else job.id)
        return [ReportFile(one.format, one.name, one.media_type, one.bytes, one.sha256) for one in told]

    def save_report(self, job: Job | str, form: str, folder: Path | str) -> Path:
        """Write one file of a report into a folder, under its own name."""
        job_id = job if isinstance(job, str) else job.id
        found = next((one for one in self.report_files(job_id) if one.format == form), None)
        if found is None:
            raise NotFoundError(f"the report has no {form}", hint="make it again, or wait for its job")
        # the name comes from the server, the folder is ours
        place = folder_for(folder) / file_names.safe_name(found.name)
        return fetch(self.transport, "get_report_file", {"job": job_id, "format": form}, place)
