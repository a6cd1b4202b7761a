"""The bar above the Explorer: words to search for, the dataset, and a way to the filters on narrow screens."""

from collections.abc import Sequence

from markupsafe import Markup

from pfd_panel.components.markup import button, icon


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
