"""`pfd datasets`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, SeenBy, Tags, Untags
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table


@app.command()
def datasets(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One dataset: its versions too.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it; --restore brings it back for 30 days.")] = False,
    restore: Annotated[str | None, typer.Option(help="Bring a deleted dataset back, by name or id.")] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="List what can be brought back.")] = False,
    rename: Annotated[str | None, typer.Option(help="New name.")] = None,
    notes: Annotated[str | None, typer.Option(help="New notes.")] = None,
    tag: Tags = None,
    untag: Untags = None,
    visibility: SeenBy = None,
    download: Annotated[
        Path | None, typer.Option(help="Write the current version to this HDF5 file, which imports back as it was.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List datasets, or describe, rename, tag, share, download, delete, restore one."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        if restore is not None:
            name = bench.restore_dataset(restore).name
        if name is None:
            if delete or rename or tag or untag or download or visibility or notes is not None:
                stop("which dataset?", "Name it: pfd datasets NAME --delete", as_json=as_json, status=Exit.USAGE)
            if deleted:
                gone = [{"id": one.id, "name": one.name, "deleted_at": one.deleted_at} for one in bench.deleted()]
                rows = [(one["name"], one["id"], one["deleted_at"]) for one in gone]
                show({"deleted": gone}, as_json=as_json, words=lambda: table(("Dataset", "Id", "Deleted"), rows))
                return
            listed = bench.datasets()
            show({"datasets": listed}, as_json=as_json, words=lambda: list_datasets(listed))
            return
        found = bench.dataset(name)
        if rename is not None or notes is not None:
            found = bench.describe(found.id, name=rename, notes=notes)
        if visibility is not None:
            found = bench.share_dataset(found.id, visibility)
        if tag or untag:
            bench.tag_dataset(found.id, add=tag or (), remove=untag or ())
        value = {
            "dataset": found,
            "tags": bench.tags("dataset", found.id),
            "versions": [version_row(version) for version in bench.versions(found.id)],
            "deleted": delete,
        }
        if download is not None:
            value["file"] = bench.download(found.id, download)
        if delete:
            bench.delete_dataset(found.id)
        show(value, as_json=as_json, words=lambda: describe_dataset(value))


def version_row(version: Any) -> dict[str, Any]:
    """A dataset version as plain values."""
    names = ("number", "manifest_hash", "signal_count", "recording_count", "reason", "owner", "created_at")
    return {name: getattr(version, name) for name in names}


def list_datasets(listed: list[Any]) -> None:
    """Datasets as a table."""
    rows = [
        (
            one.name,
            "synthetic" if one.synthetic else "measured",
            one.signals,
            one.recordings,
            f"v{one.version} {one.manifest_hash[:8]}",
            ", ".join(f"{fault or 'no label'} {count}" for fault, count in sorted(one.classes.items())),
        )
        for one in listed
    ]
    table(("Dataset", "Kind", "Signals", "Recordings", "Version", "Classes"), rows, right=(2, 3))


def describe_dataset(value: dict[str, Any]) -> None:
    """One dataset for a person."""
    list_datasets([value["dataset"]])
    if value["dataset"].visibility != "team":
        say(f"Seen by its owner {value['dataset'].owner} and administrators only.")
    if value["tags"]:
        say(f"Tags: {', '.join(value['tags'])}")
    if value["dataset"].notes:
        say(f"Notes: {value['dataset'].notes}")
    rows = [(f"v{v['number']}", v["manifest_hash"][:12], v["signal_count"], v["reason"]) for v in value["versions"]]
    table(("Version", "Manifest", "Signals", "Why"), rows, right=(2,))
    if "file" in value:
        say(f"Written: {value['file']}")
    if value["deleted"]:
        say(f"Deleted. Bring it back within 30 days: pfd datasets --restore {value['dataset'].id}")
