"""What a report is made of, whatever it is written as: headings, sentences, tables and figures, all of plain text.

Nothing in a block is markup: a name such as ``#import`` or ``<script>`` is shown as it is by every writer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.figures import Drawing
from pipelines.figures.drawing import Words

Tone = Literal["body", "lead", "note"]
State = Literal["good", "watch", "bad", "unknown"]


@dataclass(frozen=True)
class Heading:
    """The beginning of a section (`level` 1) or of a part of one (2)."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Sentences: `lead` is what a hurried reader takes away, `note` is beside the point."""

    text: str
    tone: Tone = "body"


@dataclass(frozen=True)
class Numbers:
    """The few numbers that matter most, each with its name and what must be known to read it."""

    entries: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Facts:
    """Names and values, one a line; with `code` the values are hashes and versions."""

    rows: tuple[tuple[str, str], ...]
    code: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table; numbers stand on the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """A table with one row of headings; `note` says what must be known to read it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row has {len(row)} cells, the table has {len(self.columns)} columns")


@dataclass(frozen=True)
class Figure:
    """A drawing with the sentence that says what it shows."""

    drawing: Drawing
    caption: str


@dataclass(frozen=True)
class Points:
    """Sentences in a list, each with its state: said by a word beside it, never by a colour alone."""

    items: tuple[tuple[State, str], ...]


@dataclass(frozen=True)
class Code:
    """What is typed at a prompt, or read by a program."""

    text: str


Block = Heading | Paragraph | Numbers | Facts | Table | Figure | Points | Code

STATE_WORDS: dict[State, str] = {"good": "In order", "watch": "Look", "bad": "Doubt", "unknown": "Not known"}


@dataclass(frozen=True)
class Document:
    """A report.

    Attributes
    ----------
    title, subtitle : str
    blocks : tuple of Block
    dated : datetime
        When the newest of what it tells of was made, not when it was printed: the same content gives the same bytes.
    footer : str
        Stands on every page.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    dated: datetime
    footer: str = ""

    def texts(self) -> Iterator[str]:
        """Every text in it, in order."""
        yield self.title
        yield self.subtitle
        yield self.footer
        for block in self.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text) | Paragraph(text=text) | Code(text=text):
            yield text
        case Numbers(entries=entries):
            for entry in entries:
                yield from entry
        case Facts(rows=pairs):
            for pair in pairs:
                yield from pair
        case Table(columns=columns, rows=rows, note=note):
            yield from (column.title for column in columns)
            for row in rows:
                yield from row
            yield note
        case Figure(drawing=drawing, caption=caption):
            yield caption
            yield from (item.text for item in drawing.items if isinstance(item, Words))
        case Points(items=items):
            yield from (text for _, text in items)
