"""Datasets: list, describe, correct, delete, bring back."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from data_catalog import datasets, signals, tags
from data_catalog.datasets import DatasetSummary
from data_catalog.schema import Dataset, DatasetVersion
from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context

CORRECTABLE = (
    "rate_hz",
    "speed_rpm",
    "unit",
    "fault",
    "fault_size",
    "position",
    "load",
    "severity",
    "bearing",
    "asset",
    "notes",
)
NUMBERS = ("rate_hz", "speed_rpm", "fault_size", "load")


def listing(context: Context) -> list[DatasetSummary]:
    """Every dataset with its counts and classes."""
    context.require("read")
    with context.read() as session:
        return datasets.listing(session)


def get(context: Context, name_or_id: str) -> DatasetSummary:
    """One dataset; an unknown name is answered with the nearest ones."""
    context.require("read")
    with context.read() as session:
        return datasets.summary(session, datasets.get(session, name_or_id))


def versions(context: Context, name_or_id: str) -> list[DatasetVersion]:
    """The immutable versions of a dataset, newest first."""
    context.require("read")
    with context.read() as session:
        return datasets.versions(session, datasets.get(session, name_or_id).id)[::-1]


def update(context: Context, name_or_id: str, *, name: str | None = None, notes: str | None = None) -> None:
    """Rename a dataset or change its notes."""
    context.require("work")
    if name is not None and not name.strip():
        raise RequestError("a dataset needs a name", hint="Write at least one character.")
    with context.write() as session:
        found = datasets.get(session, name_or_id)
        datasets.update(session, found.id, name=name.strip() if name else None, notes=notes, owner=context.user.name)


def share(context: Context, name_or_id: str, visibility: str) -> None:
    """Let the team see a dataset, or only its owner and administrators: ``team`` or ``private``.

    Raises
    ------
    NotAllowedError
        Someone else owns it.
    """
    context.require("work")
    with context.write() as session:
        found = datasets.get(session, name_or_id)
        context.require_owner(found.owner)
        datasets.set_visibility(session, found.id, visibility, owner=context.user.name)


def choose(context: Context, name_or_id: str, patterns: Sequence[str]) -> list[SignalRow]:
    """The signals of a dataset that a person names.

    Parameters
    ----------
    patterns
        ``RECORDING``, ``RECORDING:CHANNEL`` or the id of a signal; ``*`` and ``?`` as in a shell.

    Raises
    ------
    RequestError
        A pattern matches no signal.
    """
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, name_or_id)
        rows = signals.page(session, SignalQuery(dataset_id=found.id, limit=10_000_000)).rows
    for pattern in patterns:
        if not any(_named(row, pattern) for row in rows):
            raise RequestError(
                f"the pattern {pattern!r} matches no signal of {found.name}",
                hint=f"Recordings are named like {rows[0].recording!r}; '*' stands for anything."
                if rows
                else "The dataset holds no signals yet.",
            )
    return [row for row in rows if any(_named(row, pattern) for pattern in patterns)]


def _named(row: SignalRow, pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in (row.recording, f"{row.recording}:{row.channel}", row.signal_id))


def parse_changes(entries: Sequence[str]) -> dict[str, Any]:
    """Turn ``['fault=ball', 'load=2']`` into what `correct` takes; an empty value means not known.

    Raises
    ------
    RequestError
        An entry is not of this form, or a number is none.
    """
    out: dict[str, Any] = {}
    for entry in entries:
        name, found, value = entry.partition("=")
        if not found:
            raise RequestError(f"--set {entry!r} has no value", hint="Write NAME=VALUE, for example fault=ball.")
        try:
            out[name] = (float(value) if name in NUMBERS else value) if value else None
        except ValueError as error:
            raise RequestError(f"{name} is a number, not {value!r}", hint="Write it as 12000 or 0.007.") from error
    return out


def correct(
    context: Context, name_or_id: str, signal_ids: Sequence[str], changes: Mapping[str, Any], *, reason: str = ""
) -> DatasetVersion:
    """Correct attributes of signals; the correction is a new dataset version, the old one stays readable.

    Raises
    ------
    RequestError
        If an attribute cannot be corrected or a rate or speed is impossible.
    """
    context.require("work")
    unknown = [name for name in changes if name not in CORRECTABLE]
    if unknown:
        raise RequestError(f"{', '.join(unknown)} cannot be corrected", hint=f"These can: {', '.join(CORRECTABLE)}.")
    for name in ("rate_hz", "speed_rpm"):
        value = changes.get(name)
        if value is not None and not 0 < float(value) < 1e9:
            raise RequestError(f"{name} must be above 0, not {value}", hint="Give the rate in Hz, the speed in rpm.")
    sources = {
        f"{name.split('_')[0]}_source": f"corrected by {context.user.name}"
        for name in ("rate_hz", "speed_rpm")
        if name in changes
    }
    with context.write() as session:
        found = datasets.get(session, name_or_id)
        return signals.correct(
            session,
            found.id,
            signal_ids,
            {**changes, **sources},
            owner=context.user.name,
            reason=reason or f"corrected {', '.join(changes)} of {len(signal_ids)} signals",
        )


def delete(context: Context, name_or_id: str) -> None:
    """Take a dataset out of sight; it can be brought back for 30 days."""
    context.require("work")
    with context.write() as session:
        datasets.delete(session, datasets.get(session, name_or_id).id, owner=context.user.name)


def restore(context: Context, name_or_id: str) -> DatasetSummary:
    """Bring a deleted dataset back: by id, or by name the one that was deleted last."""
    context.require("work")
    with context.write() as session:
        of_that_name = (one.id for one in datasets.deleted(session) if one.name == name_or_id)
        dataset_id = next(of_that_name, name_or_id)
        datasets.restore(session, dataset_id, owner=context.user.name)
    return get(context, dataset_id)


def deleted(context: Context) -> list[Dataset]:
    """Datasets that can still be brought back, the last deleted first."""
    context.require("read")
    with context.read() as session:
        return list(datasets.deleted(session))


def tags_of(context: Context, subject_kind: str, subject_id: str) -> list[str]:
    """The tags of a dataset, signal or model, in alphabetical order."""
    context.require("read")
    with context.read() as session:
        return tags.of(session, subject_kind, [subject_id])[subject_id]


def tag(context: Context, subject_kind: str, subject_id: str, words: Sequence[str]) -> None:
    """Replace the tags of a dataset, signal or model."""
    context.require("work")
    with context.write() as session:
        present = set(tags.of(session, subject_kind, [subject_id])[subject_id])
        for word in sorted(set(words) - present):
            tags.add(session, subject_kind, [subject_id], word, owner=context.user.name)
        for word in sorted(present - set(words)):
            tags.remove(session, subject_kind, [subject_id], word, owner=context.user.name)


def retag(
    context: Context, subject_kind: str, subject_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> list[str]:
    """Put tags on a dataset, signal or model, then take others off; returns what it carries then."""
    carried = {*tags_of(context, subject_kind, subject_id), *add}
    tag(context, subject_kind, subject_id, sorted(carried - set(remove)))
    return tags_of(context, subject_kind, subject_id)
