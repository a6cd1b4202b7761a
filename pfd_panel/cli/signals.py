"""`pfd signals …`: list signals of a dataset, tag and correct them."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table


class PlotName(StrEnum):
    """Plots that a cursor can be put on; written out, because what computes them takes long to import."""

    waveform = "waveform"
    spectrum = "spectrum"
    envelope = "envelope"


signals = typer.Typer(no_args_is_help=True, help="List signals, tag them, correct what is known of them.")
app.add_typer(signals, name="signals")

Patterns = Annotated[
    list[str], typer.Argument(metavar="PATTERN…", help="RECORDING, RECORDING:CHANNEL or id; '*' stands for anything.")
]
EVERY = 10_000_000
Query = Annotated[
    str, typer.Option(help="A condition: 'fault:inner and (rms > 0.3 or not tag:checked)'; see `signals names`.")
]
Word = Annotated[str, typer.Argument(help="The tag.")]


def row_of(row: Any, tags: list[str]) -> dict[str, Any]:
    """A signal as plain values."""
    names = (
        "signal_id", "recording", "channel", "rate_hz", "rate_source", "speed_rpm", "speed_source", "unit", "fault",
        "fault_size", "position", "load", "severity", "bearing", "asset", "labels", "findings", "notes", "length",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"tags": tags}


def one_of(rows: Sequence[Any], named: str) -> Any:
    """The one signal that is meant."""
    from pfd_panel.errors import RequestError

    if len(rows) != 1:
        names = ", ".join(f"{row.recording}:{row.channel}" for row in rows[:4])
        raise RequestError(f"{named!r} fits {len(rows)} signals", hint=f"Name one of them: {names}.")
    return rows[0]


@signals.command("list")
def listing(
    context: typer.Context,
    dataset: str,
    patterns: Annotated[list[str] | None, typer.Argument(metavar="[PATTERN…]")] = None,
    query: Query = "",
    sort: Annotated[str, typer.Option(help="Column or feature to sort by.")] = "",
    descending: Annotated[bool, typer.Option("--descending", help="Greatest first.")] = False,
    as_json: Json = False,
) -> None:
    """List the signals of a dataset with their labels, findings and tags."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        rows = bench.choose(dataset, *(patterns or ["*"])) if patterns or not (query or sort) else []
        if query or sort:
            named = {row.signal_id for row in rows}
            asked = {"query": query, "sort": sort or "recording", "descending": descending, "limit": EVERY}
            rows = [row for row in bench.signals(dataset, **asked).rows if not patterns or row.signal_id in named]
        tags = bench.tags_of_signals([row.signal_id for row in rows])
        told = [row_of(row, tags[row.signal_id]) for row in rows]
        cells = [
            (
                one["recording"],
                one["channel"],
                f"{one['rate_hz']:,.0f}",
                one["fault"],
                ", ".join(one["tags"]),
                "; ".join(one["findings"]),
            )
            for one in told
        ]
        headers = ("Recording", "Channel", "Rate (Hz)", "Fault", "Tags", "Findings")
        show({"signals": told}, as_json=as_json, words=lambda: table(headers, cells, right=(2,)))


