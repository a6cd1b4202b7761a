"""Selections of a server, with the methods of the local workbench."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_catalog.datasets import DatasetSummary
from data_catalog.schema import DatasetVersion
from pfd_panel.client.api import Api
from pfd_panel.client.fetching import fetch
from pfd_panel.client.transport import Transport
from pfd_panel.errors import RequestError
from pfd_panel.services.querying import QueryName
from pfd_panel.services.selecting import form_of


class RemoteSelecting:
    """The part of `RemoteWorkbench` that keeps selections."""

    api: Api
    transport: Transport

    if TYPE_CHECKING:

        def _dataset(self, name: str) -> str: ...

    def query_names(self, dataset: str) -> list[QueryName]:
        """What a query on a dataset can name."""
        found: list[QueryName] = self.api.list_query_names(dataset=self._dataset(dataset))
        return found

    def save_selection(self, dataset: str, name: str, **query: Any) -> DatasetSummary:
        """Make a dataset of what a query finds; query fields are those of `SignalQuery`."""
        asked = filter_of(query)
        made: DatasetSummary = self.api.save_selection(dataset=self._dataset(dataset), name=name, **asked)
        return made

    def keep_selection(self, dataset: str, *, reason: str = "", **query: Any) -> DatasetVersion:
        """Make a version of a dataset that holds only what a query finds; earlier versions keep the rest."""
        asked = filter_of(query)
        made: DatasetVersion = self.api.keep_selection(dataset=self._dataset(dataset), reason=reason, **asked)
        return made

    def download_selection(self, dataset: str, target: Path | str, **query: Any) -> Path:
        """Write what a query finds to ``….h5``, which imports back, ``….npz`` or ``….zarr.zip``."""
        place = Path(target).expanduser()
        if not place.parent.is_dir():
            raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
        told = {"dataset": self._dataset(dataset), "form": form_of(place), **filter_of(query)}
        return fetch(self.transport, "export_selection", told, place)


def filter_of(query: dict[str, Any]) -> dict[str, Any]:
    """Fields of `SignalQuery` as those of a request."""
    asked: dict[str, Any] = dict(query)
    asked |= dict(asked.pop("where", {}))
    bounds = asked.pop("ranges", {})
    asked["range"] = [f"{name}:{_bound(low)}:{_bound(high)}" for name, (low, high) in bounds.items()]
    asked["only"] = list(asked.pop("only", None) or ())
    asked["tag"] = list(asked.pop("tags", ()))
    return asked


def _bound(value: float | None) -> str:
    return "" if value is None else repr(float(value))
