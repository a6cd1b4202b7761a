"""Sharing: saved views, links that show one view to people without an account, frozen files."""

from typing import Annotated, Literal

from pydantic import Field

from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name, Nothing
from pfd_panel.api.wire import FileAnswer
from pfd_panel.services import freezing, links, views
from pfd_panel.services.context import Context
from pfd_panel.services.links import DEFAULT_DAYS, LONGEST_DAYS, MOST_ANCESTORS, Link, MintedLink
from pfd_panel.services.views import LONGEST_NAME, LONGEST_QUERY, Saved

Title = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Visibility = Literal["team", "private"]
Origin = Annotated[str, Field(min_length=1, max_length=300)]


class OneView(Asked):
    """Which view: a page in a state, or one card of it."""

    page: str = Field(min_length=1, max_length=100, description="Path of the page, as `/signal`.")
    query: str = Field("", max_length=LONGEST_QUERY, description="Its query string, as the address bar shows it.")
    part: str = Field("", max_length=50, description="One card of it, as `spectrum`; all of the page without.")


class NewView(OneView):
    """A view and its name."""

    name: Title = Field(json_schema_extra={"example": "Drive end, spectrum"})
    visibility: Visibility = "private"


class OfView(Asked):
    """Which saved view."""

    view: Name = Field(description="Id of a saved view.")


class ViewChange(OfView):
    """What to change of a saved view; what is left out stays."""

    name: Title | None = None
    visibility: Visibility | None = None


class LinkList(Asked):
    """Whose links; one's own without."""

    everyone: bool = Field(False, description="The links of all users.")


class NewLink(OneView):
    """A view, and to whom it is shown for how long."""

    title: Title = Field(json_schema_extra={"example": "Drive end, spectrum"})
    ancestors: list[Origin] = Field(
        default=[], max_length=MOST_ANCESTORS, description="Web origins whose pages may frame it."
    )
    days: float = Field(DEFAULT_DAYS, gt=0, le=LONGEST_DAYS, description="How long it opens.")
    user: Name | None = Field(None, description="Whose link; one's own without.")


class OfLink(Asked):
    """Which link."""

    link: Name = Field(description="Id of a link.")


class FrozenView(OneView):
    """A view, and what the file is called."""

    title: Title = Field(json_schema_extra={"example": "Drive end, spectrum"})


@operation("GET", "/views", right="read", offers=views.listing)
def list_views(context: Context, asked: Nothing) -> list[Saved]:
    """Saved views: yours and the team's, newest first."""
    return views.listing(context)


@operation("GET", "/views/{view}", right="read", offers=views.get)
def get_view(context: Context, asked: OfView) -> Saved:
    """One saved view."""
    return views.get(context, asked.view)


@operation("POST", "/views", right="read", offers=views.save)
def save_view(context: Context, asked: NewView) -> Saved:
    """Keep a view under a name, for yourself or the team."""
    return views.save(context, asked.name, asked.page, asked.query, part=asked.part, visibility=asked.visibility)


@operation("PATCH", "/views/{view}", right="read", offers=views.change)
def change_view(context: Context, asked: ViewChange) -> Saved:
    """Rename a view of yours, or say who sees it."""
    return views.change(context, asked.view, name=asked.name, visibility=asked.visibility)


@operation("DELETE", "/views/{view}", right="read", offers=views.remove)
def remove_view(context: Context, asked: OfView) -> None:
    """Forget a saved view of yours."""
    views.remove(context, asked.view)


@operation("GET", "/links", right="read", offers=(links.listing, links.everyones))
def list_links(context: Context, asked: LinkList) -> list[Link]:
    """Shared links, newest first, expired and revoked ones too."""
    return links.everyones(context) if asked.everyone else links.listing(context)


@operation("POST", "/links", right="work", offers=links.add, secret=True)
def add_link(context: Context, asked: NewLink) -> MintedLink:
    """Make a link that shows one view, and nothing else, to whoever has it.

    The answer holds the link once, with two snippets for a report: a frame, and a script that makes the frame. Pages of
    the origins in `ancestors` may frame it, no others.
    """
    return links.add(context, **asked.model_dump())


@operation("POST", "/links/{link}/revoke", right="read", offers=links.revoke)
def revoke_link(context: Context, asked: OfLink) -> Link:
    """Make a link useless; what it shows anywhere is gone within a second."""
    return links.revoke(context, asked.link)


@operation("GET", "/frozen", right="read", offers=freezing.freeze)
def freeze_view(context: Context, asked: FrozenView) -> FileAnswer:
    """A view as one HTML file with everything in it, which opens without a server or a network."""
    made = freezing.freeze(context, asked.title, asked.page, asked.query, part=asked.part)
    return FileAnswer(str(made), made.name, "text/html; charset=utf-8")
