"""The data behind each plot as CSV."""

from collections.abc import Mapping
from itertools import zip_longest

import numpy as np

from data_catalog.signals import SignalRow
from pfd_panel.components.spreadsheet import csv_text
from pfd_panel.pages.signal.words import short
from pfd_panel.server.exchange import Download


def csv(row: SignalRow, what: str, columns: Mapping[str, np.ndarray]) -> Download:
    """Columns as a CSV file named after recording, channel and content; nine significant digits.

    A column that ends before the others leaves its cells empty.
    """
    names, arrays = list(columns), [np.asarray(values, dtype=float) for values in columns.values()]
    head = csv_text(names, [])
    lines = [",".join("" if value is None else f"{value:.9g}" for value in values) for values in zip_longest(*arrays)]
    content = (head + "".join(f"{line}\n" for line in lines)).encode()
    return Download(f"{short(row.recording)}_{row.channel}_{what}.csv", content, "text/csv")
