"""A card whose content comes later or changes: skeleton first, then a plot, a table or what went wrong."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components.card import card_head, download_link, surface
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import Text, error, skeleton
from pfd_panel.errors import in_words
from pfd_panel.server.exchange import Download


class CardSlot:
    """A card that is filled and refilled.

    Parameters
    ----------
    title, help_text : str
        What the card shows, and a few sentences to learn from.
    height : int
        Height of the skeleton in px: that of the content, so that nothing jumps.
    produce : callable, optional
        Makes the file behind the download icon from what is shown at that moment; offered once, not once a refill.
    label : str
        What the download is called.
    on : mapping
        Handlers of the controls in the head.
    style : str
        Style of those controls.
    """

    def __init__(
        self,
        title: str,
        help_text: str = "",
        *,
        height: int = 160,
        produce: Callable[[], Download] | None = None,
        label: str = "",
        on: dict[str, Callable[..., Any]] | None = None,
        style: str = "",
    ) -> None:
        self.title, self.help_text, self.height = title, help_text, height
        self._tools = download_link(produce, label or f"Download {title.lower()} as CSV") if produce else Markup("")
        self._head = Live(on=on, stylesheets=[style] if style else [], margin=0)
        self._body = pn.Column(margin=0, sizing_mode="stretch_width", min_height=height)
        self.view = surface(self._head, self._body)
        self.loading()

    @property
    def content(self) -> list[Any]:
        """What is shown now."""
        return list(self._body)

    def loading(self) -> None:
        """Show that something is coming."""
        self.show(static(skeleton(self.height - 8)))

    def failed(self, failure: BaseException) -> None:
        """Say what is missing and what to do; the other cards live on."""
        words = in_words(failure)
        self.show(static(error("Not computed", words["message"], words["hint"])))

    def show(
        self,
        *content: Any,
        qualifier: Text = "",
        legend: Markup | None = None,
        legend_below: bool = False,
        right: Text = "",
    ) -> None:
        """Fill the card."""
        tail = Markup("{}{}").format(right, self._tools)
        self._head.html = str(
            card_head(
                self.title, qualifier, legend=legend, legend_below=legend_below, right=tail, help_text=self.help_text
            )
        )
        shown = [static(part) if isinstance(part, Markup) else part for part in content]
        if shown != self.content:
            self._body[:] = shown
