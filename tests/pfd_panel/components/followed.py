"""A page that looks at something while it is open, and how often it did."""

from collections.abc import Mapping
from typing import Any

from pfd_panel.components import Live, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.poller import Poller
from pfd_panel.pages.view import PageView

looks: list[int] = []


class Followed(PageView):
    """A page that looks at something twenty times a second."""

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.shown = Live(margin=0)
        self.poller = Poller(
            self._look, lambda found: setattr(self.shown, "html", f"<p>{found}</p>"), print, period_s=0.05
        )

    def _look(self) -> int:
        looks.append(len(looks))
        return looks[-1]

    def __panel__(self) -> Any:
        return stack(static(m.page_head("Followed")), self.shown)
