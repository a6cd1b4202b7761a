"""Tags: words on datasets, signals, models and experiments."""

from typing import Literal

from pydantic import Field

from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Ids, Name, Word
from pfd_panel.services import collections, exploring
from pfd_panel.services.context import Context

Words = tuple[Word, ...]


class OfSubject(Asked):
    """What carries tags."""

    kind: Literal["dataset", "signal", "model", "experiment"]
    subject: Name = Field(description="Id of it.")


class TagList(OfSubject):
    """The tags that it shall carry."""

    tags: Words = Field(max_length=100)


class TagChange(OfSubject):
    """Tags to put on and to take off."""

    add: Words = Field((), max_length=100)
    remove: Words = Field((), max_length=100)


class SignalTag(Asked):
    """One tag and many signals."""

    signal_ids: Ids
    word: Word


class SignalIds(Asked):
    """Many signals."""

    signal_ids: Ids


@operation("GET", "/tags/{kind}/{subject}", right="read", offers=collections.tags_of)
def get_tags(context: Context, asked: OfSubject) -> list[str]:
    """The tags of a dataset, signal, model or experiment, in alphabetical order."""
    return collections.tags_of(context, asked.kind, asked.subject)


@operation("PUT", "/tags/{kind}/{subject}", right="work", offers=collections.tag)
def set_tags(context: Context, asked: TagList) -> list[str]:
    """Replace the tags of a dataset, signal, model or experiment."""
    collections.tag(context, asked.kind, asked.subject, asked.tags)
    return collections.tags_of(context, asked.kind, asked.subject)


@operation("PATCH", "/tags/{kind}/{subject}", right="work", offers=collections.retag)
def change_tags(context: Context, asked: TagChange) -> list[str]:
    """Put tags on and take others off; answers what it carries then."""
    return collections.retag(context, asked.kind, asked.subject, add=asked.add, remove=asked.remove)


@operation("POST", "/signal-tags/put", right="work", offers=exploring.tag)
def tag_signals(context: Context, asked: SignalTag) -> list[str]:
    """Put a tag on signals; answers their ids."""
    exploring.tag(context, asked.signal_ids, asked.word)
    return list(asked.signal_ids)


@operation("POST", "/signal-tags/take", right="work", offers=exploring.untag)
def untag_signals(context: Context, asked: SignalTag) -> list[str]:
    """Take a tag off signals; answers the ids of those that carried it."""
    return exploring.untag(context, asked.signal_ids, asked.word)


@operation("POST", "/signal-tags/query", right="read", offers=exploring.tags_of)
def get_signal_tags(context: Context, asked: SignalIds) -> dict[str, list[str]]:
    """The tags of each signal."""
    return exploring.tags_of(context, asked.signal_ids)
