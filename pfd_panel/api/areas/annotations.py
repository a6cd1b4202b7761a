"""Annotations: what people wrote on moments, stretches and frequencies of signals."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from data_catalog.annotations import AnnotationQuery, AnnotationRow
from pfd_panel.api.cursors import newest_first
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Count, Cursor, Limit, Name, OfSignal, Word, dataset_id_of
from pfd_panel.api.wire import Answer, FileAnswer, Page
from pfd_panel.services import annotating
from pfd_panel.services.annotating import LONGEST_LABEL, LONGEST_TEXT
from pfd_panel.services.context import Context

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Label = Annotated[str, Field(max_length=LONGEST_LABEL)]
Moment = Annotated[float, Field(ge=0, le=1e9)]
Several = Field(default=(), max_length=100, description="Keep annotations with one of these.")

_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class AnnotationFilter(Asked):
    """Which annotations."""

    dataset: Name | None = Field(None, description="Name or id of a dataset; all datasets without.")
    signal: Name | None = Field(None, description="Id of a signal; all signals without.")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Version that holds the signal; the current one.")
    text: str = Field("", max_length=300, description="Words of label, text, author, recording or channel.")
    label: tuple[Label, ...] = Several
    author: tuple[Word, ...] = Several
    kind: tuple[Literal["point", "span", "frequency"], ...] = Several
    since: date | None = Field(None, description="Written on this day (UTC) or later.")
    until: date | None = Field(None, description="Written on this day (UTC) or earlier.")
    deleted: bool = Field(False, description="Those that were deleted and can be restored.")
    sort: Literal["newest", "changed", "place", "label", "author", "kind"] = Field(
        "newest", description="Newest or last changed first, by recording, channel and time, or by a word of them."
    )
    reverse: bool = Field(False, description="The other way round.")

    def query(self, context: Context, *, offset: int = 0, limit: int = 1) -> AnnotationQuery:
        """The query that the catalog answers."""
        told = {
            name: getattr(self, name) for name in AnnotationFilter.model_fields if name not in {"dataset", "signal"}
        }
        dataset_id = dataset_id_of(context, self.dataset) if self.dataset else None
        return AnnotationQuery(dataset_id=dataset_id, signal_id=self.signal, offset=offset, limit=limit, **told)


class AnnotationList(AnnotationFilter):
    """Which annotations, and which slice of them."""

    limit: Limit = 50
    cursor: Cursor = None
    offset: Count = Field(0, description="Annotations to skip; without a cursor.")

    def about(self) -> dict[str, Any]:
        """Everything that was asked besides the slice."""
        return self.model_dump(mode="json", exclude={"limit", "cursor", "offset"})


class AnnotationFile(AnnotationFilter):
    """Which annotations, in which kind of file."""

    format: Literal["csv", "json"] = "csv"


class OfAnnotation(Asked):
    """Which annotation."""

    annotation: Name = Field(description="Id of an annotation.")


class NewAnnotation(OfSignal):
    """What to write, and where: a moment, a stretch of time, or a frequency."""

    text: Text = ""
    label: Label = ""
    start_s: Moment | None = Field(None, description="A moment, or where a stretch begins.")
    stop_s: Moment | None = Field(None, description="Where a stretch ends.")
    frequency_hz: Moment | None = Field(None, description="A frequency, instead of a time.")


class AnnotationChange(OfAnnotation):
    """What to change; what is left out stays. A place is given as a whole."""

    text: Text | None = None
    label: Label | None = None
    start_s: Moment | None = None
    stop_s: Moment | None = None
    frequency_hz: Moment | None = None


class AnnotationFacet(Answer):
    """A value and how many annotations have it."""

    value: str
    annotations: int


@operation("GET", "/annotations", right="read", offers=annotating.page)
def list_annotations(context: Context, asked: AnnotationList) -> Page[AnnotationRow]:
    """Annotations of a signal, a dataset, or all datasets, filtered.

    They belong to a signal of a dataset and outlive corrections of it. Those of a private dataset are as private.
    """

    def fetch(offset: int, limit: int) -> tuple[list[AnnotationRow], int]:
        found = annotating.page(context, asked.query(context, offset=offset, limit=limit))
        return found.rows, found.total

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch, start=asked.offset)


@operation("GET", "/annotation-facets", right="read", offers=annotating.facets)
def list_annotation_facets(context: Context, asked: AnnotationFilter) -> dict[str, list[AnnotationFacet]]:
    """The labels, authors and kinds of annotations, with their counts."""
    counted = annotating.facets(context, asked.query(context))
    return {
        name: [AnnotationFacet(value=value, annotations=count) for value, count in pairs]
        for name, pairs in counted.items()
    }


@operation("GET", "/annotation-export", right="read", offers=annotating.export, example={"format": "csv"})
def export_annotations(context: Context, asked: AnnotationFile) -> FileAnswer:
    """All annotations that fit, as one CSV or JSON file."""
    made = annotating.export(context, asked.query(context), asked.format)
    return FileAnswer(str(made), made.name, _MEDIA_TYPES[asked.format])


@operation("GET", "/annotations/{annotation}", right="read", offers=annotating.get)
def get_annotation(context: Context, asked: OfAnnotation) -> AnnotationRow:
    """One annotation."""
    return annotating.get(context, asked.annotation)


@operation(
    "POST",
    "/datasets/{dataset}/signals/{signal}/annotations",
    right="work",
    offers=annotating.add,
    example={"label": "outer race", "text": "Third harmonic stands out.", "frequency_hz": 322.2},
)
def add_annotation(context: Context, asked: NewAnnotation) -> AnnotationRow:
    """Write on a signal: at a moment, on a stretch of time, or at a frequency."""
    told = asked.model_dump(exclude={"dataset", "signal"})
    return annotating.add(context, asked.dataset, asked.signal, **told)


@operation("PATCH", "/annotations/{annotation}", right="work", offers=annotating.change)
def change_annotation(context: Context, asked: AnnotationChange) -> AnnotationRow:
    """Change an annotation of yours: what it says, or the place it points at."""
    return annotating.change(context, asked.annotation, **asked.model_dump(exclude={"annotation"}))


@operation("DELETE", "/annotations/{annotation}", right="work", offers=annotating.remove)
def remove_annotation(context: Context, asked: OfAnnotation) -> None:
    """Delete an annotation of yours; it can be restored for 30 days."""
    annotating.remove(context, asked.annotation)


@operation("POST", "/annotations/{annotation}/restore", right="work", offers=annotating.restore)
def restore_annotation(context: Context, asked: OfAnnotation) -> AnnotationRow:
    """Bring a deleted annotation of yours back."""
    return annotating.restore(context, asked.annotation)
