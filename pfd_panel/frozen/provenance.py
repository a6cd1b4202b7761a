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
        Names its data by ``summary`` (a dataset), ``row`` (a signal) or ``model``; what it lacks is left out.
    """
    dataset, row, model = getattr(page, "summary", None), getattr(page, "row", None), getattr(page, "model", None)
    if isinstance(row, SignalRow) and not isinstance(dataset, DatasetSummary):
        dataset = collections.get(context, row.dataset_id)
    lines: list[tuple[str, str]] = []
    if isinstance(dataset, DatasetSummary):
        lines += [
            ("Dataset", f"{dataset.name}, version {dataset.version}"),
            ("Dataset id", dataset.id),
            ("Manifest hash", dataset.manifest_hash),
        ]
    if isinstance(row, SignalRow):
        lines += [
            ("Recording", f"{row.recording}, channel {row.channel}"),
            ("Recording id", row.recording_id),
            ("Signal id", row.signal_id),
        ]
    if isinstance(model, ModelVersion):
        lines += [("Model", f"{model.name}:{model.number}"), ("Model id", model.id)]
    state = page.address() if hasattr(page, "address") else view.query
    return [
        *lines,
        ("View", View(view.page, state or view.query).address + (f", {view.part} only" if view.part else "")),
        ("Made by", f"PFD Panel {_code_version()}"),
        ("Made on", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"),
        ("Made for", context.user.name),
    ]


def _code_version() -> str:
    try:
        return version("pfd-panel")
    except PackageNotFoundError:
        return "(not installed)"
