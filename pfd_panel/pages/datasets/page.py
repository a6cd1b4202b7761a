"""Datasets: every one as a card, and one with its versions, words, download and next steps."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn
import param

from pfd_panel.components.card import card, surface
from pfd_panel.components.layout import grid, stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import button, empty, page_head
from pfd_panel.pages.datasets.detail import DatasetDetail
from pfd_panel.pages.datasets.words import CARD_STYLE, dataset_card, deleted_table
from pfd_panel.pages.factory import PageDeclaration, report, toast
from pfd_panel.pages.view import PageView
from pfd_panel.services import collections
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers


class DatasetsPage(PageView):
    """All datasets, or the one that is named."""

    name_ = param.String(doc="Name of the dataset that is shown; all when empty.")
    in_address = ("name_",)

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        # `name` is what param calls every object itself, so the address is read by hand
        super().__init__(context, query, **{"name_": (query or {}).get("name", ""), **params})
        self._body = stack()
        self._fill()

    def __panel__(self) -> pn.Column:
        return self._body

    def address(self) -> str:
        """The query string: ``name=`` and the dataset."""
        return urlencode({"name": self.name_}) if self.name_ else ""

    def _fill(self) -> None:
        if not self.name_:
            self._body[:] = self._overview()
            return
        summary = collections.get(self.context, self.name_)
        self.crumbs, self.heading = [(summary.name, "")], summary.name
        self.detail = DatasetDetail(self.context, summary, on_gone=self._gone)
        self._body[:] = [self.detail]

    def _gone(self) -> None:
        self.crumbs, self.heading, self.name_ = [], "", ""
        self._fill()

    def _overview(self) -> list[Any]:
        found = collections.listing(self.context)
        head = page_head(
            "Datasets",
            f"{numbers.integer(len(found))} datasets, {numbers.integer(sum(one.signals for one in found))} signals",
            button("Generate signals", icon_name="waves", href="/generate"),
            button("Import signals", icon_name="upload_file", href="/import", kind="primary"),
        )
        cards = [(surface(Live(dataset_card(one), margin=0, stylesheets=[CARD_STYLE])), 4) for one in found]
        shown = [static(head), grid(*cards) if cards else surface(static(NOTHING))]
        gone = collections.deleted(self.context)
        if gone:
            table = Live(deleted_table(gone), on={"restore": self.restore}, margin=0)
            shown.append(card("Deleted", table, qualifier="can be brought back for 30 days"))
        return shown

    def restore(self, dataset_id: str) -> None:
        """Bring a deleted dataset back."""
        try:
            collections.restore(self.context, dataset_id)
        except Exception as failure:  # noqa: BLE001 - shown in words
            report(failure)
            return
        toast("The dataset is back.")
        self._fill()


NOTHING = empty(
    "No datasets yet",
    "A dataset is made by importing measurements or by generating signals.",
    button("Import signals", icon_name="upload_file", href="/import", kind="primary"),
    button("Generate signals", icon_name="waves", href="/generate"),
)

PAGE = PageDeclaration("/datasets", "Datasets", "folder", DatasetsPage)
