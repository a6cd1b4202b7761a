"""Signals of datasets: add and seal, correct, and find by page, facet and neighbour."""

from data_catalog.facets import facets
from data_catalog.marks import member_ids
from data_catalog.membership import AddResult, MemberDraft, add_segments, correct, discard_pending, remove, seal_version
from data_catalog.signal_query import (
    DATES,
    FACETS,
    SORTS,
    Neighbours,
    SignalPage,
    SignalQuery,
    SignalRow,
    get,
    ids,
    labels,
    neighbours,
    page,
    places,
    spans,
)

__all__ = [
    "DATES",
    "FACETS",
    "SORTS",
    "AddResult",
    "MemberDraft",
    "Neighbours",
    "SignalPage",
    "SignalQuery",
    "SignalRow",
    "add_segments",
    "correct",
    "discard_pending",
    "facets",
    "get",
    "ids",
    "labels",
    "member_ids",
    "neighbours",
    "page",
    "places",
    "remove",
    "seal_version",
    "spans",
]
