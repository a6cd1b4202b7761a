"""Tables as CSV that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# a cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it text
# (OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(value: object) -> object:
    """A cell as it is written: words that would be a formula are made text, numbers stay, nothing is empty."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows of words and numbers as CSV."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(inert, header))
    writer.writerows(map(inert, row) for row in rows)
    return out.getvalue()
