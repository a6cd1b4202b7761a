"""The part of the notebook's door that keeps selections."""

from pathlib import Path
from typing import Any

from data_catalog.datasets import DatasetSummary
from data_catalog.schema import DatasetVersion
from data_catalog.signals import SignalQuery
from pfd_panel.services import querying, selecting
from pfd_panel.services.context import Context
from pfd_panel.services.querying import QueryName


class LocalSelecting:
    """Queries and what they find, in a data directory."""

    context: Context

    def query_names(self, dataset: str) -> list[QueryName]:
        """What a query on a dataset can name."""
        return querying.names(self.context, dataset)

    def save_selection(self, dataset: str, name: str, **query: Any) -> DatasetSummary:
        """Make a dataset of what a query finds; query fields are those of `SignalQuery`."""
        return selecting.save_as(self.context, dataset, name, SignalQuery(**query))

    def keep_selection(self, dataset: str, *, reason: str = "", **query: Any) -> DatasetVersion:
        """Make a version of a dataset that holds only what a query finds; earlier versions keep the rest."""
        return selecting.keep_only(self.context, dataset, SignalQuery(**query), reason=reason)

    def download_selection(self, dataset: str, target: Path | str, **query: Any) -> Path:
        """Write what a query finds to ``….h5``, which imports back, ``….npz`` or ``….zarr.zip``."""
        return selecting.write_to(self.context, dataset, Path(target).expanduser(), SignalQuery(**query))
