"""The signal table of the Explorer: one page of rows at a time, from SQL."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.components.markup import chip, class_name
from pfd_panel.components.table import Column, Rows
from pfd_panel.pages.signal.words import short
from pfd_panel.services import diagnosing, exploring, viewing
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look
from pipelines.diagnose import Diagnosis


class SignalRows:
    """Fetches pages of signals under a query that may change.

    Parameters
    ----------
    context : Context
        Whose catalog.
    query : callable
        The present filter; sort and slice come from the table.
    href : callable
        Address of a signal's page.
    """

    def __init__(self, context: Context, query: Callable[[], SignalQuery], href: Callable[[str], str]) -> None:
        self.context, self._query, self._href = context, query, href
        self._diagnoses: Mapping[str, Diagnosis] = {}
        self._tags: Mapping[str, list[str]] = {}

    def fetch(self, sort: str, descending: bool, offset: int, limit: int) -> Rows:
        """One page: rows, what was diagnosed of them before, and their tags."""
        from dataclasses import replace

        asked = replace(self._query(), sort=sort or "recording", descending=descending, offset=offset, limit=limit)
        found = viewing.page(self.context, asked)
        self._diagnoses = diagnosing.known(self.context, found.rows)
        self._tags = exploring.tags_of(self.context, [row.signal_id for row in found.rows])
        return Rows(found.rows, found.total)

    def columns(self, *, load_unit: str) -> list[Column]:
        """What is shown of a signal."""
        load = f"Load ({load_unit})" if load_unit else "Load"
        return [
            Column("recording", "Signal", self._name),
            Column("fault", "Fault (label)", lambda row: class_name(look(row.fault))),
            Column("fault_size", "Size (in)", lambda row: _plain(row.fault_size), numeric=True),
            Column("load", load, lambda row: _plain(row.load), numeric=True),
            Column("speed_rpm", "Speed (rpm)", lambda row: numbers.integer(row.speed_rpm), numeric=True),
            Column("rate_hz", "Rate (kHz)", lambda row: _plain(row.rate_hz / 1000), numeric=True),
            Column("rms", "RMS", lambda row: numbers.with_unit(row.rms, row.unit), numeric=True),
            Column(
                "kurtosis", "Excess kurtosis", lambda row: numbers.fixed(row.kurtosis, 2), numeric=True, strong=True
            ),
            Column("physics", "Physics diagnosis", self._physics, sortable=False),
        ]

    def _name(self, row: SignalRow) -> Markup:
        words = Markup("").join(Markup(" {}").format(chip("unknown", tag)) for tag in self._tags.get(row.signal_id, ()))
        return Markup('<a href="{}" title="{}">{}/{}</a>{}').format(
            self._href(row.signal_id), row.recording, short(row.recording), row.channel, words
        )

    def _physics(self, row: SignalRow) -> Markup | str:
        found = self._diagnoses.get(row.signal_id)
        if found is None:
            return numbers.DASH
        if found.verdict == "abstain":
            return chip("unknown", "abstains")
        said = look(found.fault or "healthy")
        top = max((one.score for one in found.evidence), default=None)
        return Markup("{} <span class=muted>{}</span>").format(class_name(said), numbers.fixed(top, 1))


def _plain(value: Any) -> str:
    return numbers.DASH if value is None else f"{value:.5g}".replace("-", numbers.MINUS)
