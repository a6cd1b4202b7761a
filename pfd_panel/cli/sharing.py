"""`pfd views …` and `pfd share …`: views under a name, links that show one view, frozen files."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table

views = typer.Typer(no_args_is_help=True, help="Keep, list, rename and forget views.")
share = typer.Typer(no_args_is_help=True, help="Show one view to others: by a link, or as a file.")
app.add_typer(views, name="views")
app.add_typer(share, name="share")

Address = Annotated[str, typer.Argument(help="The view as the address bar shows it: '/signal?dataset=rig&id=…'.")]
Part = Annotated[str, typer.Option(help="One card of it: waveform, envelope, spectrum, spectrogram or diagnosis.")]
Seen = Annotated[str, typer.Option("--visibility", help="Who sees it: team, or private.")]
ViewId = Annotated[str, typer.Argument(metavar="ID")]


def taken_apart(address: str) -> tuple[str, str]:
    """Page and query of an address, with or without the server in front."""
    told = urlsplit(address)
    return told.path or "/", told.query


@views.command("list")
def list_views(context: typer.Context, as_json: Json = False) -> None:
    """List saved views, the newest first."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        listed = bench.views()
        rows = [(one.id, one.name, one.owner, one.visibility, one.address, one.part) for one in listed]
        headers = ("Id", "Name", "Owner", "Seen by", "Address", "Part")
        show({"views": listed}, as_json=as_json, words=lambda: table(headers, rows))


@views.command("save")
def save_view(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it shows.")],
    address: Address,
    part: Part = "",
    visibility: Seen = "team",
    as_json: Json = False,
) -> None:
    """Keep a view under a name."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        made = bench.save_view(name, *taken_apart(address), part=part, visibility=visibility)
        show(made, as_json=as_json, words=lambda: say(f"Saved: {made.name} ({made.id})."))


@views.command("change")
def change_view(
    context: typer.Context,
    view_id: ViewId,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    visibility: Annotated[str | None, typer.Option("--visibility", help="team, or private.")] = None,
    as_json: Json = False,
) -> None:
    """Rename a view, or say who sees it."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        changed = bench.change_view(view_id, name=name, visibility=visibility)
        show(changed, as_json=as_json, words=lambda: say(f"{changed.name}: seen by {changed.visibility}."))


@views.command("remove")
def remove_view(context: typer.Context, view_id: ViewId, as_json: Json = False) -> None:
    """Forget a saved view; what it showed stays."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        bench.remove_view(view_id)
        show({"view": view_id, "done": "remove"}, as_json=as_json, words=lambda: say("Forgotten."))


@share.command("link")
def share_link(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="What the line below the view says.")],
    address: Address,
    part: Part = "",
    ancestor: Annotated[
        list[str] | None, typer.Option(help="Web origin whose pages may frame it: https://reports.example")
    ] = None,
    days: Annotated[float, typer.Option(help="How long it opens.")] = 30.0,
    user: Annotated[str | None, typer.Option(help="Whose link it is; needed where there are accounts.")] = None,
    as_json: Json = False,
) -> None:
    """Make a link that shows one view, and nothing else; it is shown once. Needs the settings of the server."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        page, query = taken_apart(address)
        made = bench.share_view(title, page, query, part=part, ancestors=ancestor or (), days=days, user=user)

        def words() -> None:
            say(f"Shown once, opens until {made.link.expires_at:%Y-%m-%d}:")
            say(f"  {made.address}")
            say("For a report:")
            say(f"  {made.iframe}")
            say(f"  {made.script}")

        show(made, as_json=as_json, words=words)


def state_of(link: Any) -> str:
    """Whether a link opens anything, in a word."""
    return "revoked" if link.revoked_at else "opens" if link.valid else "expired"


@share.command("list")
def list_links(context: typer.Context, as_json: Json = False) -> None:
    """List the links of all users, revoked and expired ones too."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        listed = bench.links(everyone=True)
        rows = [
            (one.id, one.owner, one.title, one.page, f"{one.expires_at:%Y-%m-%d}", one.opened, state_of(one))
            for one in listed
        ]
        headers = ("Id", "Owner", "Shows", "Page", "Until", "Opened", "State")
        show({"links": listed}, as_json=as_json, words=lambda: table(headers, rows, right=(5,)))


@share.command("revoke")
def revoke_link(context: typer.Context, link_id: ViewId, as_json: Json = False) -> None:
    """Make a link useless, at once."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        revoked = bench.revoke_link(link_id)
        show(revoked, as_json=as_json, words=lambda: say(f"Revoked: {revoked.title}."))


@share.command("freeze")
def freeze_view(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="Title of the file.")],
    address: Address,
    output: Annotated[Path, typer.Option("--output", "-o", help="File, or folder, to write it to.")] = Path(),
    part: Part = "",
    as_json: Json = False,
) -> None:
    """Write a view into one HTML file that opens with the network off."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        page, query = taken_apart(address)
        made = bench.freeze(title, page, output, query, part=part)
        show({"file": made}, as_json=as_json, words=lambda: say(f"Written: {made}"))
