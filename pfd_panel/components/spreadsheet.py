"""Tables as CSV files to download."""

from collections.abc import Iterable, Sequence

from pfd_panel.server.exchange import Download
from pfd_panel.spreadsheets import csv_text

__all__ = ["csv_file", "csv_text"]


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Download:
    """Rows of words and numbers as a CSV file called `name`."""
    return Download(name, csv_text(header, rows).encode(), "text/csv")
