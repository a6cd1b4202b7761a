"""`pfd stretch …`: a part of a signal as a file, a figure, sound, features, or a signal of its own."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table
from pfd_panel.cli.signals import one_of

stretch = typer.Typer(
    no_args_is_help=True, help="A part of a signal: to a file, a figure, sound, features, or a signal of its own."
)
app.add_typer(stretch, name="stretch")

Signal = Annotated[str, typer.Argument(help="RECORDING, RECORDING:CHANNEL or id of one signal.")]
Start = Annotated[float, typer.Option("--start", help="Where it begins, in s.")]
Stop = Annotated[float | None, typer.Option("--stop", help="Where it ends, in s; the end of the record without.")]
Band = Annotated[tuple[float, float] | None, typer.Option(help="Band in Hz: LOW HIGH.")]


@stretch.command()
def export(
    context: typer.Context,
    dataset: str,
    signal: Signal,
    target: Annotated[Path, typer.Argument(help="File that ends in .csv, .npy, .parquet or .wav.")],
    start: Start = 0.0,
    stop: Stop = None,
    bits: Annotated[int, typer.Option(help="Of samples of a WAV file: 16, 24, or 32 for float.")] = 16,
    as_json: Json = False,
) -> None:
    """Write samples to a file."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        from pipelines.sound import comment_of

        row = one_of(bench.choose(dataset, signal), signal)
        made = bench.export_stretch(row, target, start, stop, bits=bits)  # type: ignore[arg-type]
        note = comment_of(made) if made.suffix.lower() == ".wav" else ""
        told = f"Written: {made}" + (f"\n{note}" if note else "")
        show({"file": made, "note": note}, as_json=as_json, words=lambda: say(told))


@stretch.command()
def features(
    context: typer.Context,
    dataset: str,
    signal: Signal,
    start: Start = 0.0,
    stop: Stop = None,
    as_json: Json = False,
) -> None:
    """Compute every feature of a stretch."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = one_of(bench.choose(dataset, signal), signal)
        found = bench.stretch_features(row, start, stop)
        cells = [(one.name, one.title, None if one.value is None else f"{one.value:.6g}", one.unit) for one in found]
        headers = ("Name", "Feature", "Value", "Unit")
        told = {"signal": row.signal_id, "features": [asdict(one) for one in found]}
        show(told, as_json=as_json, words=lambda: table(headers, cells, right=(2,)))


@stretch.command()
def figure(
    context: typer.Context,
    dataset: str,
    signal: Signal,
    target: Annotated[Path, typer.Argument(help="File that ends in .png or .svg.")],
    plot: Annotated[
        list[str] | None,
        typer.Option(help="waveform, spectrum, envelope or an analysis by name; waveform and envelope without."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of an analysis: cepstrum.window:hann.")
    ] = None,
    start: Start = 0.0,
    stop: Stop = None,
    of_stretch: Annotated[bool, typer.Option("--of-stretch", help="Spectra of the stretch, not the record.")] = False,
    band: Band = None,
    axis: Annotated[str, typer.Option(help="Unit of the frequency axes: hz, cpm or orders.")] = "hz",
    palette: Annotated[str, typer.Option(help="Colours of images: viridis, inferno, cividis or greys.")] = "viridis",
    limit: Annotated[list[str] | None, typer.Option(help="What a spectrum shows, Hz: spectrum:0:2000.")] = None,
    mark: Annotated[
        list[str] | None, typer.Option(help="What is pointed at: envelope:107.4:BPFO, waveform:0.2..0.4:burst.")
    ] = None,
    marker: Annotated[list[str] | None, typer.Option(help="Family of frequencies of the machine: BPFI, 1X.")] = None,
    annotations: Annotated[bool, typer.Option(help="Draw what was written on the signal.")] = True,
    title: Annotated[str, typer.Option(help="Of the figure; recording and channel without.")] = "",
    as_json: Json = False,
) -> None:
    """Draw plots with units, annotations and marks, for a report."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        from pfd_panel.services import drawing

        row = one_of(bench.choose(dataset, signal), signal)
        plots = plot or ["waveform", "envelope"]
        made = bench.draw_figure(
            row,
            target,
            plots=plots,
            settings=drawing.parse_settings(settings or [], plots),
            start_s=start,
            stop_s=stop,
            of_stretch=of_stretch,
            band=band,
            axis=axis,
            palette=palette,
            limits=drawing.parse_limits(limit or []),
            marks=drawing.parse_marks(mark or []),
            markers=marker or (),
            annotations=annotations,
            title=title,
        )
        show({"file": made}, as_json=as_json, words=lambda: say(f"Drawn: {made}"))


@stretch.command()
def sound(
    context: typer.Context,
    dataset: str,
    signal: Signal,
    target: Annotated[Path, typer.Argument(help="File that ends in .wav.")],
    start: Start = 0.0,
    stop: Stop = None,
    band: Band = None,
    envelope: Annotated[bool, typer.Option("--envelope", help="Hear what modulates the band.")] = False,
    speed: Annotated[float, typer.Option(help="2 plays twice as fast and an octave higher.")] = 1.0,
    shift: Annotated[float, typer.Option(help="Moves every pitch that is heard, Hz.")] = 0.0,
    as_json: Json = False,
) -> None:
    """Make a stretch fit to be heard."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        from pipelines.sound import comment_of

        row = one_of(bench.choose(dataset, signal), signal)
        made = bench.sound(row, target, start, stop, band=band, envelope=envelope, speed=speed, shift_hz=shift)
        told = {"file": made, "note": comment_of(made)}
        show(told, as_json=as_json, words=lambda: say(f"Written: {made}\n{told['note']}"))


@stretch.command()
def cut(
    context: typer.Context,
    dataset: str,
    signal: Signal,
    start: Start = 0.0,
    stop: Stop = None,
    name: Annotated[str, typer.Option(help="Name of the new recording.")] = "",
    as_json: Json = False,
) -> None:
    """Make a stretch a signal of its own; the dataset gets a new version."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = one_of(bench.choose(dataset, signal), signal)
        made = bench.cut(row, start, stop, name=name)
        said = f"Made: {made.recording} / {made.channel}. Undo it: pfd stretch undo '{dataset}' {made.signal_id}"
        show(made, as_json=as_json, words=lambda: say(said))


@stretch.command()
def undo(context: typer.Context, dataset: str, signal: Signal, as_json: Json = False) -> None:
    """Leave a signal that was cut from another out of the next version; earlier versions keep it."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = one_of(bench.choose(dataset, signal), signal)
        version = bench.undo_cut(dataset, row.signal_id)
        told = {"dataset": dataset, "version": version.number, "signal": row.signal_id}
        show(told, as_json=as_json, words=lambda: say(f"Left out of version {version.number}."))
