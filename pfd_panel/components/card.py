"""The card: a title that says what it shows, how it was made, and its tools."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import Text, icon
from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session


def download_link(produce: Callable[[], Download], label: str = "Download the data") -> Markup:
    """An icon link that fetches over HTTP what `produce` makes at that moment."""
    address = page_session().offer(produce)
    if not address:
        return Markup("")
    return Markup('<a class="tool" href="{}" download title="{}" aria-label="{}">{}</a>').format(
        address, label, label, icon("download")
    )


def help_mark(text: Text) -> Markup:
    """A question mark that opens a few sentences an engineer would learn from."""
    return Markup(
        '<details class="help"><summary class="tool" title="What is this?" aria-label="What is this?">{}</summary>'
        "<div>{}</div></details>"
    ).format(icon("help_outline"), text)


def card_head(
    title: Text,
    qualifier: Text = "",
    *,
    legend: Markup | None = None,
    legend_below: bool = False,
    right: Text = "",
    help_text: Text = "",
    download: Callable[[], Download] | None = None,
) -> Markup:
    """Head of a card as HTML; see `card`."""
    tools = (download_link(download) if download else Markup("")) + (help_mark(help_text) if help_text else Markup(""))
    beside = legend if legend is not None and not legend_below else ""
    below = Markup('<span class="legend below">{}</span>').format(legend) if legend is not None and legend_below else ""
    tail = Markup('<span class="right">{}{}{}</span>').format(
        beside, right, Markup('<span class="row" style="gap:0">{}</span>').format(tools) if tools else ""
    )
    marked = Markup('<span class="qualifier">{}</span>').format(qualifier) if qualifier else ""
    return Markup('<div class="card-head"><h2>{}</h2>{}{}{}</div>').format(title, marked, tail, below)


def card(
    title: Text,
    *body: Any,
    qualifier: Text = "",
    legend: Markup | None = None,
    legend_below: bool = False,
    right: Text = "",
    help_text: Text = "",
    download: Callable[[], Download] | None = None,
    on: dict[str, Callable[..., Any]] | None = None,
) -> pn.Column:
    """A card.

    Parameters
    ----------
    title : str
        What it shows.
    *body : viewable or Markup
        Its content; `Markup` is shown as it is.
    qualifier : str
        Method, count or resolution, muted beside the title.
    legend : Markup, optional
        From `markup.legend` or `markup.line_legend`; at the right, or under the title with `legend_below`.
    right : str or Markup
        A number, link or control at the right.
    help_text : str or Markup
        Opens under a question mark.
    download : callable, optional
        Makes the file behind the download icon, when it is asked for.
    on : mapping, optional
        Handlers of controls in the head (``data-send``).
    """
    head_html = card_head(
        title, qualifier, legend=legend, legend_below=legend_below, right=right, help_text=help_text, download=download
    )
    head = Live(head_html, on=on, margin=0) if on else static(head_html)
    return surface(head, *body)


def surface(*body: Any, flush: bool = False) -> pn.Column:
    """A card without a head (a stat, a toolbar); `flush` leaves out the padding."""
    shown = [static(part) if isinstance(part, Markup) else part for part in body]
    classes = ["p-card", "p-flush"] if flush else ["p-card"]
    if page_session().bare and not any(getattr(part, "object", part) for part in shown):
        classes.append("p-gone")  # it held nothing but controls
    return pn.Column(*shown, stylesheets=[STYLE_ADDRESS], css_classes=classes, margin=0, sizing_mode="stretch_width")
