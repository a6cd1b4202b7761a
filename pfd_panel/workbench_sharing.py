"""The part of the notebook's door that shares views."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from pfd_panel.errors import RequestError
from pfd_panel.services import freezing, links, views
from pfd_panel.services.context import Context
from pfd_panel.services.links import DEFAULT_DAYS, Link, MintedLink
from pfd_panel.services.views import Saved


class LocalSharing:
    """Saved views, links and frozen files of a data directory."""

    context: Context

    def views(self) -> list[Saved]:
        """Saved views: one's own and the team's, newest first."""
        return views.listing(self.context)

    def save_view(self, name: str, page: str, query: str = "", *, part: str = "", visibility: str = "private") -> Saved:
        """Keep a view under a name, for oneself or the team."""
        return views.save(self.context, name, page, query, part=part, visibility=visibility)

    def change_view(self, view_id: str, *, name: str | None = None, visibility: str | None = None) -> Saved:
        """Rename a view, or say who sees it."""
        return views.change(self.context, view_id, name=name, visibility=visibility)

    def remove_view(self, view_id: str) -> None:
        """Forget a saved view."""
        views.remove(self.context, view_id)

    def links(self, *, everyone: bool = False) -> list[Link]:
        """One's own links, or those of all users, newest first."""
        return links.everyones(self.context) if everyone else links.listing(self.context)

    def share_view(
        self,
        title: str,
        page: str,
        query: str = "",
        *,
        part: str = "",
        ancestors: Sequence[str] = (),
        days: float = DEFAULT_DAYS,
        user: str | None = None,
    ) -> MintedLink:
        """Make a link that shows one view, and nothing else; it is told here once, with snippets for a report."""
        return links.add(self.context, title, page, query, part=part, ancestors=ancestors, days=days, user=user)

    def revoke_link(self, link_id: str) -> Link:
        """Make a link useless, at once."""
        return links.revoke(self.context, link_id)

    def freeze(self, title: str, page: str, target: Path | str, query: str = "", *, part: str = "") -> Path:
        """Write a view into one HTML file that opens with the network off."""
        place = Path(target).expanduser()
        if not place.parent.is_dir():
            raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
        made = freezing.freeze(self.context, title, page, query, part=part)
        return Path(shutil.copyfile(made, place / made.name if place.is_dir() else place))