@signals.command("show")
def show_signal(
    context: typer.Context,
    dataset: str,
    signal: Annotated[str, typer.Argument(help="RECORDING, RECORDING:CHANNEL or id of one signal.")],
    as_python: Annotated[bool, typer.Option("--as-python", help="Print a notebook cell that shows it.")] = False,
    view: Annotated[
        list[str] | None, typer.Option(help="Only this plot: waveform, spectrum, envelope or spectrogram.")
    ] = None,
    axis: Annotated[str, typer.Option(help="Unit of the frequency axes: hz, cpm or orders.")] = "hz",
    band: Annotated[tuple[float, float] | None, typer.Option(help="Band of the envelope in Hz: LOW HIGH.")] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(help="Compare in the cell: spectrum:reference, envelope:class, envelope:class:NAME."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is known of one signal, or a notebook cell that draws it."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = one_of(bench.choose(dataset, signal), signal)
        if as_python:
            from pfd_panel.services.reproducing import VIEWS

            compared = dict(one.partition(":")[::2] for one in against or ())
            code = bench.as_python(row, views=view or VIEWS, axis=axis, band=band, against=compared)
            show({"code": code}, as_json=as_json, words=lambda: typer.echo(code, nl=False))
            return
        told = row_of(row, bench.tags_of_signals([row.signal_id])[row.signal_id])
        show(told, as_json=as_json, words=lambda: table(("What", "Value"), list(told.items())))


@signals.command()
def cursor(
    context: typer.Context,
    dataset: str,
    pattern: Annotated[str, typer.Argument(help="RECORDING, RECORDING:CHANNEL or id of one signal.")],
    kind: Annotated[str, typer.Option(help="single, delta, harmonic, sideband, period, band or peaks.")] = "harmonic",
    plot: Annotated[PlotName, typer.Option(help="Where to put it.")] = PlotName.envelope,
    at: Annotated[
        list[float] | None, typer.Option(help="A place, Hz or s, for each line; begins where the page would without.")
    ] = None,
    count: Annotated[int, typer.Option(help="Harmonics, sidebands to a side, or periods.")] = 5,
    as_json: Json = False,
) -> None:
    """Read a cursor on the waveform, spectrum or envelope spectrum of a signal."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = one_of(bench.choose(dataset, pattern), pattern)
        read = bench.read_cursor(row, plot.value, kind, at or [], count=count)
        cells = [(one.name, f"{one.place:.6g}", f"{one.found:.6g}", f"{one.value:.4g}") for one in read.readings]
        told = [f"{one.name} {one.value:.6g} {one.unit}".strip() for one in read.totals]

        def words() -> None:
            table(("Line", "Cursor", "Found", "Value"), cells, right=(1, 2, 3))
            say(" · ".join(told))

        show(asdict(read) | {"signal": row.signal_id}, as_json=as_json, words=words)


@signals.command()
def names(context: typer.Context, dataset: str, as_json: Json = False) -> None:
    """List what `--query` can name: what is known of signals, then the features that the dataset has."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        known = bench.query_names(dataset)
        cells = [(one.name, one.kind, one.meaning) for one in known]
        show({"names": known}, as_json=as_json, words=lambda: table(("Name", "Kind", "Meaning"), cells))


@signals.command()
def tag(context: typer.Context, dataset: str, word: Word, patterns: Patterns, as_json: Json = False) -> None:
    """Put a tag on signals."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        ids = bench.tag_signals(dataset, patterns, word)
        show({"tag": word, "signals": ids}, as_json=as_json, words=lambda: say(f"{len(ids)} signals carry {word}."))


@signals.command()
def untag(context: typer.Context, dataset: str, word: Word, patterns: Patterns, as_json: Json = False) -> None:
    """Take a tag off signals."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        ids = bench.untag_signals(dataset, patterns, word)
        show({"tag": word, "signals": ids}, as_json=as_json, words=lambda: say(f"{word} taken off {len(ids)} signals."))


@signals.command()
def correct(
    context: typer.Context,
    dataset: str,
    patterns: Patterns,
    to: Annotated[
        list[str], typer.Option("--set", help="What is right: fault=ball, rate_hz=12000; 'fault=' for not known.")
    ],
    reason: Annotated[str, typer.Option(help="Why, kept with the new version.")] = "",
    as_json: Json = False,
) -> None:
    """Correct what is known of signals; the dataset gets a new version, the old one stays."""
    from pfd_panel.services.collections import parse_changes

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        ids = [row.signal_id for row in bench.choose(dataset, *patterns)]
        version = bench.correct(dataset, ids, reason=reason, **parse_changes(to))
        value = {"dataset": dataset, "version": version.number, "manifest_hash": version.manifest_hash, "signals": ids}
        show(value, as_json=as_json, words=lambda: say(f"{len(ids)} signals corrected: version {version.number}."))


@signals.command()
def save(
    context: typer.Context,
    dataset: str,
    name: Annotated[str, typer.Argument(help="Name of the new dataset.")],
    query: Query = "",
    as_json: Json = False,
) -> None:
    """Make a dataset of the signals that a query finds; their samples are stored once and belong to both."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        made = bench.save_selection(dataset, name, query=query)
        show({"dataset": made}, as_json=as_json, words=lambda: say(f"{made.name} holds {made.signals} signals."))


@signals.command()
def keep(
    context: typer.Context,
    dataset: str,
    query: Annotated[str, typer.Option(help="What the next version holds, as for `signals list`.")],
    reason: Annotated[str, typer.Option(help="Why, kept with the new version.")] = "",
    as_json: Json = False,
) -> None:
    """Make a version of a dataset that holds only what a query finds; earlier versions keep the rest."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        made = bench.keep_selection(dataset, reason=reason, query=query)
        told = {"version": made.number, "manifest_hash": made.manifest_hash, "signals": made.signal_count}
        said = f"Version {made.number} holds {made.signal_count} signals."
        show({"dataset": dataset, **told}, as_json=as_json, words=lambda: say(said))


@signals.command()
def export(
    context: typer.Context,
    dataset: str,
    target: Annotated[Path, typer.Argument(help="File to write: ….h5, which imports back, ….npz or ….zarr.zip.")],
    query: Query = "",
    as_json: Json = False,
) -> None:
    """Write the signals that a query finds to one file."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        made = bench.download_selection(dataset, target, query=query)
        show({"file": made}, as_json=as_json, words=lambda: say(f"Written: {made}"))
