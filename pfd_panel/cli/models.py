"""`pfd models`."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, SeenBy, Tags, Untags
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table


class ShowsByDefault(TyperGroup):
    """``pfd models NAME`` is ``pfd models show NAME``."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """What follows is the name of a command, or belongs to ``show``."""
        if not args or args[0] not in (*self.commands, "--help"):
            args = ["show", *args]
        return super().parse_args(ctx, args)


models = typer.Typer(cls=ShowsByDefault, help="List model versions, show one, promote it, trace it, take it away.")
app.add_typer(models, name="models")

Reference = Annotated[str, typer.Argument(metavar="NAME", help="Id, name, name:number or name@production.")]


@models.command("show")
def show_models(
    context: typer.Context,
    reference: Annotated[str | None, typer.Argument(help="One model: id, name or name:number.")] = None,
    compare: Annotated[str | None, typer.Option(help="Say why this other model's result differs.")] = None,
    notes: Annotated[str | None, typer.Option(help="New notes.")] = None,
    tag: Tags = None,
    untag: Untags = None,
    visibility: SeenBy = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete this model version.")] = False,
    restore: Annotated[str | None, typer.Option(help="Bring the deleted model version with this id back.")] = None,
    stage: Annotated[str | None, typer.Option(help="List those in this stage: candidate, production, retired.")] = None,
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
            listed = [model_row(model) for model in bench.models(stage=stage)]
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
        "stage": model.stage,
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
            one["stage"],
            one["kind"],
            "–" if one["record_accuracy"] is None else f"{one['record_accuracy']:.1%}",
            one["split"],
        )
        for one in listed
    ]
    table(("Model", "Stage", "Kind", "Recordings right", "Split"), rows, right=(3,))


@models.command()
def promote(
    context: typer.Context,
    reference: Reference,
    stage: Annotated[str, typer.Option(help="none, candidate, production or retired.")],
    reason: Annotated[str, typer.Option(help="Why this version, and why now; kept in the history.")],
    as_json: Json = False,
) -> None:
    """Move a model version to a stage; the version of its name that was in production retires."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        moved = bench.promote(reference, stage, reason)
        gone = f"; {moved.retired} is retired" if moved.retired else ""
        show(moved, as_json=as_json, words=lambda: say(f"{moved.model}: {moved.stage}{gone}"))


@models.command()
def history(context: typer.Context, reference: Reference, as_json: Json = False) -> None:
    """Every change of stage under a model's name, newest first."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        told = [
            {
                "model": f"{one.name}:{one.number}",
                "before": one.before,
                "after": one.after,
                "reason": one.reason,
                "user": one.user,
                "at": one.at,
            }
            for one in bench.stage_history(reference)
        ]
        names = ("model", "before", "after", "reason", "user")
        rows = [(str(one["at"])[:19], *(one[name] for name in names)) for one in told]
        headers = ("When (UTC)", "Model", "From", "To", "Reason", "By")
        show({"changes": told}, as_json=as_json, words=lambda: table(headers, rows))


@models.command()
def lineage(
    context: typer.Context,
    reference: Reference,
    signal: Annotated[str | None, typer.Option(help="Only the way of this signal, by its id.")] = None,
    as_json: Json = False,
) -> None:
    """From source files to predictions, each step with its id and hash."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        steps = bench.lineage(reference, signal=signal)
        rows = [
            (step.title if not place else "", step.count if not place else "", item.title, item.hash or item.id)
            for step in steps
            for place, item in enumerate(step.items[:5])
        ]
        show(
            {"steps": steps},
            as_json=as_json,
            words=lambda: table(("Step", "Count", "What", "Hash or id"), rows, right=(1,)),
        )


@models.command()
def card(context: typer.Context, reference: Reference, as_json: Json = False) -> None:
    """Parameters, bytes and latency of a model version, as far as they were measured."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.model_card(reference)

        def words() -> None:
            counted = "not counted" if found.parameters is None else f"{found.parameters:,}"
            say(f"{found.model}: {found.stage}, {counted} parameters, {found.stored_bytes:,} bytes as stored")
            rows = [
                (
                    one.format,
                    f"{one.bytes:,}" if one.made else None,
                    f"{one.report['latency']['median_ms']:.3g}" if one.report else None,
                    one.report["words"] if one.report else "not measured yet" if one.made else "not made yet",
                )
                for one in found.files
            ]
            table(("File", "Bytes", "Record (ms)", "What was found"), rows, right=(1, 2))
            if found.machine:
                say(f"Times on {found.machine}, one thread.")

        show(found, as_json=as_json, words=words)


@models.command()
def export(
    context: typer.Context,
    reference: Reference,
    format: Annotated[str, typer.Option(help="saved, pt, onnx or onnx_int8.")] = "onnx",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File or folder to write to.")] = None,
    as_json: Json = False,
) -> None:
    """Write a model as a file: checked against the model on held-out windows; made first where it was not yet."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        made = {one.format: one for one in bench.model_files(reference)}.get(format)
        if made is None or not made.made:
            refused = bench.export_model(reference, [format]).result["refused"]
            if refused:
                stop(refused[0]["refused"], "Take another format.", as_json=as_json)
            made = next(one for one in bench.model_files(reference) if one.format == format)
        written = bench.download_model(reference, format, output or Path.cwd())
        report = made.report or {}
        told = {"file": written, "sha256": made.sha256, "bytes": made.bytes, "report": report}
        show(told, as_json=as_json, words=lambda: say(f"{written}\n{report.get('words', '')}"))
