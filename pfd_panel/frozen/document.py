"""The file itself: style, fonts, scripts, data and words in one HTML document that asks for nothing."""

import base64
import json
import secrets
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bokeh.embed.util import OutputDocumentFor, standalone_docs_json_and_render_items
from bokeh.resources import Resources
from markupsafe import Markup

from pfd_panel.components.markup import key_values
from pfd_panel.components.styles import STYLE
from pfd_panel.frozen.collecting import Collected, page_style
from pfd_panel.theme.numbers import integer
from pfd_panel.theme.tokens import FONT, css_variables

_TEMPLATE = Path(__file__).parent / "frozen.html"
_OWN = (Path(__file__).parent / "frozen.css").read_text(encoding="utf-8")
_DRAW = (Path(__file__).parent / "frozen.js").read_text(encoding="utf-8")


def frozen_document(title: str, found: Collected, lines: Sequence[tuple[str, str]]) -> str:
    """The whole file.

    Parameters
    ----------
    title : str
        What it shows.
    found : Collected
        Words and figures.
    lines : sequence of (str, str)
        Where they come from.
    """
    nonce = secrets.token_urlsafe(16)
    content, data = _placed(found)
    scripts = [*Resources(mode="inline", components=["bokeh"]).js_raw, _DRAW] if found.figures else []
    template = _TEMPLATE.read_text(encoding="utf-8")
    filled = {
        "{{title}}": str(Markup.escape(title)),
        "{{nonce}}": nonce,
        "{{style}}": "\n".join([_fonts(), _variables(), *map(page_style, [STYLE, *found.styles]), _OWN]),
        "{{content}}": str(content),
        "{{said}}": str(_said(found)),
        "{{provenance}}": str(key_values(lines)),
        "{{data}}": data,
        "{{scripts}}": "\n".join(
            f'<script nonce="{nonce}">\n{one.replace("</script", "<\\/script")}\n</script>' for one in scripts
        ),
    }
    # in one pass, so that nothing in the content is taken for a place of the template
    parts = []
    rest = template
    while rest:
        at, name = min(((rest.index(one), one) for one in filled if one in rest), default=(len(rest), ""))
        parts += [rest[:at], filled.get(name, "")]
        rest = rest[at + len(name) :]
    return "".join(parts)


def _placed(found: Collected) -> tuple[str, str]:
    """The words with a place for each figure, and the figures as JSON that no HTML parser stumbles over."""
    html = str(found.html)
    if not found.figures:
        return html, "{}"
    with OutputDocumentFor(found.figures):
        documents, (item, *_) = standalone_docs_json_and_render_items(found.figures, suppress_callback_warning=True)
    told = item.to_json()
    for number, model in enumerate(found.figures):
        place = told["roots"][model.id]
        html = html.replace(
            f'<div data-figure="{number}"></div>',
            f'<div class="figure" id="{place}" data-root-id="{model.id}"></div>',
        )
    data: dict[str, Any] = {"documents": documents, "items": [told]}
    return html, json.dumps(data).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _said(found: Collected) -> Markup:
    """What the file holds, in words."""
    said = "This file holds what the view showed when it was made; nothing in it changes or is fetched."
    if found.figures:
        said += " Drag in a figure to zoom in; point at a line to read its values."
    if found.decimated:
        lines = "; ".join(f"{name}: {integer(count)} stretches" for name, count in found.decimated.items())
        said += f" Of long lines it holds the lowest and the highest value of each of many short stretches ({lines})."
    return Markup("<p>{}</p>").format(said)


def _variables() -> str:
    told = "".join(f"{name}:{value};" for name, value in css_variables("light").items())
    return f":root{{color-scheme:light;--p-font:{FONT};--bokeh-font-size:12px;{told}}}"


@cache
def _fonts() -> str:
    """The two weights of the product's font, inside the style sheet; without them the system's font is used."""
    spec = find_spec("panel_material_ui")
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places))) / "dist" if places else None
    rules = []
    for weight in (400, 700):
        for file in sorted(folder.glob(f"roboto-latin-{weight}-normal-*.woff2")) if folder else ():
            packed = base64.b64encode(file.read_bytes()).decode()
            rules.append(
                f"@font-face{{font-family:Roboto;font-weight:{weight};"
                f"src:url(data:font/woff2;base64,{packed}) format('woff2')}}"
            )
    return "\n".join(rules)
