"""Datasets: list, describe, correct, delete, bring back, export."""

from typing import Any

from pydantic import Field

from data_catalog.datasets import DatasetSummary
from data_catalog.schema import Dataset, DatasetVersion
from data_catalog.signals import SignalRow
from pfd_panel.api.cursors import sliced
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Ids, Name, Notes, Nothing, OfDataset, Paged, Word
from pfd_panel.api.wire import FileAnswer, Page
from pfd_panel.services import collections, exporting
from pfd_panel.services.context import Context


class DatasetList(Paged):
    """Which datasets."""

    text: str = Field("", max_length=300, description="Words that the name must have.")
    synthetic: bool | None = Field(None, description="Only generated datasets, or only measured ones.")


class DatasetChange(OfDataset):
    """What to change of a dataset; what is left out stays."""

    name: Name | None = None
    notes: Notes | None = None


class DatasetVisibility(OfDataset):
    """Who sees a dataset."""

    visibility: Word = Field(description="`team`, or `private`: its owner and administrators only.")


class SignalChoice(OfDataset, Paged):
    """Signals by name."""

    pattern: tuple[Name, ...] = Field(
        ("*",), max_length=500, description="`RECORDING`, `RECORDING:CHANNEL` or an id; `*` and `?` as in a shell."
    )


class Changes(Asked):
    """Attributes to correct; null says that it is not known."""

    rate_hz: float | None = Field(None, gt=0, lt=1e9)
    speed_rpm: float | None = Field(None, gt=0, lt=1e9)
    unit: Word | None = None
    fault: Word | None = None
    fault_size: float | None = None
    position: Word | None = None
    load: float | None = None
    severity: Word | None = None
    bearing: Word | None = None
    asset: Word | None = None
    notes: Notes | None = None


class Correction(OfDataset):
    """Which signals, and what is true of them."""

    signal_ids: Ids
    changes: Changes
    reason: str = Field("", max_length=1000, description="Why, for those who read the version later.")


@operation("GET", "/datasets", right="read", offers=collections.listing)
def list_datasets(context: Context, asked: DatasetList) -> Page[DatasetSummary]:
    """Every dataset with its counts, the last changed first."""
    words = asked.text.casefold().split()
    rows = [
        one
        for one in collections.listing(context)
        if all(word in one.name.casefold() for word in words) and asked.synthetic in (None, one.synthetic)
    ]
    return sliced(rows, asked.cursor, asked.limit, asked.about())


@operation("GET", "/datasets/{dataset}", right="read", offers=collections.get)
def get_dataset(context: Context, asked: OfDataset) -> DatasetSummary:
    """One dataset with its counts."""
    return collections.get(context, asked.dataset)


@operation("PATCH", "/datasets/{dataset}", right="work", offers=collections.update)
def update_dataset(context: Context, asked: DatasetChange) -> DatasetSummary:
    """Rename a dataset or rewrite its notes."""
    dataset_id = collections.get(context, asked.dataset).id
    collections.update(context, dataset_id, name=asked.name, notes=asked.notes)
    return collections.get(context, dataset_id)


@operation("PUT", "/datasets/{dataset}/visibility", right="work", offers=collections.share)
def share_dataset(context: Context, asked: DatasetVisibility) -> DatasetSummary:
    """Let the team see a dataset, or only its owner and administrators."""
    collections.share(context, asked.dataset, asked.visibility)
    return collections.get(context, asked.dataset)


@operation("DELETE", "/datasets/{dataset}", right="work", offers=collections.delete)
def delete_dataset(context: Context, asked: OfDataset) -> None:
    """Take a dataset out of sight; it can be brought back for 30 days."""
    collections.delete(context, asked.dataset)


@operation("GET", "/deleted-datasets", right="read", offers=collections.deleted)
def list_deleted_datasets(context: Context, asked: Nothing) -> list[Dataset]:
    """Datasets that can still be brought back, the last deleted first."""
    return collections.deleted(context)


@operation("POST", "/deleted-datasets/{dataset}/restore", right="work", offers=collections.restore)
def restore_dataset(context: Context, asked: OfDataset) -> DatasetSummary:
    """Bring a deleted dataset back: by id, or by name the one that was deleted last."""
    return collections.restore(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/versions", right="read", offers=collections.versions)
def list_versions(context: Context, asked: OfDataset) -> list[DatasetVersion]:
    """The immutable versions of a dataset, newest first."""
    return collections.versions(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/export", right="read", offers=exporting.export)
def export_dataset(context: Context, asked: OfDataset) -> FileAnswer:
    """The current version as one HDF5 file that imports back as it was."""
    made = exporting.export(context, asked.dataset)
    return FileAnswer(str(made), made.name, "application/x-hdf5")


@operation("GET", "/datasets/{dataset}/choice", right="read", offers=collections.choose)
def choose_signals(context: Context, asked: SignalChoice) -> Page[SignalRow]:
    """Signals by the names of recordings and channels."""
    rows = collections.choose(context, asked.dataset, asked.pattern)
    return sliced(rows, asked.cursor, asked.limit, asked.about())


@operation("POST", "/datasets/{dataset}/corrections", right="work", offers=collections.correct)
def correct_signals(context: Context, asked: Correction) -> DatasetVersion:
    """Correct attributes of signals in a new dataset version; the old one stays readable."""
    changes: dict[str, Any] = asked.changes.model_dump(exclude_unset=True)
    return collections.correct(context, asked.dataset, asked.signal_ids, changes, reason=asked.reason)
