"""The part of the notebook's door that keeps experiments."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from data_catalog.experiment_pages import ExperimentPage, ExperimentRow
from pfd_panel.services import experiments, training
from pfd_panel.services.context import Context
from pfd_panel.services.experiments import ExperimentDetail
from pfd_panel.services.querying import QueryName

Ids = str | Sequence[str]


class LocalExperiments:
    """Experiments of a data directory."""

    context: Context

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
        return experiments.start(
            self.context,
            dataset,
            training.settings(**settings),
            seeds=seeds,
            name=title,
            notes=notes,
            tags=tags,
            folder=folder,
            visibility=visibility,
        )

    def experiments(self, **asked: Any) -> ExperimentPage:
        """Experiments by page; arguments are those of `pfd_panel.services.experiments.page`."""
        return experiments.page(self.context, **asked)

    def experiment(self, experiment: str) -> ExperimentDetail:
        """One experiment with its runs, its job and the models it left, by id or the beginning of it."""
        return experiments.get(self.context, experiment)

    def experiment_facets(self, **asked: Any) -> dict[str, list[tuple[str, int]]]:
        """States, models, folders, owners, datasets and tags of experiments with their counts."""
        return experiments.facets(self.context, **asked)

    def experiment_names(self) -> list[QueryName]:
        """What a query on experiments can name, and what lists can show and be sorted by."""
        return experiments.names(self.context)

    def experiment_history(
        self, experiment: str, *, run: int | None = None, names: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """What the runs measured: columns run, seed, part, epoch, name, value."""
        return experiments.history(self.context, experiment, run=run, names=names)

    def experiment_settings(self, experiment: str) -> dict[str, Any]:
        """What would have to be asked to make the same experiment again."""
        return experiments.rerun_settings(self.context, experiment)

    def rename_experiments(self, ids: Ids, name: str) -> list[ExperimentRow]:
        """Give one experiment or several a name."""
        return experiments.rename(self.context, every(ids), name)

    def describe_experiments(self, ids: Ids, notes: str) -> list[ExperimentRow]:
        """Rewrite the notes of experiments."""
        return experiments.describe(self.context, every(ids), notes)

    def move_experiments(self, ids: Ids, folder: str) -> list[ExperimentRow]:
        """Put experiments into a folder; '' is the top."""
        return experiments.move(self.context, every(ids), folder)

    def tag_experiments(self, ids: Ids, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[ExperimentRow]:
        """Put tags on experiments and take others off."""
        return retagged(
            lambda: experiments.tag(self.context, every(ids), add) if add else [],
            lambda: experiments.untag(self.context, every(ids), remove) if remove else [],
        )

    def archive_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Take experiments out of the usual lists."""
        return experiments.archive(self.context, every(ids))

    def unarchive_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Bring archived experiments back into the usual lists."""
        return experiments.unarchive(self.context, every(ids))

    def delete_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Take experiments that have ended out of sight; `restore_experiments` brings them back for 30 days."""
        return experiments.delete(self.context, every(ids))

    def restore_experiments(self, ids: Ids) -> list[ExperimentRow]:
        """Bring deleted experiments back, by their ids."""
        return experiments.restore(self.context, every(ids))

    def share_experiments(self, ids: Ids, visibility: str) -> list[ExperimentRow]:
        """Let the team see experiments with runs, models and jobs (``team``), or only their owners (``private``)."""
        return experiments.share(self.context, every(ids), visibility)


def every(ids: Ids) -> list[str]:
    """One id or several as a list."""
    return [ids] if isinstance(ids, str) else list(ids)


def retagged(tag: Callable[[], list[ExperimentRow]], untag: Callable[[], list[ExperimentRow]]) -> list[ExperimentRow]:
    """Experiments after tags were put on and others taken off; what was changed last is what they carry."""
    tagged = tag()
    return untag() or tagged
