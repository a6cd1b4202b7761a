"""`pfd annotations …`: what people wrote on signals."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table
from pfd_panel.cli.signals import one_of

annotations = typer.Typer(no_args_is_help=True, help="Write on signals: list, add, change, delete, export.")
app.add_typer(annotations, name="annotations")

Dataset = Annotated[str | None, typer.Argument(help="A dataset; all of them without.")]
AnnotationId = Annotated[str, typer.Argument(metavar="ID")]
Signal = Annotated[str | None, typer.Option(help="Only those of this signal, by its id.")]
Search = Annotated[str, typer.Option(help="Words of label, text, author, recording or channel.")]
Labels = Annotated[list[str] | None, typer.Option("--label", help="Only with this label.")]
Authors = Annotated[list[str] | None, typer.Option("--author", help="Only by this person.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only of this kind: point, span or frequency.")]
Since = Annotated[str | None, typer.Option(help="Only those written on this day (UTC) or later: 2026-11-21.")]
Until = Annotated[str | None, typer.Option(help="Only those written on this day (UTC) or earlier.")]
Sort = Annotated[str, typer.Option(help="newest, changed, place, label, author or kind.")]
Start = Annotated[float | None, typer.Option("--start", help="A moment, or where a stretch begins, in s.")]
Stop = Annotated[float | None, typer.Option("--stop", help="Where a stretch ends, in s.")]
Frequency = Annotated[float | None, typer.Option("--frequency", help="A frequency in Hz, instead of a time.")]


def filters_of(
    signal: str | None,
    text: str,
    label: list[str] | None,
    author: list[str] | None,
    kind: list[str] | None,
    since: str | None,
    until: str | None,
) -> dict[str, Any]:
    """What the options say, as filters of the workbench."""
    from data_catalog.annotations import KINDS
    from pfd_panel.errors import RequestError

    unknown = set(kind or ()) - set(KINDS)
    if unknown:
        raise RequestError(f"there is no kind {min(unknown)!r}", hint=f"There are: {', '.join(KINDS)}.")
    given = {"label": label or (), "author": author or (), "kind": kind or ()}
    days = {"since": day_of(since, "--since"), "until": day_of(until, "--until")}
    return {"signal": signal, "text": text, **days, **{name: tuple(values) for name, values in given.items()}}


def day_of(text: str | None, option: str) -> date | None:
    """A day as it was typed."""
    from pfd_panel.errors import RequestError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RequestError(f"{option} {text!r} is no day", hint="Write it as 2026-11-21.") from None


def place_of(one: Any) -> str:
    """What an annotation points at, in words."""
    if one.kind == "frequency":
        return f"{one.frequency_hz:g} Hz"
    return f"{one.start_s:g} s" if one.kind == "point" else f"{one.start_s:g} s to {one.stop_s:g} s"


@annotations.command("list")
def list_annotations(
    context: typer.Context,
    dataset: Dataset = None,
    signal: Signal = None,
    text: Search = "",
    label: Labels = None,
    author: Authors = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    sort: Sort = "place",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that can be restored.")] = False,
    as_json: Json = False,
) -> None:
    """List annotations, by recording, channel and time unless another order is asked for."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        asked = filters_of(signal, text, label, author, kind, since, until)
        found = bench.annotations(dataset, deleted=deleted, sort=sort, reverse=reverse, **asked)
        rows = [(one.id, one.recording, one.channel, place_of(one), one.label, one.text, one.author) for one in found]
        headers = ("Id", "Recording", "Channel", "Where", "Label", "Text", "Author")
        show({"annotations": found}, as_json=as_json, words=lambda: table(headers, rows))


@annotations.command("add")
def add_annotation(
    context: typer.Context,
    dataset: str,
    signal: Annotated[str, typer.Argument(help="RECORDING, RECORDING:CHANNEL or id of one signal.")],
    text: Annotated[str, typer.Argument(help="What there is to say.")] = "",
    label: Annotated[str, typer.Option(help="A short word to find it by.")] = "",
    start: Start = None,
    stop: Stop = None,
    frequency: Frequency = None,
    as_json: Json = False,
) -> None:
    """Write on a signal: at a moment, on a stretch of time, or at a frequency."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = one_of(bench.choose(dataset, signal), signal)
        made = bench.annotate(row, text, label=label, start_s=start, stop_s=stop, frequency_hz=frequency)
        show(made, as_json=as_json, words=lambda: say(f"Written at {place_of(made)}: {made.id}."))


@annotations.command("change")
def change_annotation(
    context: typer.Context,
    annotation_id: AnnotationId,
    text: Annotated[str | None, typer.Option(help="What it says now.")] = None,
    label: Annotated[str | None, typer.Option(help="Its label now.")] = None,
    start: Start = None,
    stop: Stop = None,
    frequency: Frequency = None,
    as_json: Json = False,
) -> None:
    """Change what an annotation says, or the whole place it points at."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        place = {"start_s": start, "stop_s": stop, "frequency_hz": frequency}
        changed = bench.change_annotation(annotation_id, text=text, label=label, **place)
        show(changed, as_json=as_json, words=lambda: say(f"Changed: {changed.label or changed.text}."))


@annotations.command("remove")
def remove_annotation(context: typer.Context, annotation_id: AnnotationId, as_json: Json = False) -> None:
    """Delete an annotation; it can be restored for 30 days."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        bench.remove_annotation(annotation_id)
        told = {"annotation": annotation_id, "done": "remove"}
        show(told, as_json=as_json, words=lambda: say(f"Deleted. Restore it: pfd annotations restore {annotation_id}"))


@annotations.command("restore")
def restore_annotation(context: typer.Context, annotation_id: AnnotationId, as_json: Json = False) -> None:
    """Bring a deleted annotation back."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        restored = bench.restore_annotation(annotation_id)
        show(restored, as_json=as_json, words=lambda: say(f"Restored: {restored.label or restored.text}."))


@annotations.command("export")
def export_annotations(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="File that ends in .csv or .json.")],
    dataset: Dataset = None,
    signal: Signal = None,
    text: Search = "",
    label: Labels = None,
    author: Authors = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
) -> None:
    """Write annotations to a CSV or JSON file."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        asked = filters_of(signal, text, label, author, kind, since, until)
        made = bench.export_annotations(target, dataset, sort="place", **asked)
        show({"file": made}, as_json=as_json, words=lambda: say(f"Written: {made}"))
