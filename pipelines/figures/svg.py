"""A drawing as SVG 1.1: words stay words, so that a report can search, restyle and scale them."""

import re
from base64 import b64encode
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

from pipelines.figures.drawing import Area, Cells, Drawing, Item, Line, Words, strokes

FONT = "Roboto, 'Helvetica Neue', Arial, sans-serif"

# XML 1.0, section 2.2: what no document may hold, even escaped
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_svg(drawing: Drawing) -> str:
    """The drawing as a document of its own."""
    body = "\n".join(_item(one) for one in drawing.items)
    size = f'width="{drawing.width:g}" height="{drawing.height:g}" viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FONT}">\n'
        f"<title>{_plain(drawing.title)}</title>\n{body}\n</svg>\n"
    )


def _item(item: Item) -> str:
    if isinstance(item, Area):
        return (
            f'<rect x="{item.x:.2f}" y="{item.y:.2f}" width="{item.width:.2f}" height="{item.height:.2f}" '
            f'fill="{item.color}" fill-opacity="{item.opacity:g}"/>'
        )
    if isinstance(item, Line):
        path = "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in part.tolist()) for part in strokes(item.points))
        dash = f' stroke-dasharray="{item.dash[0]:g} {item.dash[1]:g}"' if item.dash else ""
        return (
            f'<path d="{path}" fill="none" stroke="{item.color}" stroke-width="{item.width:g}" '
            f'stroke-linejoin="round"{dash}/>'
        )
    if isinstance(item, Cells):
        stored = BytesIO()
        Image.fromarray(item.colors).save(stored, "PNG")
        return (
            f'<image x="{item.x:.2f}" y="{item.y:.2f}" width="{item.width:.2f}" height="{item.height:.2f}" '
            f'preserveAspectRatio="none" href="data:image/png;base64,{b64encode(stored.getvalue()).decode()}"/>'
        )
    return _words(item)


def _words(item: Words) -> str:
    turn = f' transform="rotate(-90 {item.x:.2f} {item.y:.2f})"' if item.turned else ""
    weight = ' font-weight="700"' if item.bold else ""
    return (
        f'<text x="{item.x:.2f}" y="{item.y:.2f}" font-size="{item.size:g}" fill={quoteattr(item.color)} '
        f'text-anchor="{item.anchor}"{weight}{turn}>{_plain(item.text)}</text>'
    )


def _plain(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))
