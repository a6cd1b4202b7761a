"""The line below the facets that says how many sampling rates were checked, and checks the rest."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.services import checking
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

TITLE = (
    "An edge as filters make it below half of Nyquist, or the lines of the shaft at twice or four times where rate and "
    "speed put them. No spectrum proves a rate right."
)


class RateLine:
    """How far the rates of a dataset are checked.

    Parameters
    ----------
    context : Context
        Whose catalog.
    checked : callable
        Called when more is known.
    """

    def __init__(self, context: Context, checked: Callable[[], Any]) -> None:
        self.context, self._checked, self.dataset = context, checked, ""
        self.view = Live(on={"check-rates": lambda _: self.check()}, stylesheets=[CONTROLS], margin=0)

    def show(self, dataset: str) -> None:
        """Follow the page."""
        self.dataset = dataset
        found = checking.rates(self.context, dataset)
        rest = found.signals - found.checked
        said = f"{numbers.integer(found.checked)} of {numbers.integer(found.signals)} sampling rates checked"
        if found.checked:
            said += f", {numbers.integer(len(found.doubted))} doubted"
        more = button("Check rates", icon_name="rule", send="check-rates", needs="work") if rest else ""
        self._draw(Markup('<span class="note" title="{}">{}.</span>{}').format(TITLE, said, more))

    def check(self) -> None:
        """Check the next ones in a thread."""
        dataset = self.dataset
        self._draw(Markup('<span class="note">Checking sampling rates…</span>'))
        in_background(
            lambda: checking.check_rates(self.context, dataset),
            lambda _: self._checked(),
            lambda failure: self._draw(error_words("Not checked", failure)),
        )

    def _draw(self, words: Markup) -> None:
        self.view.html = str(Markup('<div class="controls plain" style="padding:4px 0 8px">{}</div>').format(words))
