"""Facets of the list of experiments, and the tree of its folders."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pfd_panel.components.facets import Facet, FacetValue
from pfd_panel.components.jobs import STATE_CHIPS
from pfd_panel.components.live import Live
from pfd_panel.theme import numbers

FACETS = {"state": "State", "model": "Model", "dataset": "Dataset", "tag": "Tag"}
MOST_VALUES = 12
"""Values of a facet that are listed; the search finds the others."""

TOP = "/"
"""Stands in the address for what lies in no folder."""

STYLE = """
.folders { display: flex; flex-direction: column; margin-bottom: 12px; }
.folders h3 { margin: 0 0 4px; font-size: 12px; line-height: 16px; }
.folders button { display: flex; gap: 8px; align-items: center; border: 0; background: none; font: inherit;
  color: var(--p-text); padding: 3px 6px; border-radius: 6px; cursor: pointer; text-align: left; min-width: 0; }
.folders button:hover { background: var(--p-sunken); }
.folders button[aria-pressed=true] { background: var(--p-tint); color: var(--p-accent); font-weight: 700; }
.folders button span:nth-child(2) { flex: 1 1 auto; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.folders .icon { font-size: 16px; color: var(--p-text2); }
.folders .n { color: var(--p-text2); font-weight: 400; }
"""


def facets(
    counted: Mapping[str, Sequence[tuple[str, int]]], where: Mapping[str, list[str]], titles: Mapping[str, str]
) -> list[Facet]:
    """What is shown: the most frequent values of each facet, and those that are chosen."""
    found = []
    for name, title in FACETS.items():
        pairs = list(counted.get(name, ()))
        chosen = where.get(name, [])
        pairs += [(value, 0) for value in chosen if value not in dict(pairs)]
        kept = [pair for place, pair in enumerate(pairs) if place < MOST_VALUES or pair[0] in chosen]
        if kept:
            values = [FacetValue(value, _label(name, value, titles), count) for value, count in kept]
            found.append(Facet(name, title, values))
    return found


def _label(name: str, value: str, titles: Mapping[str, str]) -> str:
    if name == "state":
        return STATE_CHIPS.get(value, ("", value))[1]
    return titles.get(value, value) if name == "model" else value


class Folders:
    """The folders as a tree; one of them, all or what lies in none is looked at.

    Parameters
    ----------
    choose : callable
        ``choose(folder)``; '' for all, `TOP` for what lies in none.
    """

    def __init__(self, choose: Callable[[str], Any]) -> None:
        self.view = Live(on={"folder": choose}, stylesheets=[STYLE], margin=0)

    def show(self, counted: Sequence[tuple[str, int]], chosen: str) -> None:
        """Show folders with the experiments in and below them."""
        counts = tree(counted)
        total = sum(count for _, count in counted)
        rows = [("", "All", 0, total), (TOP, "In no folder", 0, dict(counted).get("", 0))]
        if chosen not in counts and chosen not in ("", TOP):
            counts[chosen] = 0
        rows += [(path, path.rpartition("/")[2], path.count("/") + 1, counts[path]) for path in sorted(counts)]
        buttons = Markup("").join(
            Markup(
                '<button type="button" data-send="folder" data-value="{}" aria-pressed="{}" aria-label="Folder: {}" '
                'style="padding-left:{}px"><span class="icon" aria-hidden="true">{}</span><span>{}</span>'
                '<span class="n">{}</span></button>'
            ).format(
                path, "true" if path == chosen else "false", path if depth else name, 6 + 14 * max(0, depth - 1),
                "folder" if depth else "inbox" if path else "all_inbox", name, numbers.integer(count),
            )
            for path, name, depth, count in rows
        )  # fmt: skip
        self.view.html = str(
            Markup('<div class="folders" role="group" aria-label="Folders"><h3>Folders</h3>{}</div>').format(buttons)
        )


def tree(counted: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Every folder, and those above it, with the experiments in and below it."""
    found: dict[str, int] = {}
    for path, count in counted:
        parts = path.split("/") if path else []
        for depth in range(1, len(parts) + 1):
            above = "/".join(parts[:depth])
            found[above] = found.get(above, 0) + count
    return found
