"""The bar above the Explorer: words to search for, the dataset, and a way to the filters on narrow screens."""

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components.card import card
from pfd_panel.components.markup import button, icon
from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.pages.explorer.style import DRAWER, FILTERS
from pfd_panel.services import comparing


def filter_bar(names: Sequence[str], dataset: str, text: str, chosen: int, *, clearable: bool) -> Markup:
    """The bar; `chosen` counts the values and ranges of the filter."""
    options = Markup("").join(
        Markup('<option value="{0}"{1}>{0}</option>').format(name, Markup(" selected") if name == dataset else "")
        for name in names
    )
    return Markup(
        '<div class="controls plain">'
        '<button type="button" class="button only-narrow" data-send="filters">{}Filters{}</button>'
        '<input type="search" style="max-width:none" data-send="text" value="{}" aria-label="Search signals" '
        'placeholder="Search recording, channel, fault, bearing, asset, notes">'
        '<label class="pair">Dataset <select data-send="dataset" aria-label="Dataset">{}</select></label>{}</div>'
    ).format(
        icon("filter_list"),
        f" ({chosen})" if chosen else "",
        text,
        options,
        button("Clear filters", icon_name="filter_alt_off", send="clear-filter") if clearable else "",
    )


def compare_button(total: int) -> Markup:
    """What leads to the Compare page; it says which signals go there, as marked ones have a button of their own."""
    if not total:
        return Markup("")
    words = f"all {total}" if 1 < total <= comparing.MOST else "the one" if total == 1 else f"first {comparing.MOST}"
    return button(f"Compare {words} found", icon_name="stacked_line_chart", send="compare")


def filter_drawer(
    parts: Sequence[Any], clear: Callable[[], Any], close: Callable[[], Any]
) -> tuple[pn.Column, pn.Column]:
    """The card of the filters, and the drawer that holds it where the screen is narrow."""
    made = card(
        "Filters",
        *parts,
        right=Markup(
            '<button type="button" class="link" data-send="clear">Clear</button>'
            '<button type="button" class="link only-narrow" data-send="filters">Close</button>'
        ),
        on={"clear": lambda _: clear(), "filters": lambda _: close()},
    )
    made[0].stylesheets = [*made[0].stylesheets, FILTERS]
    drawer = pn.Column(
        made, stylesheets=[STYLE_ADDRESS, DRAWER], css_classes=["closed"], margin=0, sizing_mode="stretch_width"
    )
    return made, drawer
