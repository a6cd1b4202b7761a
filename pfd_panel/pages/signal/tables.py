"""The data behind each plot as CSV."""

from collections.abc import Mapping

import numpy as np

from data_catalog.signals import SignalRow
from pfd_panel.pages.signal.words import short
from pfd_panel.server.exchange import Download


def csv(row: SignalRow, what: str, columns: Mapping[str, np.ndarray]) -> Download:
    """Columns of equal length as a CSV file named after recording, channel and content; nine significant digits."""
    names, arrays = list(columns), [np.asarray(values, dtype=float) for values in columns.values()]
    lines = [",".join(f'"{name}"' for name in names)]
    lines += [",".join(f"{value:.9g}" for value in values) for values in zip(*arrays, strict=True)]
    return Download(f"{short(row.recording)}_{row.channel}_{what}.csv", ("\n".join(lines) + "\n").encode(), "text/csv")


def text_csv(name: str, header: list[str], rows: list[list[object]]) -> Download:
    """Rows of words and numbers as a CSV file."""
    import csv as format_csv
    from io import StringIO

    out = StringIO()
    writer = format_csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return Download(name, out.getvalue().encode(), "text/csv")
