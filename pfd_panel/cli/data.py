"""`pfd init|inspect|import|generate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pfd_panel.cli import waiting
from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Exclude, FromPath, Json, Label, NoWait, Preset, Rate, Speed, Unit, corrections
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

if TYPE_CHECKING:
    from data_catalog.formats import Inspection


@app.command()
def init(context: typer.Context, as_json: Json = False) -> None:
    """Make the data directory, or bring an existing one up to date."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        home = bench.context.catalog.home
        show({"home": home, "datasets": len(bench.datasets())}, as_json=as_json, words=lambda: say(f"Ready: {home}"))


@app.command()
def inspect(
    context: typer.Context,
    path: Path,
    rate: Rate = None,
    rpm: Speed = None,
    unit: Unit = None,
    label: Label = None,
    preset: Preset = None,
    labels_from_path: FromPath = False,
    exclude: Exclude = None,
    as_json: Json = False,
) -> None:
    """Show every channel of a file, folder or zip; store nothing."""
    from pfd_panel.services import importing

    with spoken_errors(as_json=as_json):
        given = corrections(rate, rpm, unit, label, preset, labels_from_path, exclude)
        found = importing.asked(path, **given).inspect()
        show(found.to_dict(), as_json=as_json, words=lambda: describe(found))


def describe(found: "Inspection") -> None:
    """The inspection as a table, with questions and problems after it."""
    rows = []
    for one in found.channels:
        labels = ", ".join(f"{name} {value}" for name, value in one.labels.items())
        rate = f"{one.rate_hz:,.0f} ({one.rate_source})" if one.rate_hz else "unknown"
        speed = f"{one.speed_rpm:,.0f}" if one.speed_rpm else None
        rms = None if one.stats.rms is None else f"{one.stats.rms:.4g}"
        rows.append((one.recording, one.name, f"{one.length:,}", rate, speed, one.unit, rms, labels))
    table(
        ("Recording", "Channel", "Samples", "Rate (Hz)", "Speed (rpm)", "Unit", "RMS", "Labels"), rows, right=(2, 4, 6)
    )
    for one in found.channels:
        for finding in one.findings:
            say(f"  note: {one.recording}:{one.name}: {finding}")
    for problem in found.problems:
        say(f"  not read: {problem.path}: {problem.message}. {problem.hint}")
    for need in found.needs:
        say(f"  needed: {need.message}")
    if found.presets_offered and not found.preset:
        say(f"  A declared layout fits: --preset {found.presets_offered[0]}")


@app.command(name="import")
def import_(
    context: typer.Context,
    path: Path,
    dataset: Annotated[str, typer.Option(help="Dataset the recordings go into; made if it does not exist.")],
    rate: Rate = None,
    rpm: Speed = None,
    unit: Unit = None,
    label: Label = None,
    preset: Preset = None,
    labels_from_path: FromPath = False,
    exclude: Exclude = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: store what is certain, list the rest.")] = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Import recordings: shows what was found and asks, or with --yes stores what is certain (exit 3 if not all)."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        given = corrections(rate, rpm, unit, label, preset, labels_from_path, exclude)
        if as_json and not yes:
            stop("nobody can be asked when the output is JSON", "Add --yes.", as_json=True, status=Exit.USAGE)
        if not yes:
            describe(bench.inspect(path, dataset=dataset, **given))
            if not typer.confirm(f"Store what is certain in {dataset}?"):
                raise typer.Exit(int(Exit.CANCELLED))
        waiting.finish(bench, bench.import_(path, dataset, wait=False, **given), told, no_wait=no_wait, as_json=as_json)


def told(result: dict[str, Any]) -> None:
    """What an import did, for a person."""
    version = f", version {result['version']}" if "version" in result else ""
    duplicates = len(result["duplicates"])
    say(f"{result['added']} signals added to {result['dataset']}{version}; {duplicates} were there already.")
    for problem in result["problems"]:
        say(f"  not read: {problem['path']}: {problem['message']}. {problem['hint']}")
    for need in result["needs"]:
        say(f"  needed: {need['message']}")


@app.command()
def generate(
    context: typer.Context,
    dataset: Annotated[str, typer.Option(help="Dataset the signals go into; made if it does not exist.")],
    kind: Annotated[str, typer.Option(help="journal or rolling.")] = "rolling",
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A control of the generator: per_class=20, noise.pink=0.05, …")
    ] = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Generate synthetic bearing signals."""
    from pfd_panel.services.generating import parse_settings

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        job = bench.generate(dataset, {"kind": kind} | parse_settings(setting or []), wait=False)
        waiting.finish(
            bench,
            job,
            lambda result: say(f"{result['added']} synthetic signals in {result['dataset']}."),
            no_wait=no_wait,
            as_json=as_json,
        )
