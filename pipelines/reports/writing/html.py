"""A document as one HTML file: styles, letters and figures are inside, nothing is fetched and nothing runs."""

from base64 import b64encode
from collections.abc import Sequence
from importlib import resources

from markupsafe import Markup

from pipelines.figures import as_svg
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

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
)
"""What the file allows itself: even a mistake in it could fetch nothing and run nothing."""

LARGER = 1.6
"""Of a figure on a screen, beside its size on paper."""

NARROWEST = 460
"""Pixels below which a figure's letters could not be read: it is moved sideways instead."""


def as_html(document: Document) -> bytes:
    """The document as UTF-8 HTML."""
    body = Markup("\n").join(_block(block) for block in document.blocks)
    page = Markup(
        "<!doctype html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="date" content="{dated}">\n'
        "<title>{title}</title>\n<style>\n{fonts}{style}</style>\n</head>\n<body>\n<main>\n"
        '<h1>{title}</h1>\n<p class="subtitle">{subtitle}</p>\n{body}\n<footer>{footer}</footer>\n'
        "</main>\n</body>\n</html>\n"
    ).format(
        policy=POLICY,
        dated=document.dated.isoformat(),
        title=plain(document.title),
        fonts=Markup(_faces(document)),  # noqa: S704 - ours, no text of the document is in it
        style=Markup(resources.files("pipelines.reports.writing").joinpath("report.css").read_text("utf-8")),  # noqa: S704 - ours
        subtitle=plain(document.subtitle),
        body=body,
        footer=plain(document.footer),
    )
    return page.encode()


def _faces(document: Document) -> str:
    """The fonts that the document has letters of; a letter that none has is drawn with one of the reader's."""
    texts = [plain(text) for text in document.texts()]
    return "".join(
        f"@font-face{{font-family:Roboto;font-weight:{weight};unicode-range:{_range(alphabet, weight)};"
        f"src:url(data:font/woff;base64,{b64encode(fonts.woff(alphabet, weight)).decode()}) format('woff')}}\n"
        for alphabet, weight in fonts.needed(texts)
    )


def _range(alphabet: str, weight: int) -> str:
    """The code points of a font, neighbours joined, as CSS writes them."""
    runs: list[list[int]] = []
    for code in sorted(fonts.letters(alphabet, weight)):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ",".join(f"U+{low:X}" if low == high else f"U+{low:X}-{high:X}" for low, high in runs)


def _block(block: Block) -> Markup:
    match block:
        case Heading(text=text, level=level):
            return Markup("<h{level}>{text}</h{level}>").format(level=level + 1, text=plain(text))
        case Paragraph(text=text, tone=tone):
            return Markup('<p class="{}">{}</p>').format(tone, plain(text))
        case Numbers(entries=entries):
            return Markup('<dl class="numbers">{}</dl>').format(
                _joined(
                    '<div><dt>{}</dt><dd class="value">{}</dd><dd class="note">{}</dd></div>',
                    [tuple(map(plain, entry)) for entry in entries],
                )
            )
        case Facts(rows=pairs, code=code):
            value = "<code>{}</code>" if code else "{}"
            told = [(plain(name), plain(said)) for name, said in pairs]
            return Markup('<dl class="facts">{}</dl>').format(_joined(f"<dt>{{}}</dt><dd>{value}</dd>", told))
        case Table():
            return _table(block)
        case Figure(drawing=drawing, caption=caption):
            # every text in it was escaped by as_svg
            drawn = Markup(as_svg(drawing).replace("<svg ", '<svg style="width:100%" ', 1))  # noqa: S704
            width = round(drawing.width * LARGER)
            sized = Markup('<div><div style="width:{}px;max-width:100%;min-width:{}px">{}</div></div>').format(
                width, min(width, NARROWEST), drawn
            )
            return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(sized, plain(caption))
        case Points(items=items):
            entry = '<li><span class="chip {}">{}</span><span>{}</span></li>'
            told_of = [(state, STATE_WORDS[state], plain(said)) for state, said in items]
            return Markup('<ul class="points">{}</ul>').format(_joined(entry, told_of))
        case Code(text=text):
            return Markup("<pre><code>{}</code></pre>").format(plain(text, lines=True))


def _table(table: Table) -> Markup:
    kinds = [Markup(' class="n"') if column.numeric else Markup("") for column in table.columns]
    heads = _joined("<th{}>{}</th>", [(kind, plain(c.title)) for kind, c in zip(kinds, table.columns, strict=True)])
    rows = Markup("\n").join(
        Markup("<tr>{}</tr>").format(
            _joined("<td{}>{}</td>", [(kind, plain(cell)) for kind, cell in zip(kinds, row, strict=True)])
        )
        for row in table.rows
    )
    note = Markup('<p class="note">{}</p>').format(plain(table.note)) if table.note else Markup("")
    return Markup('<div class="wide"><table><thead><tr>{}</tr></thead><tbody>\n{}\n</tbody></table></div>{}').format(
        heads, rows, note
    )


def _joined(pattern: str, entries: Sequence[tuple[str, ...]]) -> Markup:
    return Markup("").join(Markup(pattern).format(*entry) for entry in entries)  # noqa: S704 - a pattern of this module
