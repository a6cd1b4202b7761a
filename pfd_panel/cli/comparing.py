"""`pfd compare …` and `pfd references …`: several signals at once, and one against what is healthy."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table
from pfd_panel.cli.signals import PlotName, one_of


class SpectrumName(StrEnum):
    """Plots that several signals have on one grid."""

    spectrum = "spectrum"
    envelope = "envelope"


compare = typer.Typer(no_args_is_help=True, help="Compare signals: spectra, differences, and against what is healthy.")
app.add_typer(compare, name="compare")
references = typer.Typer(no_args_is_help=True, help="Declare which signals of a dataset are healthy.")
app.add_typer(references, name="references")

Patterns = Annotated[list[str], typer.Argument(metavar="SIGNAL…", help="RECORDING, RECORDING:CHANNEL or id; '*' too.")]
First = Annotated[str, typer.Argument(help="RECORDING, RECORDING:CHANNEL or id of the first signal.")]
Second = Annotated[str, typer.Argument(help="The second one, from which the first is taken.")]
Signal = Annotated[str, typer.Argument(help="RECORDING, RECORDING:CHANNEL or id of one signal.")]
Band = Annotated[tuple[float, float] | None, typer.Option(help="Band of envelopes in Hz: LOW HIGH.")]
Class = Annotated[str | None, typer.Option("--class", help="Compare with this class instead of the reference.")]
SpectrumPlot = Annotated[SpectrumName, typer.Option(help="Which spectrum.")]


def numbers_of(found: Any, *arrays: str) -> dict[str, Any]:
    """What was found, arrays as lists of numbers."""
    told = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return told | {name: told[name].tolist() for name in arrays}


@compare.command("channels")
def compare_channels(
    context: typer.Context,
    dataset: str,
    patterns: Patterns,
    start: Annotated[float, typer.Option(help="From which moment, s.")] = 0.0,
    stop: Annotated[float | None, typer.Option(help="To which moment, s; the end without.")] = None,
    buckets: Annotated[int, typer.Option(help="Most stretches to divide it into.")] = 1200,
    as_json: Json = False,
) -> None:
    """Lowest and highest samples of stretches of several signals, at any length as fast."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.channels(bench.choose(dataset, *patterns), start, stop, buckets=buckets)
        told = [numbers_of(one, "low", "high") for one in found]
        cells = [
            (one.signal_id, f"{one.low.size}", f"{one.low.min(initial=0):.4g}", f"{one.high.max(initial=0):.4g}")
            for one in found
        ]
        headers = ("Signal", "Stretches", "Lowest", "Highest")
        show({"channels": told}, as_json=as_json, words=lambda: table(headers, cells, right=(1, 2, 3)))


@compare.command("spectra")
def compare_spectra(
    context: typer.Context,
    dataset: str,
    patterns: Patterns,
    plot: SpectrumPlot = SpectrumName.spectrum,
    band: Band = None,
    as_json: Json = False,
) -> None:
    """Spectra of several signals on one grid, with the highest line of each."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        rows = bench.choose(dataset, *patterns)
        found = bench.compare_spectra(rows, plot.value, band=band)
        names = {row.signal_id: f"{row.recording}:{row.channel}" for row in rows}
        cells = []
        for one in found.lines:
            top = int(one.values[1:].argmax()) + 1
            cells.append((names[one.signal_id], f"{top * found.resolution_hz:.6g}", f"{one.values[top]:.4g}", one.unit))
        told = asdict(found) | {"lines": [numbers_of(one, "values") for one in found.lines]}

        def words() -> None:
            table(("Signal", "Highest line (Hz)", "Amplitude", "Unit"), cells, right=(1, 2))
            for note in [*found.notes, *(f"{one.signal}: {one.message}" for one in found.problems)]:
                say(note)

        show(told, as_json=as_json, words=words)


@compare.command()
def difference(
    context: typer.Context,
    dataset: str,
    first: First,
    second: Second,
    plot: Annotated[PlotName, typer.Option(help="Of what.")] = PlotName.waveform,
    offset: Annotated[float, typer.Option(help="Added to the time of the second, s.")] = 0.0,
    band: Band = None,
    as_json: Json = False,
) -> None:
    """Second minus first: of the samples, or of spectra in dB."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        one, other = (one_of(bench.choose(dataset, named), named) for named in (first, second))
        found = bench.difference(one, other, plot.value, offset_s=offset, band=band)
        largest = abs(found.values).argmax()
        at, unit = found.start + found.step * int(largest), "s" if plot is PlotName.waveform else "Hz"
        said = f"Largest: {found.values[largest]:.4g} {found.unit} at {at:.6g} {unit} ({'; '.join(found.notes)})."
        show(numbers_of(found, "values"), as_json=as_json, words=lambda: say(said))


