"""Annotations on a server, with the methods of the local workbench."""

from itertools import islice
from pathlib import Path
from typing import Any

from data_catalog.annotations import AnnotationRow
from data_catalog.signals import SignalRow
from pfd_panel.api.operations import OPERATIONS
from pfd_panel.client.api import Api
from pfd_panel.client.fetching import fetch
from pfd_panel.client.transport import Transport
from pfd_panel.workbench_annotations import file_of


class RemoteAnnotations:
    """The part of `RemoteWorkbench` that annotates signals."""

    api: Api
    transport: Transport

    def annotations(self, dataset: str | None = None, **filters: Any) -> list[AnnotationRow]:
        """Annotations, newest first; filters are `signal` (an id) and the fields of `AnnotationQuery`."""
        wanted = filters.pop("limit", None)
        at_once = 1000 if wanted is None else max(1, min(wanted, 1000))
        found = self.api.every(OPERATIONS["list_annotations"], dataset=dataset, limit=at_once, **filters)
        return list(islice(found, wanted))

    def annotate(
        self,
        row: SignalRow,
        text: str = "",
        *,
        label: str = "",
        start_s: float | None = None,
        stop_s: float | None = None,
        frequency_hz: float | None = None,
    ) -> AnnotationRow:
        """Write on a signal: at a moment, on a stretch of time, or at a frequency."""
        place = {"start_s": start_s, "stop_s": stop_s, "frequency_hz": frequency_hz}
        of = {"dataset": row.dataset_id, "signal": row.signal_id}
        made: AnnotationRow = self.api.add_annotation(**of, text=text, label=label, **place)
        return made

    def change_annotation(self, annotation_id: str, **changes: Any) -> AnnotationRow:
        """Change what one's own annotation says, or its whole place; changes are arguments of `annotate`."""
        changed: AnnotationRow = self.api.change_annotation(annotation=annotation_id, **changes)
        return changed

    def remove_annotation(self, annotation_id: str) -> None:
        """Delete one's own annotation; `restore_annotation` brings it back for 30 days."""
        self.api.remove_annotation(annotation=annotation_id)

    def restore_annotation(self, annotation_id: str) -> AnnotationRow:
        """Bring a deleted annotation back."""
        restored: AnnotationRow = self.api.restore_annotation(annotation=annotation_id)
        return restored

    def export_annotations(self, target: Path | str, dataset: str | None = None, **filters: Any) -> Path:
        """Write annotations to a file that ends in ``.csv`` or ``.json``; filters are those of `annotations`."""
        place, kind = file_of(target)
        asked = {"format": kind, "dataset": dataset, **filters}
        return fetch(self.transport, "export_annotations", asked, place)
