"""Selections: what a filter finds, as a dataset, a version or a file."""

from pathlib import Path

from pydantic import Field

from data_catalog.datasets import DatasetSummary
from data_catalog.schema import DatasetVersion
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Name, OfDataset, SignalFilter
from pfd_panel.api.wire import FileAnswer
from pfd_panel.services import selecting
from pfd_panel.services.context import Context
from pfd_panel.services.selecting import Form

MEDIA: dict[Form, str] = {"h5": "application/x-hdf5", "npz": "application/zip", "zarr": "application/zip"}


class Selection(SignalFilter, OfDataset):
    """Which signals of a dataset."""


class SelectionAsDataset(Selection):
    """Which signals, and what their dataset is called."""

    name: Name = Field(description="Name of the new dataset.")


class SelectionAsVersion(Selection):
    """Which signals the next version holds."""

    reason: str = Field("", max_length=1000, description="Why, for those who read the version later.")


class SelectionAsFile(Selection):
    """Which signals, and in which form."""

    form: Form = Field(
        "h5",
        description="`h5` imports back as it was; `npz` holds float32 under recording/channel; `zarr` is a zipped "
        "store with a group for each rate, length and unit.",
    )


@operation("POST", "/datasets/{dataset}/selection", right="work", offers=selecting.save_as)
def save_selection(context: Context, asked: SelectionAsDataset) -> DatasetSummary:
    """Make a dataset of the signals that a filter finds; their samples are stored once and belong to both."""
    return selecting.save_as(context, asked.dataset, asked.name, asked.chosen())


@operation("POST", "/datasets/{dataset}/selection/version", right="work", offers=selecting.keep_only)
def keep_selection(context: Context, asked: SelectionAsVersion) -> DatasetVersion:
    """Make a version that holds only what a filter finds; earlier versions keep the rest."""
    return selecting.keep_only(context, asked.dataset, asked.chosen(), reason=asked.reason)


@operation("GET", "/datasets/{dataset}/selection", right="read", offers=selecting.export)
def export_selection(context: Context, asked: SelectionAsFile) -> FileAnswer:
    """The signals that a filter finds as one file."""
    made: Path = selecting.export(context, asked.dataset, asked.chosen(), asked.form)
    return FileAnswer(str(made), made.name, MEDIA[asked.form])
