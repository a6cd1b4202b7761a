"""Which signal comes before and after, under the filter of the page."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from data_catalog.errors import NotFoundError
from data_catalog.signals import Neighbours, SignalQuery, SignalRow
from pfd_panel.services import collections, viewing
from pfd_panel.services.context import Context


@dataclass(frozen=True)
class Order:
    """The filter and the order in which a dataset is walked through."""

    dataset_id: str
    text: str = ""
    where: dict[str, list[Any]] = field(default_factory=dict)
    sort: str = "recording"
    descending: bool = False
    asked: str = ""
    """A query in words, as the Explorer takes it."""
    ranges: dict[str, Any] = field(default_factory=dict)

    @property
    def query(self) -> SignalQuery:
        """As the services take it."""
        return SignalQuery(
            dataset_id=self.dataset_id,
            text=self.text,
            query=self.asked,
            where=self.where,
            ranges={name: (low, high) for name, (low, high) in self.ranges.items()},
            sort=self.sort,
            descending=self.descending,
        )

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text.strip() or self.asked or self.where or self.ranges)


def newest_dataset(context: Context) -> str:
    """Name of the dataset that changed last and holds signals; ``""`` when there is none."""
    found = [entry for entry in collections.listing(context) if entry.signals]
    return max(found, key=lambda entry: entry.updated_at).name if found else ""


def place_of(context: Context, order: Order, signal_id: str) -> Neighbours | None:
    """Where a signal stands, or None if the filter leaves it out."""
    try:
        return viewing.neighbours(context, order.query, signal_id)
    except NotFoundError:
        return None


def first(context: Context, order: Order) -> SignalRow | None:
    """The first signal, or None if nothing matches."""
    return viewing.at(context, order.query, 0)


def any_other(context: Context, order: Order, place: Neighbours | None) -> SignalRow | None:
    """Some other signal, each as likely; None if there is no other."""
    total = place.total if place is not None else viewing.page(context, order.query).total
    here = place.position - 1 if place is not None else total
    others = total - (1 if place is not None else 0)
    if others < 1:
        return None
    chosen = secrets.randbelow(others)
    return viewing.at(context, order.query, chosen + (1 if chosen >= here else 0))
