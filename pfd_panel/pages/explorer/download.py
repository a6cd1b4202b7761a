"""The table of the Explorer as a file."""

from collections.abc import Sequence
from dataclasses import replace

from data_catalog.signals import SignalQuery
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.server.exchange import Download
from pfd_panel.services import querying, viewing
from pfd_panel.services.context import Context

ROWS = 100_000
COLUMNS = (
    "signal_id", "recording", "channel", "fault", "fault_size", "position", "load", "severity", "bearing", "asset",
    "rate_hz", "speed_rpm", "unit", "length", "rms", "peak", "crest_factor", "kurtosis",
)  # fmt: skip


def signals_file(context: Context, dataset: str, query: SignalQuery, features: Sequence[str]) -> Download:
    """The signals that a query finds, at most `ROWS`, with some of their features."""
    rows = viewing.page(context, replace(query, limit=ROWS)).rows
    known = querying.values(context, dataset, [row.signal_id for row in rows], features)
    return csv_file(
        f"{dataset}_signals.csv",
        [*COLUMNS, *features],
        [
            [getattr(row, name) for name in COLUMNS] + [known.get(row.signal_id, {}).get(name) for name in features]
            for row in rows
        ],
    )
