"""A document as PDF, set by Typst.

The template is fixed; what the report says reaches it as one JSON value and is shown as text, so no name, note or label
can be code. Typst sees an empty folder, no fonts but ours and its own, and a fixed time: equal documents, equal bytes.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.figures import Drawing, as_svg
from pipelines.figures.drawing import Words
from pipelines.reports.document import (
    STATE_WORDS,
    Block,
    Code,
    Document,
    Facts,
    Figure,
    Heading,
    Numbers,
    Paragraph,
    Points,
    Table,
)
from pipelines.reports.writing import fonts
from pipelines.reports.writing.text import plain

_WORD_IN_A_CELL, _WORD_IN_A_LINE, _WORD_OF_CODE = 20, 36, 84
"""Letters after which a word without a space may be broken: no longer ones fit where they stand."""

_BREAK = "\u200b"


def as_pdf(document: Document) -> bytes:
    """The document as A4 pages."""
    return _set(document, format="pdf", timestamp=int(document.dated.timestamp()))


def as_pngs(document: Document, *, dots_per_inch: float = 110.0) -> list[bytes]:
    """Pictures of the same pages, for looking at."""
    made = _set(document, format="png", ppi=dots_per_inch)
    return [made] if isinstance(made, bytes) else list(made)


def _set(document: Document, **how: Any) -> Any:
    import typst

    with TemporaryDirectory(prefix="pfd-report-") as folder:
        root = Path(folder) / "empty"
        root.mkdir()
        letters = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=True, font_paths=_font_folders(Path(folder))
        )
        told = json.dumps(_report(document))
        source = resources.files("pipelines.reports.writing").joinpath("report.typ").read_bytes()
        return typst.compile(source, root=str(root), font_paths=letters, sys_inputs={"report": told}, **how)


def _font_folders(folder: Path) -> list[str]:
    """One folder a font: the order in which a folder lists its files is not the same everywhere."""
    made = []
    for number, (alphabet, weight) in enumerate(fonts.FILES):
        place = folder / f"font-{number}"
        place.mkdir()
        (place / "font.ttf").write_bytes(fonts.opentype(alphabet, weight))
        made.append(str(place))
    return made


def _report(document: Document) -> dict[str, Any]:
    return {
        "title": _cell(document.title),
        "subtitle": _line(document.subtitle),
        "footer": _line(document.footer),
        "blocks": [
            _block(block) | {"sticky": isinstance(after, Figure | Table)}
            for block, after in zip(document.blocks, (*document.blocks[1:], None), strict=True)
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text=text, level=level):
            return {"kind": "heading", "text": _line(text), "level": level}
        case Paragraph(text=text, tone=tone):
            return {"kind": "paragraph", "text": _line(text), "tone": tone}
        case Numbers(entries=entries):
            return {"kind": "numbers", "entries": [[_line(part) for part in entry] for entry in entries]}
        case Facts(rows=rows, code=code):
            value: Callable[[str], str] = _typed if code else _line
            return {"kind": "facts", "rows": [[_line(name), value(said)] for name, said in rows], "code": code}
        case Table(columns=columns, rows=lines, note=note):
            heads = [{"title": _cell(column.title), "numeric": column.numeric} for column in columns]
            told = [[_cell(cell) for cell in row] for row in lines]
            return {"kind": "table", "columns": heads, "rows": told, "note": _line(note)}
        case Figure(drawing=drawing, caption=caption):
            return {
                "kind": "figure",
                "svg": as_svg(_readable(drawing)),
                "width": drawing.width,
                "caption": _line(caption),
            }
        case Points(items=items):
            return {"kind": "points", "items": [[state, STATE_WORDS[state], _line(said)] for state, said in items]}
        case Code(text=text):
            return {"kind": "code", "text": _typed(text)}


def _readable(drawing: Drawing) -> Drawing:
    """The drawing with only letters that there are."""
    items = [replace(one, text=fonts.spelled_out(one.text)) if isinstance(one, Words) else one for one in drawing.items]
    return replace(drawing, items=tuple(items))


def _line(text: str) -> str:
    return _broken(fonts.spelled_out(plain(text)), _WORD_IN_A_LINE)


def _cell(text: str) -> str:
    return _broken(fonts.spelled_out(plain(text)), _WORD_IN_A_CELL)


def _typed(text: str) -> str:
    return _broken(fonts.spelled_out(plain(text, lines=True)), _WORD_OF_CODE)


def _broken(text: str, most: int) -> str:
    return _longer_than(most).sub(lambda found: _BREAK.join(_pieces(found[0], most)), text)


def _pieces(word: str, most: int) -> list[str]:
    return [word[start : start + most] for start in range(0, len(word), most)]


@cache
def _longer_than(most: int) -> re.Pattern[str]:
    return re.compile(rf"\S{{{most + 1},}}")
