"""The bar above the plots: filter, envelope band, axis unit, markers."""

from collections.abc import Sequence

from markupsafe import Markup

from pfd_panel.components.markup import button, copy_button
from pfd_panel.pages.signal.plots import AXES, EXTRAS, FAMILIES


def bar(
    *,
    text: str,
    filtered: bool,
    band: Sequence[float],
    band_cursor: bool,
    axis: str,
    marks: Sequence[str],
    available: Sequence[str],
    speed: bool,
    panels: Sequence[tuple[str, str]],
    python: str,
    compare: str,
) -> Markup:
    """Everything that changes what the plots show; `band` is empty while the kurtogram suggests it.

    `band_cursor`: a band was drawn on the spectrum.
    `panels` are those that can be added: name and title. `python` is the cell of a notebook that shows the same,
    `compare` the address where the signal stands beside others.
    """
    by_hand = len(band) == 2
    choices = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if hand == by_hand else "", words)
        for value, words, hand in (("", "suggested by the kurtogram", False), ("hand", "by hand", True))
    )
    if band_cursor:
        choices += Markup('<option value="cursor">from the band cursor on the spectrum</option>')
    edges: Markup | str = ""
    if by_hand:
        edges = Markup(
            '<input type="text" inputmode="decimal" aria-label="Lower edge of the band, Hz" data-send="band-low" '
            'value="{:g}"><span>–</span><input type="text" inputmode="decimal" aria-label="Upper edge of the band, Hz" '
            'data-send="band-high" value="{:g}"><span>Hz</span>'
        ).format(*band)
    units = Markup("").join(
        Markup('<button type="button" data-send="axis" data-value="{}" aria-pressed="{}"{}>{}</button>').format(
            key,
            "true" if key == axis else "false",
            Markup(' disabled title="The speed is unknown"') if key == "orders" and not speed else "",
            title,
        )
        for key, title in AXES.items()
    )
    ticks = Markup("").join(
        Markup(
            '<label class="pair mark"><input type="checkbox" data-send="mark" data-value="{0}"{1}>{0}</label>'
        ).format(name, Markup(" checked") if name in marks else "")
        for name in FAMILIES
        if name in available
    )
    extras = Markup("").join(
        Markup('<label class="pair mark"><input type="checkbox" data-send="mark" data-value="{}"{}>{}</label>').format(
            name, Markup(" checked") if name in marks else "", title
        )
        for name, title in EXTRAS.items()
        if name in available
    )
    more_marks = Markup(
        '<details class="more"><summary class="button">More markers</summary><div class="ticks">{}</div></details>'
    ).format(extras)
    more = Markup("").join(Markup('<option value="{}">{}</option>').format(*one) for one in panels)
    return Markup(
        '<div class="controls" role="toolbar" aria-label="What the plots show">'
        '<input type="search" data-send="text" value="{}" placeholder="Filter signals: recording, channel, fault" '
        'aria-label="Filter the signals that previous and next go through">'
        '<label class="pair">Envelope band <select data-send="band" aria-label="Envelope band">{}</select></label>'
        '<span class="pair">{}</span><span class="switch" role="group" aria-label="Unit of frequency axes">{}</span>'
        '<span class="pair" role="group" aria-label="Markers">{}{}</span>'
        '<select data-send="panel-add" aria-label="Add a panel"{}><option value="">Add a panel…</option>{}</select>'
        "{}{}{}</div>"
    ).format(
        text,
        choices,
        edges,
        units,
        ticks,
        more_marks,
        "" if panels else Markup(" disabled"),
        more,
        button("Clear filter", icon_name="filter_alt_off", send="clear-filter") if filtered else "",
        copy_button("Copy as Python", python) if python else "",
        button("Compare", icon_name="compare_arrows", href=compare),
    )
