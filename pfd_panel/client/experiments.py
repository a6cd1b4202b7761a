"""Experiments of a server, with the methods of the local workbench."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from data_catalog.experiment_pages import ExperimentPage, ExperimentRow
from pfd_panel.client.api import Api
from pfd_panel.services import training
from pfd_panel.services.experiments import ExperimentDetail, ModelSummary
from pfd_panel.services.querying import QueryName
from pfd_panel.workbench_experiments import Ids, every, retagged


class RemoteExperiments:
    """The part of `RemoteWorkbench` that keeps experiments."""

    api: Api

    if TYPE_CHECKING:

        def _dataset(self, name: str) -> str: ...

    def start_experiment(
        self,
        dataset: str,
        *,
        seeds: Sequence[int] | None = None,
        title: str = "",
        notes: str = "",
        tags: Sequence[str] = (),
        folder: str = "",
        visibility: str = "team",
        **settings: Any,
    ) -> ExperimentRow:
        """Queue an experiment, one run a seed; settings are those of `pfd_panel.services.training.settings`."""
        about = {"title": title, "notes": notes, "tags": list(tags), "folder": folder, "visibility": visibility}
        given = {"seeds": None if seeds is None else list(seeds), **training.settings(**settings), **about}
        made: ExperimentRow = self.api.start_experiment(dataset=self._dataset(dataset), **given)
        return made

    def experiments(self, **asked: Any) -> ExperimentPage:
        """Experiments by page; arguments are those of `pfd_panel.services.experiments.page`."""
        wanted = int(asked.pop("limit", 50))
        told = {**asked, "tag": list(asked.pop("tags", ())), "column": list(asked.pop("columns", ()))}
        told = {name: value for name, value in told.items() if name not in ("tags", "columns")}
        rows: list[ExperimentRow] = []
        while True:
            found = self.api.list_experiments(**told, limit=max(1, min(wanted - len(rows), 1000)))
            rows += found.items
            if found.next is None or len(rows) >= wanted:
                return ExperimentPage(rows[:wanted], found.total)
            told |= {"cursor": found.next}

    def experiment(self, experiment: str) -> ExperimentDetail:
        """One experiment with its runs, its job and the models it left, by id or the beginning of it."""
        found = self.api.get_experiment(experiment=experiment)
        job_id = found.experiment.job_id
        job = self.api.get_job(job=job_id) if job_id else None
        models = [ModelSummary(**dict(one)) for one in found.models]
        return ExperimentDetail(found.experiment, found.runs, job, models, found.summaries)

    def experiment_facets(self, **asked: Any) -> dict[str, list[tuple[str, int]]]:
        """States, models, folders, owners, datasets and tags of experiments with their counts."""
        counted = self.api.list_experiment_facets(**asked)
        return {name: [(one.value, one.experiments) for one in found] for name, found in counted.items()}

    def experiment_names(self) -> list[QueryName]:
        """What a query on experiments can name, and what lists can show and be sorted by."""
        found: list[QueryName] = self.api.list_experiment_names()
        return found

    def experiment_history(
        self, experiment: str, *, run: int | None = None, names: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """What the runs measured: columns run, seed, part, epoch, name, value."""
        asked = {"experiment": experiment, "run": run, "name": None if names is None else list(names)}
        return pd.DataFrame(self.api.get_experiment_history(**asked).data)

    def experiment_settings(self, experiment: str) -> dict[str, Any]:
        """What would have to be asked to make the same experiment again."""
        found: dict[str, Any] = self.api.get_experiment_settings(experiment=experiment)
        return found

    def rename_experiments(self, ids: Ids, name: str) -> list[ExperimentRow]:
        """Give one experiment or several a name."""
        changed: list[ExperimentRow] = self.api.rename_experiments(experiments=every(ids), name=name)
        return changed

    def describe_experiments(self, ids: Ids, notes: str) -> list[ExperimentRow]:
        """Rewrite the notes of experiments."""
        changed: list[ExperimentRow] = self.api.describe_experiments(experiments=every(ids), notes=notes)
        return changed

    def move_experiments(self, ids: Ids, folder: str) -> list[ExperimentRow]:
        """Put experiments into a folder; '' is the top."""
        changed: list[ExperimentRow] = self.api.move_experiments(experiments=every(ids), folder=folder)
        return changed

    def tag_experiments(self, ids: Ids, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[ExperimentRow]:
        """Put tags on experiments and take others off."""
        return retagged(
            lambda: self.api.tag_experiments(experiments=every(ids), words=list(add)) if add else [],
            lambda: self.api.untag_experiments(experiments=every(ids), words=list(remove)) if remove else [],
        )

    def archive_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Take experiments out of the usual lists."""
        changed: list[ExperimentRow] = self.api.archive_experiments(experiments=every(ids))
        return changed

    def unarchive_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Bring archived experiments back into the usual lists."""
        changed: list[ExperimentRow] = self.api.unarchive_experiments(experiments=every(ids))
        return changed

    def delete_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Take experiments that have ended out of sight; `restore_experiments` brings them back for 30 days."""
        changed: list[ExperimentRow] = self.api.delete_experiments(experiments=every(ids))
        return changed

    def restore_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Bring deleted experiments back, by their ids."""
        changed: list[ExperimentRow] = self.api.restore_experiments(experiments=every(ids))
        return changed

    def share_experiments(self, ids: Ids, visibility: str) -> list[ExperimentRow]:
        """Let the team see experiments with runs, models and jobs (``team``), or only their owners (``private``)."""
        changed: list[ExperimentRow] = self.api.share_experiments(experiments=every(ids), visibility=visibility)
        return changed
