"""Cells of the table of annotations, and where each leads."""

import json
from urllib.parse import urlencode

from markupsafe import Markup

from data_catalog.annotations import AnnotationRow
from pfd_panel.components.annotations import place_words
from pfd_panel.components.markup import Text
from pfd_panel.components.table import Column
from pfd_panel.theme import numbers

LONGEST = 140
"""Characters of a text that a line of the table shows."""

KINDS = {"point": "A moment", "span": "A stretch of time", "frequency": "A frequency"}


def address(row: AnnotationRow) -> str:
    """The place of an annotation on the Signal page: a cursor stands there."""
    if row.frequency_hz is not None:
        cursor = {"spectrum": {"kind": "single", "at": [row.frequency_hz]}}
    elif row.stop_s is not None:
        cursor = {"waveform": {"kind": "band", "at": [row.start_s, row.stop_s]}}
    else:
        cursor = {"waveform": {"kind": "single", "at": [row.start_s]}}
    told = json.dumps(cursor, separators=(",", ":"))
    return f"/signal?{urlencode({'dataset': row.dataset_id, 'id': row.signal_id, 'cursors': told})}"


def shortened(text: str) -> Text:
    """A text in one line; all of it when it is pointed at."""
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return Markup('<span title="{}">{}…</span>').format(text, line[: LONGEST - 1].rstrip())


def _signal(row: AnnotationRow) -> Markup:
    last = row.recording.rpartition("/")[2]
    return Markup('<a href="{}" title="{}">{} / {}</a>').format(address(row), row.recording, last, row.channel)


def _wrapped(text: Text, least: int) -> Markup:
    """Words in lines, none shorter than `least` px: narrower columns would make a row as high as a page."""
    return Markup('<div style="white-space:normal;min-width:{}px;overflow-wrap:anywhere">{}</div>').format(least, text)


COLUMNS = (
    Column("place", "Signal", _signal, strong=True),
    Column("kind", "Where", place_words),
    Column("label", "Label", lambda row: _wrapped(row.label, 90)),
    Column("text", "Text", lambda row: _wrapped(shortened(row.text), 280), sortable=False),
    Column("author", "Author", lambda row: row.author),
    Column("newest", "Written", lambda row: numbers.clock(row.created_at)),
)
DATASET = Column("dataset", "Dataset", lambda row: row.dataset, sortable=False)
"""Beside the others where those of all datasets are listed."""
