"""A view as others see it through a link: what was shared, a line that says what it is, and nothing to go on from."""

from dataclasses import dataclass
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.accounts.visitors import PREFIX
from pfd_panel.components.live import static
from pfd_panel.pages.view import PageView
from pfd_panel.server.user import User
from pfd_panel.services import links
from pfd_panel.services.context import Context
from pfd_panel.services.links import Link
from pfd_panel.theme.material import PAGE_STYLE

STYLE: dict[str, Any] = {
    **PAGE_STYLE,
    "& .MuiAppBar-root": {"display": "none"},
    # the toolbar that keeps the content below the app bar
    "& main.main > .MuiToolbar-root, & main .MuiToolbar-root": {"display": "none"},
}
"""`sx` of the frame around a shared view."""


@dataclass(frozen=True)
class SharedView:
    """What a visitor is shown.

    Attributes
    ----------
    link : Link
        The link that was opened.
    """

    link: Link

    @classmethod
    def of(cls, user: User, context: Context) -> "SharedView | None":
        """What a visitor's link shows; None for everyone else."""
        return cls(links.visited(context)) if user.id.startswith(PREFIX) else None

    def contents(self, view: Any) -> Any:
        """What is shown of a view."""
        if not isinstance(view, Viewer):
            return view
        if self.link.part and isinstance(view, PageView):
            return view.part(self.link.part)
        return view.__panel__()

    def foot(self, heading: str) -> pn.pane.HTML:
        """The line below: title, what is shown, since when, and what made it."""
        what = [self.link.title, *([heading] if heading and heading != self.link.title else [])]
        words = " · ".join([*what, f"shared {self.link.created_at:%Y-%m-%d}"])
        return static(
            Markup('<footer class="shared-foot"><span class="grow">{}</span><b>PFD Panel</b></footer>').format(words)
        )
