"""The bars of the Compare page: which signals, and how they are shown."""

from collections.abc import Sequence

from markupsafe import Markup

from pfd_panel.components.markup import button
from pfd_panel.components.tabs import switch
from pfd_panel.services.context import Right
from pfd_panel.theme.classes import look

VIEWS = {
    "overlay": "Overlay",
    "stacked": "Stacked",
    "difference": "Difference",
    "healthy": "Against reference",
}
AXES = {"hz": "Hz", "cpm": "CPM", "orders": "Orders"}
SCALES = {"common": "One scale", "own": "Own scales"}
WORK: Right = "work"


def picking(datasets: Sequence[str], dataset: str, text: str, count: int) -> Markup:
    """Choose the dataset, search signals, take all away."""
    return Markup(
        '<div class="controls" role="toolbar" aria-label="Which signals">'
        '<input type="search" data-send="text" value="{}" placeholder="Add signals: recording, channel, fault" '
        'aria-label="Search signals to add">{}{}</div>'
    ).format(
        text,
        _select("dataset", "Dataset", [(name, name) for name in datasets], dataset),
        button("Remove all", icon_name="clear_all", send="remove-all") if count else "",
    )


def showing(
    *,
    view: str,
    axis: str,
    scale: str,
    speed: bool,
    band: Sequence[float],
    offset: float,
    several: bool,
    against: str,
    fault: str,
    classes: Sequence[str],
) -> Markup:
    """How they are shown; controls of other views are left out."""
    parts = [
        switch("view", list(VIEWS.items()), view, "How the signals are shown"),
        switch("axis", [(key, title) for key, title in AXES.items() if key != "orders" or speed], axis,
               "Unit of frequency axes"),
        _band(band),
    ]  # fmt: skip
    if view == "stacked":
        parts.append(switch("scale", list(SCALES.items()), scale, "Scale of stacked lines"))
    if view == "difference" and several:
        parts.append(
            Markup(
                '<label class="pair">Offset of the second <input type="text" inputmode="decimal" data-send="offset" '
                'value="{:.6g}" aria-label="Offset of the second signal, s"> s</label>{}'
            ).format(offset, button("Align", icon_name="align_horizontal_left", send="align"))
        )
    if view == "healthy":
        parts.append(
            _select("against", "Compared with", [("reference", "healthy reference"), ("class", "a class")], against)
        )
        if against == "class":
            parts.append(_select("fault", "Class", [(one, look(one).label) for one in classes], fault))
    return Markup('<div class="controls" role="toolbar" aria-label="How they are shown">{}</div>').format(
        Markup("").join(parts)
    )


def reference_form(query: str, problem: Markup | str = "", *, declared: bool = False) -> Markup:
    """Declare which signals are healthy; for those who may."""
    return Markup(
        '<div class="controls plain" role="toolbar" aria-label="Healthy reference" data-needs="{}">'
        '<label class="pair">Healthy are <input type="text" class="word" style="width:220px" data-send="reference" '
        'value="{}" aria-label="Query that finds the healthy signals" placeholder="fault:healthy" autocomplete="off">'
        "</label>{}{}{}</div>"
    ).format(
        WORK,
        query,
        button("Declare", icon_name="verified", send="declare", needs=WORK),
        button("Withdraw", send="withdraw", needs=WORK) if declared else "",
        problem,
    )


def _band(band: Sequence[float]) -> Markup:
    by_hand = len(band) == 2
    choices = _options([("", "suggested by the kurtogram"), ("hand", "by hand")], "hand" if by_hand else "")
    edges = Markup("")
    if by_hand:
        edges = Markup(
            '<input type="text" inputmode="decimal" aria-label="Lower edge of the band, Hz" data-send="band-low" '
            'value="{:g}"><span>–</span><input type="text" inputmode="decimal" aria-label="Upper edge of the band, Hz" '
            'data-send="band-high" value="{:g}"><span>Hz</span>'
        ).format(*band)
    return Markup(
        '<label class="pair">Envelope band <select data-send="band" aria-label="Envelope band">{}</select></label>'
        '<span class="pair">{}</span>'
    ).format(choices, edges)


def _select(send: str, label: str, entries: Sequence[tuple[str, str]], chosen: str) -> Markup:
    return Markup('<label class="pair">{} <select data-send="{}" aria-label="{}">{}</select></label>').format(
        label, send, label, _options(entries, chosen)
    )


def _options(entries: Sequence[tuple[str, str]], chosen: str) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", words)
        for value, words in entries
    )