@compare.command()
def offset(context: typer.Context, dataset: str, first: First, second: Second, as_json: Json = False) -> None:
    """By how many seconds to move the second signal so that both correlate most."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        one, other = (one_of(bench.choose(dataset, named), named) for named in (first, second))
        found = bench.suggest_offset(one, other)
        said = f"Move the second by {found.offset_s:.6g} s: they then correlate by {found.correlation:.3f}."
        show(asdict(found), as_json=as_json, words=lambda: say(said))


@compare.command()
def healthy(
    context: typer.Context,
    dataset: str,
    signal: Signal,
    plot: SpectrumPlot = SpectrumName.envelope,
    against: Class = None,
    band: Band = None,
    as_json: Json = False,
) -> None:
    """Where a signal stands out of the healthy reference of its dataset, or of a class."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        row = one_of(bench.choose(dataset, signal), signal)
        what: Any = "reference" if against is None else "class"
        found = bench.deviation(row, plot.value, what, fault=against or "", band=band)
        numbers = bench.feature_deviations(row, what, fault=against or "")
        told = numbers_of(found, "values", "median", "low", "high", "over_db") | {"features": numbers}

        def words() -> None:
            say(f"{found.pieces} pieces of {found.recordings} recordings at {found.condition}.")
            for note in found.notes:
                say(note)
            for line in [one.words for one in found.stands_out] or [found.words]:
                say(line)
            off = [one for one in numbers if one.off][:8]
            cells = [
                (one.title, f"{one.value:.4g}", f"{one.low:.4g} to {one.high:.4g}", f"{one.off:+.1f}", one.unit)
                for one in off
            ]
            table(("Feature", "Value", "Usual", "Widths off", "Unit"), cells, right=(1, 3))

        show(told, as_json=as_json, words=words)


@references.command("show")
def show_reference(context: typer.Context, dataset: str, as_json: Json = False) -> None:
    """Which signals of a dataset are declared healthy."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.reference(dataset)
        which = found.query or f"{len(found.signal_ids)} signals by id"
        said = f"{which}: {found.signals} signals now, declared by {found.declared_by}. {found.note}".strip()
        show(found, as_json=as_json, words=lambda: say(said))


@references.command("declare")
def declare_reference(
    context: typer.Context,
    dataset: str,
    patterns: Annotated[list[str] | None, typer.Argument(metavar="[SIGNAL…]")] = None,
    query: Annotated[str, typer.Option(help="All that this finds, now and later: 'fault:healthy'.")] = "",
    note: Annotated[str, typer.Option(help="Why these.")] = "",
    as_json: Json = False,
) -> None:
    """Declare signals healthy, in place of what was declared before."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        ids = [row.signal_id for row in bench.choose(dataset, *patterns)] if patterns else []
        made = bench.declare_reference(dataset, signal_ids=ids, query=query, note=note)
        show(made, as_json=as_json, words=lambda: say(f"{made.signals} signals are the healthy reference."))


@references.command("withdraw")
def withdraw_reference(context: typer.Context, dataset: str, as_json: Json = False) -> None:
    """Let a dataset have no healthy reference any more."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        bench.withdraw_reference(dataset)
        told = {"dataset": dataset, "done": "withdraw"}
        show(told, as_json=as_json, words=lambda: say("Withdrawn; the audit log keeps what it was."))
