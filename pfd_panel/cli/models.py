"""`pfd models`."""

from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, SeenBy, Tags, Untags
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table


@app.command()
def models(
    context: typer.Context,
    reference: Annotated[str | None, typer.Argument(help="One model: id, name or name:number.")] = None,
    compare: Annotated[str | None, typer.Option(help="Say why this other model's result differs.")] = None,
    notes: Annotated[str | None, typer.Option(help="New notes.")] = None,
    tag: Tags = None,
    untag: Untags = None,
    visibility: SeenBy = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete this model version.")] = False,
    restore: Annotated[str | None, typer.Option(help="Bring the deleted model version with this id back.")] = None,
    as_json: Json = False,
) -> None:
    """List model versions, or show, compare, tag, share, delete, restore one."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        if restore is not None:
            reference = bench.restore_model(restore).id
        if reference is None:
            if compare or delete or tag or untag or visibility or notes is not None:
                stop("which model?", "Name it: pfd models NAME --delete", as_json=as_json, status=Exit.USAGE)
            listed = [model_row(model) for model in bench.models()]
            show({"models": listed}, as_json=as_json, words=lambda: list_models(listed))
            return
        found = bench.model(reference)
        if notes is not None:
            found = bench.write_notes(found.id, notes)
        if visibility is not None:
            found = bench.share_model(found.id, visibility)
        if tag or untag:
            bench.tag_model(found.id, add=tag or (), remove=untag or ())
        value: dict[str, Any] = {
            "model": model_row(found),
            "notes": found.notes,
            "tags": bench.tags("model", found.id),
            "metrics": found.metrics,
            "config": found.config,
            "deleted": delete,
        }
        if compare:
            value["why_different"] = bench.why_different(found.id, compare)
        if delete:
            bench.delete_model(found.id)
        show(value, as_json=as_json, words=lambda: say(value.get("why_different") or found.metrics["statement"]))


def model_row(model: Any) -> dict[str, Any]:
    """A model version as plain values."""
    return {
        "id": model.id,
        "model": f"{model.name}:{model.number}",
        "kind": model.model,
        "target": model.target,
        "record_accuracy": model.record_accuracy,
        "split": model.metrics["split"]["description"],
        "dataset_version": model.dataset_version,
        "manifest_hash": model.manifest_hash,
        "seed": model.seed,
        "owner": model.owner,
        "visibility": model.visibility,
        "created_at": model.created_at,
    }


def list_models(listed: list[dict[str, Any]]) -> None:
    """Models as a table; an accuracy never stands without its split."""
    rows = [
        (
            one["model"],
            one["kind"],
            "–" if one["record_accuracy"] is None else f"{one['record_accuracy']:.1%}",
            one["split"],
        )
        for one in listed
    ]
    table(("Model", "Kind", "Recordings right", "Split"), rows, right=(2,))
