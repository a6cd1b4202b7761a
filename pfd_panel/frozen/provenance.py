"""Where the content of a frozen file comes from, as lines of name and value."""

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from data_catalog.datasets import DatasetSummary
from data_catalog.schema import ModelVersion
from data_catalog.signals import SignalRow
from pfd_panel.services import collections
from pfd_panel.services.context import Context
from pfd_panel.services.views import View


def provenance(context: Context, view: View, page: Any) -> list[tuple[str, str]]:
    """Data, state, code, time and person behind what `page` shows.

    Parameters
    ----------
    page : PageView
        Holds the dataset, signal or model it is about as an attribute; what it lacks is left out.
    """
    dataset, row, model = _held(page, DatasetSummary), _held(page, SignalRow), _held(page, ModelVersion)
    if row is not None and dataset is None:
        dataset = collections.get(context, row.dataset_id)
    lines: list[tuple[str, str]] = []
    if dataset is not None:
        lines += [
            ("Dataset", f"{dataset.name}, version {dataset.version}"),
            ("Dataset id", dataset.id),
            ("Manifest hash", dataset.manifest_hash),
        ]
    if row is not None:
        lines += [
            ("Recording", f"{row.recording}, channel {row.channel}"),
            ("Recording id", row.recording_id),
            ("Signal id", row.signal_id),
        ]
    if model is not None:
        lines += [("Model", f"{model.name}:{model.number}"), ("Model id", model.id)]
    state = page.address() if hasattr(page, "address") else view.query
    return [
        *lines,
        ("View", View(view.page, state or view.query).address + (f", {view.part} only" if view.part else "")),
        ("Made by", f"PFD Panel {_code_version()}"),
        ("Made on", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"),
        ("Made for", context.user.name),
    ]


def _held[T](page: Any, kind: type[T]) -> T | None:
    """The first of a page's attributes of that kind."""
    return next((one for one in vars(page).values() if isinstance(one, kind)), None)


def _code_version() -> str:
    try:
        return version("pfd-panel")
    except PackageNotFoundError:
        return "(not installed)"
