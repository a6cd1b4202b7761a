"""What a page shows, taken out of its components: words as HTML, figures with their data, in their order."""

import re
from dataclasses import dataclass, field
from typing import Any

import panel as pn
from bokeh.models import HoverTool, LayoutDOM, Line
from bokeh.plotting import figure
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.inert import inert
from pfd_panel.components.live import Live
from pfd_panel.components.plots.lines import RangeFeeder
from pfd_panel.components.styles import STYLE_ADDRESS

_ICON = re.compile(r'<span class="icon"[^>]*>[^<]*</span>')
_HOST_OF = re.compile(r":host\((\.[\w.-]+)\)")


@dataclass
class Collected:
    """What was found.

    Attributes
    ----------
    figures : list of LayoutDOM
        Each stands where ``<div data-figure="…">`` with its number stands in `html`.
    styles : list of str
        Style sheets that the words need beside the common one.
    decimated : dict of str to int
        Name of a line to how many stretches it was reduced to, where the file does not hold every point.
    """

    html: Markup = field(default_factory=Markup)
    figures: list[LayoutDOM] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    decimated: dict[str, int] = field(default_factory=dict)


def collect(shown: Any) -> Collected:
    """Everything that can be looked at in what a page shows; controls are left out."""
    found = Collected()
    found.html = Markup(_walk(shown, found))  # noqa: S704 - put together from escaped parts
    return found


def page_style(style: str) -> str:
    """A style sheet of components, which are islands in a page, for a page without islands."""
    return _HOST_OF.sub(r"\1", style).replace(":host", ".frozen")


def _walk(shown: Any, found: Collected) -> str:
    if isinstance(shown, Viewer):
        return _walk(shown.__panel__(), found)
    if not getattr(shown, "visible", True) and not isinstance(shown, RangeFeeder):
        return ""
    if isinstance(shown, pn.layout.base.ListLike):
        inner = "".join(_walk(one, found) for one in shown)
        return _box(shown, inner, found) if inner else ""
    if isinstance(shown, Live):
        return _box(shown, _words(shown.html), found)
    if isinstance(shown, pn.pane.HTML):
        return _box(shown, _words(str(shown.object)), found)
    if isinstance(shown, pn.pane.Bokeh) and isinstance(shown.object, LayoutDOM):
        return _box(shown, _figure(shown.object, found), found)
    if isinstance(shown, RangeFeeder):
        _feed(shown, found)
    return ""


def _words(html: str) -> str:
    return _ICON.sub("", inert(html))


def _box(shown: Any, inner: str, found: Collected) -> str:
    own = [str(one) for one in shown.stylesheets if isinstance(one, str) and one != STYLE_ADDRESS]
    found.styles += [one for one in own if one not in found.styles and not one.endswith(".css")]
    classes = Markup(' class="{}"').format(" ".join(shown.css_classes)) if shown.css_classes else ""
    return f"<div{classes}>{inner}</div>" if inner.strip() else ""


def _figure(model: LayoutDOM, found: Collected) -> str:
    if isinstance(model, figure) and not model.select(HoverTool):
        lines = [one for one in model.renderers if isinstance(getattr(one, "glyph", None), Line)]
        if lines:
            named = [(axis.axis_label or name, f"@{name}{{0.[0000]}}") for axis, name in _axes(model)]
            model.add_tools(HoverTool(tooltips=named, mode="vline", renderers=lines[-1:]))
    found.figures.append(model)
    return f'<div data-figure="{len(found.figures) - 1}"></div>'


def _axes(model: figure) -> list[tuple[Any, str]]:
    return [(model.xaxis[0], "x"), (model.yaxis[0], "y")]


def _feed(feeder: RangeFeeder, found: Collected) -> None:
    """Give a line that the server would feed while one zooms all it can hold."""
    stretches = feeder.everything()
    if stretches:
        label = next((one.yaxis[0].axis_label for one in found.figures if one.name == feeder.target), feeder.target)
        found.decimated[str(label)] = stretches
