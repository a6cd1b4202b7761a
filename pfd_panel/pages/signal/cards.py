"""A card whose content comes later or changes: skeleton first, then a plot, a table or what went wrong."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components.card import card_head, download_link, surface
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import Text, error, skeleton
from pfd_panel.errors import in_words
from pfd_panel.server.exchange import Download


class CardSlot:
    """A card that is filled and refilled; its objects are made when `view` is first asked for.

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
        self.on, self._style = dict(on or {}), style
        self.tools, self.bar = Markup(""), Markup("")
        """Controls behind the words of the head, and a row of them below it; `draw` shows them."""
        self.content: list[Any] = []
        """The plots and controls that are shown now below the words."""
        self._shown: dict[str, Any] = {}
        self._words = Markup("")
        self._filled = False
        self.html = ""
        """The head and the words below it."""
        self.loading()

    @cached_property
    def _head(self) -> Live:
        return Live(self.html, on=self.on, stylesheets=[self._style] if self._style else [], margin=0)

    @cached_property
    def view(self) -> pn.Column:
        """The card on the page."""
        return surface(self._head, *self.content)

    def loading(self) -> None:
        """Show that something is coming."""
        self.show(skeleton(self.height - 8))
        self._filled = False

    def waiting(self) -> None:
        """Something newer is coming: what is shown stays, and is said to be old."""
        if not self._filled:
            self.loading()
            return
        self._shown["qualifier"] = "updating…"
        self._draw_head()

    def failed(self, failure: BaseException) -> None:
        """Say what is missing and what to do; the other cards live on."""
        words = in_words(failure)
        self.show(error("Not computed", words["message"], words["hint"]))

    def show(
        self,
        *content: Any,
        qualifier: Text = "",
        legend: Markup | None = None,
        legend_below: bool = False,
        right: Text = "",
    ) -> None:
        """Fill the card; words at its beginning are drawn with the head, which costs a page less than a pane does."""
        parts = list(content)
        words = Markup("")
        while parts and isinstance(parts[0], Markup):
            words += parts.pop(0)
        self._filled = True
        self._shown = {"qualifier": qualifier, "legend": legend, "legend_below": legend_below, "right": right}
        self._words = words
        self._draw_head()
        before, self.content = self.content, [static(part) if isinstance(part, Markup) else part for part in parts]
        if "view" in self.__dict__ and self.content != before:
            self.view[:] = [self._head, *self.content]

    def draw(self) -> None:
        """Show what was set on the head; the content stays."""
        self._draw_head()

    def _draw_head(self) -> None:
        said = self._shown | {"right": Markup("{}{}{}").format(self._shown["right"], self._tools, self.tools)}
        head = card_head(self.title, said.pop("qualifier"), help_text=self.help_text, **said) + self.bar
        if self._words:
            head += Markup('<div class="words" style="min-height:{}px">{}</div>').format(self.height, self._words)
        self.html = str(head)
        if "view" in self.__dict__:
            self._head.html = self.html
