"""The part of the notebook's door that annotates signals."""

import shutil
from pathlib import Path
from typing import Any

from data_catalog.annotations import AnnotationQuery, AnnotationRow
from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import annotating, collections
from pfd_panel.services.annotating import FILE_KINDS, FileKind
from pfd_panel.services.context import Context


class LocalAnnotations:
    """Annotations of a data directory."""

    context: Context

    def annotations(self, dataset: str | None = None, **filters: Any) -> list[AnnotationRow]:
        """Annotations, newest first; filters are `signal` (an id) and the fields of `AnnotationQuery`."""
        return annotating.page(self.context, self._query(dataset, **{"limit": 1_000_000, **filters})).rows

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
        return annotating.add(self.context, row.dataset_id, row.signal_id, text=text, label=label, **place)

    def change_annotation(self, annotation_id: str, **changes: Any) -> AnnotationRow:
        """Change what one's own annotation says, or its whole place; changes are arguments of `annotate`."""
        return annotating.change(self.context, annotation_id, **changes)

    def remove_annotation(self, annotation_id: str) -> None:
        """Delete one's own annotation; `restore_annotation` brings it back for 30 days."""
        annotating.remove(self.context, annotation_id)

    def restore_annotation(self, annotation_id: str) -> AnnotationRow:
        """Bring a deleted annotation back."""
        return annotating.restore(self.context, annotation_id)

    def export_annotations(self, target: Path | str, dataset: str | None = None, **filters: Any) -> Path:
        """Write annotations to a file that ends in ``.csv`` or ``.json``; filters are those of `annotations`."""
        place, kind = file_of(target)
        made = annotating.export(self.context, self._query(dataset, **filters), kind)
        return Path(shutil.copyfile(made, place))

    def _query(self, dataset: str | None, **filters: Any) -> AnnotationQuery:
        dataset_id = collections.get(self.context, dataset).id if dataset else None
        return AnnotationQuery(dataset_id=dataset_id, signal_id=filters.pop("signal", None), **filters)


def file_of(target: Path | str) -> tuple[Path, FileKind]:
    """A file to write, and the kind that its name says.

    Raises
    ------
    RequestError
        There is no such folder, or the name says no kind that can be written.
    """
    place = Path(target).expanduser()
    if not place.parent.is_dir():
        raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
    for kind in FILE_KINDS:
        if place.suffix.lower() == f".{kind}":
            return place, kind
    raise RequestError(f"{place.name} is no name for annotations", hint="Let it end in .csv or .json.")
