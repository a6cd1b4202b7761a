"""Facets: what values there are, how many signals each has, and which are wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import param
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.live import Live
from pfd_panel.components.markup import marker
from pfd_panel.theme import numbers
from pfd_panel.theme.tokens import Look


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet: its key, what it is called, how often it occurs, and a look if it is a class."""

    key: str
    label: str
    count: int
    look: Look | None = None


@dataclass(frozen=True)
class Facet:
    """One column that can be filtered by."""

    name: str
    title: str
    values: Sequence[FacetValue]


class FacetList(Viewer):
    """Check boxes with counts.

    `chosen` maps a facet to the wanted keys; a facet that is not in it is not filtered.
    """

    chosen = param.Dict(default={}, doc="Facet name to list of keys.")
    facets = param.List(doc="What is shown.")

    def __init__(self, facets: Sequence[Facet] = (), **params: object) -> None:
        super().__init__(facets=list(facets), **params)
        self._body = Live(on={"facet": self._on_box, "clear": lambda _: self.clear()}, margin=0)
        self._draw()

    def clear(self) -> None:
        """Want everything again."""
        self.chosen = {}

    @param.depends("chosen", "facets", watch=True)
    def _draw(self) -> None:
        self._body.html = str(Markup("").join(self._one(facet) for facet in self.facets))

    def _on_box(self, value: str, checked: bool) -> None:
        name, key = value.split("\x1f", 1)
        wanted: list[str] = [one for one in self.chosen.get(name, ()) if one != key]
        if checked:
            wanted.append(key)
        rest: Mapping[str, list[str]] = {k: v for k, v in self.chosen.items() if k != name}
        self.chosen = {**rest, **({name: wanted} if wanted else {})}

    def _one(self, facet: Facet) -> Markup:
        wanted = self.chosen.get(facet.name, ())
        lines = [
            Markup(
                '<label class="{}"><input type="checkbox" data-send="facet" data-value="{}\x1f{}"{}>{}<span>{}</span>'
                '<span class="n">{}</span></label>'
            ).format(
                "" if value.count else "none",
                facet.name,
                value.key,
                Markup(" checked") if value.key in wanted else "",
                marker(value.look) if value.look else "",
                value.label,
                numbers.integer(value.count),
            )
            for value in facet.values
        ]
        return Markup('<div class="facet" role="group" aria-label="{0}"><h3>{0}</h3>{1}</div>').format(
            facet.title, Markup("").join(lines)
        )

    def __panel__(self) -> Live:
        return self._body
