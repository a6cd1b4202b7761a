"""Annotations: what people wrote on moments, stretches and frequencies of signals."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Literal

from data_catalog import annotations, datasets, signals
from data_catalog.annotations import AnnotationPage, AnnotationQuery, AnnotationRow, Mark
from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import passing_files
from pfd_panel.services.context import Context
from pfd_panel.services.file_names import plain_stem
from pfd_panel.spreadsheets import csv_text

LONGEST_TEXT = 4000
LONGEST_LABEL = 100
MOST = 10_000
"""Annotations of one signal; more would be a program that writes without end."""

FileKind = Literal["csv", "json"]
FILE_KINDS: tuple[FileKind, ...] = ("csv", "json")
_COLUMNS = tuple(AnnotationRow.__dataclass_fields__)


def page(context: Context, query: AnnotationQuery) -> AnnotationPage:
    """One page of annotations, filtered and sorted in SQL.

    Raises
    ------
    CatalogError
        An order that there is not.
    """
    context.require("read")
    with context.read() as session:
        return annotations.page(session, query)


def facets(context: Context, query: AnnotationQuery) -> dict[str, list[tuple[str, int]]]:
    """The labels, authors and kinds of what a query finds, with their counts."""
    context.require("read")
    with context.read() as session:
        return annotations.facets(session, query)


def get(context: Context, annotation_id: str) -> AnnotationRow:
    """One annotation."""
    context.require("read")
    with context.read() as session:
        return annotations.get(session, annotation_id)


def add(
    context: Context,
    dataset: str,
    signal_id: str,
    *,
    text: str = "",
    label: str = "",
    start_s: float | None = None,
    stop_s: float | None = None,
    frequency_hz: float | None = None,
) -> AnnotationRow:
    """Write on a signal: at a moment (`start_s`), on a stretch (`start_s`, `stop_s`) or at a frequency.

    Raises
    ------
    RequestError
        Neither text nor label, words that cannot be kept, a place outside the signal, or too many of them.
    CatalogError
        A place that is none of the three.
    """
    context.require("work")
    text, label = _worded(text), _labelled(label)
    if not text and not label:
        raise RequestError("an annotation says nothing", hint="Write a text, a label, or both.")
    mark = Mark(start_s, stop_s, frequency_hz)
    with context.write() as session:
        row = signals.get(session, datasets.get(session, dataset).id, signal_id)
        _require_inside(mark, row)
        of_signal = AnnotationQuery(dataset_id=row.dataset_id, signal_id=signal_id, limit=1)
        if annotations.page(session, of_signal).total >= MOST:
            raise RequestError(f"this signal has {MOST:,} annotations", hint="Delete those that are not needed.")
        return annotations.add(
            session, row.dataset_id, signal_id, mark, label=label, text=text, author=context.user.name
        )


def change(
    context: Context,
    annotation_id: str,
    *,
    text: str | None = None,
    label: str | None = None,
    start_s: float | None = None,
    stop_s: float | None = None,
    frequency_hz: float | None = None,
) -> AnnotationRow:
    """Change what an annotation says, or all of the place it points at; what is None stays.

    Raises
    ------
    NotAllowedError
        Someone else wrote it.
    RequestError
        Nothing would be left to read, words that cannot be kept, or a place outside the signal.
    CatalogError
        A place that is none of the three.
    """
    context.require("work")
    text = None if text is None else _worded(text)
    label = None if label is None else _labelled(label)
    moved = (start_s, stop_s, frequency_hz) != (None, None, None)
    mark = Mark(start_s, stop_s, frequency_hz) if moved else None
    with context.write() as session:
        found = annotations.get(session, annotation_id)
        context.require_owner(found.author)
        if not (found.text if text is None else text) and not (found.label if label is None else label):
            raise RequestError("an annotation says nothing", hint="Leave a text or a label, or delete it.")
        if mark is not None:
            _require_inside(mark, signals.get(session, found.dataset_id, found.signal_id))
        return annotations.change(session, annotation_id, mark=mark, text=text, label=label, by=context.user.name)


def remove(context: Context, annotation_id: str) -> None:
    """Delete an annotation; it can be restored for 30 days.

    Raises
    ------
    NotAllowedError
        Someone else wrote it.
    """
    context.require("work")
    with context.write() as session:
        context.require_owner(annotations.get(session, annotation_id).author)
        annotations.remove(session, annotation_id, by=context.user.name)


def restore(context: Context, annotation_id: str) -> AnnotationRow:
    """Bring a deleted annotation back.

    Raises
    ------
    NotAllowedError
        Someone else wrote it.
    """
    context.require("work")
    with context.write() as session:
        found = annotations.page(session, AnnotationQuery(deleted=True, annotation_id=annotation_id, limit=1)).rows
        if found:
            context.require_owner(found[0].author)
        return annotations.restore(session, annotation_id, by=context.user.name)


def export(context: Context, query: AnnotationQuery, kind: FileKind) -> Path:
    """Write all annotations that a query finds into a file; its offset and limit do not count.

    JSON holds every word as it was written. In CSV a word that a spreadsheet would take for a formula begins with an
    apostrophe.

    Returns
    -------
    Path
        The file, in the data directory, for an hour.

    Raises
    ------
    RequestError
        A kind of file that there is not.
    """
    context.require("read")
    if kind not in FILE_KINDS:
        raise RequestError(f"annotations cannot be exported as {kind!r}", hint=f"These are: {', '.join(FILE_KINDS)}.")
    with context.read() as session:
        rows = annotations.every(session, query)
        named = datasets.get(session, query.dataset_id).name if query.dataset_id else ""
    stem = plain_stem(f"{named} annotations", "annotations")
    target = passing_files.place(context.catalog.home / "exports" / "annotations", f"{stem}.{kind}")
    target.write_text(_WRITERS[kind](rows), encoding="utf-8")
    return target


def _as_csv(rows: Sequence[AnnotationRow]) -> str:
    return csv_text(_COLUMNS, ([_plain(getattr(row, name)) for name in _COLUMNS] for row in rows))


def _as_json(rows: Sequence[AnnotationRow]) -> str:
    told = [{name: _plain(value) for name, value in asdict(row).items()} for row in rows]
    return json.dumps({"annotations": told}, indent=2, ensure_ascii=False) + "\n"


_WRITERS = {"csv": _as_csv, "json": _as_json}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _worded(text: str) -> str:
    """A text as it is kept: lines as they were written, nothing that cannot be seen."""
    kept = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(kept) > LONGEST_TEXT or not kept.replace("\n", "").replace("\t", "").isprintable():
        raise RequestError(
            "the text cannot be kept", hint=f"At most {LONGEST_TEXT:,} characters, none of them invisible."
        )
    return kept


def _labelled(label: str) -> str:
    """A label as it is kept: one line."""
    kept = " ".join(label.split())
    if len(kept) > LONGEST_LABEL or not kept.isprintable():
        raise RequestError(
            "the label cannot be kept", hint=f"At most {LONGEST_LABEL} characters, none of them invisible."
        )
    return kept


def _require_inside(mark: Mark, row: SignalRow) -> None:
    """Refuse a place that the signal does not have."""
    end_s, nyquist_hz = row.length / row.rate_hz, row.rate_hz / 2
    for value, highest, unit, what in (
        (mark.start_s, end_s, "s", "the record"),
        (mark.stop_s, end_s, "s", "the record"),
        (mark.frequency_hz, nyquist_hz, "Hz", "half the sampling rate"),
    ):
        if value is not None and not 0 <= value <= highest:
            raise RequestError(
                f"{value:g} {unit} lies outside of the signal", hint=f"Give 0 to {highest:g} {unit} ({what})."
            )
