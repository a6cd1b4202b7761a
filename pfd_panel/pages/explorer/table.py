"""The signal table of the Explorer: one page of rows at a time, from SQL."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.components.markup import chip, class_name
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, DataTable, Fetch, Rows
from pfd_panel.pages.signal.words import short
from pfd_panel.server.exchange import Download
from pfd_panel.services import diagnosing, exploring, querying, viewing
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look
from pipelines.diagnose import Diagnosis
from pipelines.features import FEATURES

SHOWN = ("fault", "fault_size", "load", "speed_rpm", "rate_hz", "rms", "kurtosis", "physics")
"""What is shown beside the name until something else is chosen."""
CSV_ROWS = 100_000
CSV_COLUMNS = (
    "signal_id", "recording", "channel", "fault", "fault_size", "position", "load", "severity", "bearing", "asset",
    "rate_hz", "speed_rpm", "unit", "length", "rms", "peak", "crest_factor", "kurtosis",
)  # fmt: skip


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
        self._values: Mapping[str, Mapping[str, float]] = {}
        self.features: list[str] = []

    def fetch(self, sort: str, descending: bool, offset: int, limit: int) -> Rows:
        """One page: rows, what was diagnosed of them before, and their tags."""
        asked = replace(self._query(), sort=sort or "recording", descending=descending, offset=offset, limit=limit)
        found = viewing.page(self.context, asked)
        ids = [row.signal_id for row in found.rows]
        self._diagnoses = diagnosing.known(self.context, found.rows)
        self._tags = exploring.tags_of(self.context, ids)
        self._values = {}
        if self.features and asked.dataset_id is not None:
            self._values = querying.values(self.context, asked.dataset_id, ids, self.features)
        return Rows(found.rows, found.total)

    def table(self, columns: Sequence[Column], fetch: Fetch, sort: str, page: int, *, descending: bool) -> DataTable:
        """The table, a page of it at a time; rows are marked by whoever may change them."""
        return DataTable(
            columns,
            fetch,
            # what is marked can only be changed
            key=(lambda row: row.signal_id) if self.context.user.may("work") else None,
            sort=sort,
            descending=descending,
            page=page,
            page_size=10,
            note="physics diagnosis: score where it was computed before",
            nothing=("No signal matches", "Take a filter away, or search for other words."),
        )

    def csv(self, dataset: str, sort: str, descending: bool) -> Download:
        """The signals of the filter, at most 100,000 of them, with the features that are shown."""
        asked = replace(self._query(), sort=sort, descending=descending, limit=CSV_ROWS)
        rows = viewing.page(self.context, asked).rows
        known = querying.values(self.context, dataset, [row.signal_id for row in rows], self.features)
        return csv_file(
            f"{dataset}_signals.csv",
            [*CSV_COLUMNS, *self.features],
            [
                [getattr(row, name) for name in CSV_COLUMNS]
                + [known.get(row.signal_id, {}).get(name) for name in self.features]
                for row in rows
            ],
        )

    def columns(self, names: Sequence[str], *, load_unit: str) -> list[Column]:
        """What is shown of a signal: its name, then the columns and features that are named."""
        known = self.known(load_unit=load_unit)
        self.features = [name for name in names if name not in known and name in FEATURES]
        own = [Column("recording", "Signal", self._name)]
        return own + [known[name] if name in known else self._feature(name) for name in names if name in offered(known)]

    def known(self, *, load_unit: str) -> dict[str, Column]:
        """Every column that is no feature."""
        load = f"Load ({load_unit})" if load_unit else "Load"
        columns = [
            Column("channel", "Channel", lambda row: row.channel),
            Column("fault", "Fault (label)", lambda row: class_name(look(row.fault))),
            Column("fault_size", "Size (in)", lambda row: _plain(row.fault_size), numeric=True),
            Column("position", "Position", lambda row: _word(row.position)),
            Column("severity", "Severity", lambda row: _word(row.severity)),
            Column("load", load, lambda row: _plain(row.load), numeric=True),
            Column("speed_rpm", "Speed (rpm)", lambda row: numbers.integer(row.speed_rpm), numeric=True),
            Column("rate_hz", "Rate (kHz)", lambda row: _plain(row.rate_hz / 1000), numeric=True),
            Column("length", "Samples", lambda row: numbers.integer(row.length), numeric=True),
            Column("bearing", "Bearing", lambda row: _word(row.bearing)),
            Column("asset", "Asset", lambda row: _word(row.asset)),
            Column("rms", "RMS", lambda row: numbers.with_unit(row.rms, row.unit), numeric=True),
            Column("peak", "Peak", lambda row: numbers.with_unit(row.peak, row.unit), numeric=True),
            Column("crest_factor", "Crest factor", lambda row: numbers.fixed(row.crest_factor, 2), numeric=True),
            Column(
                "kurtosis", "Excess kurtosis", lambda row: numbers.fixed(row.kurtosis, 2), numeric=True, strong=True
            ),
            Column("notes", "Notes", lambda row: _word(row.notes), sortable=False),
            Column("physics", "Physics diagnosis", self._physics, sortable=False),
        ]
        return {column.name: column for column in columns}

    def _feature(self, name: str) -> Column:
        def value(row: SignalRow) -> str:
            return numbers.number(self._values.get(row.signal_id, {}).get(name))

        unit = FEATURES[name].unit
        named = FEATURES[name].title if "{unit}" in unit or unit == "–" else f"{FEATURES[name].title} ({unit})"
        return Column(name, named, value, numeric=True)

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


def offered(known: Collection[str]) -> list[str]:
    """Names of everything that can be a column, in the order in which it is offered."""
    return [*known, *(name for name in FEATURES if name not in known)]


def _word(value: str | None) -> str:
    return value or numbers.DASH


def _plain(value: Any) -> str:
    return numbers.DASH if value is None else f"{value:.5g}".replace("-", numbers.MINUS)
