"""Shared views of a server, with the methods of the local workbench."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from pfd_panel.api.operation import PREFIX
from pfd_panel.client.api import Api
from pfd_panel.client.transport import Transport
from pfd_panel.errors import RequestError
from pfd_panel.services.file_names import plain_stem
from pfd_panel.services.links import DEFAULT_DAYS, Link, MintedLink
from pfd_panel.services.views import Saved


class RemoteSharing:
    """The part of `RemoteWorkbench` that shares views."""

    api: Api
    transport: Transport

    def views(self) -> list[Saved]:
        """Saved views: one's own and the team's, newest first."""
        found: list[Saved] = self.api.list_views()
        return found

    def save_view(self, name: str, page: str, query: str = "", *, part: str = "", visibility: str = "private") -> Saved:
        """Keep a view under a name, for oneself or the team."""
        made: Saved = self.api.save_view(name=name, page=page, query=query, part=part, visibility=visibility)
        return made

    def change_view(self, view_id: str, *, name: str | None = None, visibility: str | None = None) -> Saved:
        """Rename a view, or say who sees it."""
        changed: Saved = self.api.change_view(view=view_id, name=name, visibility=visibility)
        return changed

    def remove_view(self, view_id: str) -> None:
        """Forget a saved view."""
        self.api.remove_view(view=view_id)

    def links(self, *, everyone: bool = False) -> list[Link]:
        """One's own links, or those of all users, newest first."""
        found: list[Link] = self.api.list_links(everyone=everyone)
        return found

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
        asked = {"title": title, "page": page, "query": query, "part": part, "ancestors": list(ancestors)}
        made: MintedLink = self.api.add_link(**asked, days=days, user=user)
        return made

    def revoke_link(self, link_id: str) -> Link:
        """Make a link useless, at once."""
        revoked: Link = self.api.revoke_link(link=link_id)
        return revoked

    def freeze(self, title: str, page: str, target: Path | str, query: str = "", *, part: str = "") -> Path:
        """Write a view into one HTML file that opens with the network off."""
        place = Path(target).expanduser()
        if not place.parent.is_dir():
            raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
        file = place / f"{plain_stem(title, 'view')}.html" if place.is_dir() else place
        asked = urlencode({"title": title, "page": page, "query": query, "part": part})
        part_file = file.with_name(f".{file.name}.part")
        try:
            with self.transport.stream(f"{PREFIX}/frozen?{asked}") as pieces, part_file.open("wb") as stream:
                for piece in pieces:
                    stream.write(piece)
            return part_file.replace(file)
        finally:
            part_file.unlink(missing_ok=True)
