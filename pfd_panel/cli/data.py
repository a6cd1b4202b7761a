"""`pfd init|inspect|import|generate|datasets`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

if TYPE_CHECKING:
    from data_catalog.formats import Inspection

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Rate = Annotated[
    list[str] | None,
    typer.Option("--rate", help="Sampling rate in Hz, by recording pattern: 'Normal/*=48000'; a bare number for all."),
]
Speed = Annotated[list[str] | None, typer.Option("--rpm", help="Shaft speed in rpm: PATTERN=NUMBER, or a number.")]
Unit = Annotated[list[str] | None, typer.Option("--unit", help="Unit: PATTERN=UNIT, or a unit for all.")]
Label = Annotated[
    list[str] | None,
    typer.Option("--label", help="A label: 'PATTERN:fault=inner_race', or 'fault=inner_race' for all."),
]
Preset = Annotated[str | None, typer.Option(help="Declared layout of a known data set, as offered by `pfd inspect`.")]
FromPath = Annotated[bool, typer.Option("--labels-from-path", help="Read labels from folder and file names.")]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", help="Leave out RECORDING or RECORDING:CHANNEL.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Queue the job and print its id at once.")]


def corrections(
    rate: list[str] | None,
    rpm: list[str] | None,
    unit: list[str] | None,
    label: list[str] | None,
    preset: str | None,
    labels_from_path: bool,
    exclude: list[str] | None,
) -> dict[str, Any]:
    """What the options say, as fields of `ImportParams`."""
    from pfd_panel.services.importing import parse_labels, parse_patterns

    return {
        "rates": parse_patterns(rate or [], "--rate"),
        "speeds": parse_patterns(rpm or [], "--rpm"),
        "units": parse_patterns(unit or [], "--unit", number=False),
        "labels": parse_labels(label or []),
        "preset": preset,
        "labels_from_path": labels_from_path,
        "exclude": exclude or [],
    }


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
        job = bench.import_(path, dataset, wait=not no_wait, **given)
        if no_wait:
            show({"job": job.id}, as_json=as_json, words=lambda: say(job.id))
            return
        result = {"job": job.id, **job.result}
        show(result, as_json=as_json, words=lambda: told(result))
        if result["needs"]:
            raise typer.Exit(int(Exit.NEEDS_ANSWERS))


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
        job = bench.generate(dataset, {"kind": kind} | parse_settings(setting or []), wait=not no_wait)
        if no_wait:
            show({"job": job.id}, as_json=as_json, words=lambda: say(job.id))
            return
        result = {"job": job.id, **job.result}
        show(result, as_json=as_json, words=lambda: say(f"{result['added']} synthetic signals in {result['dataset']}."))


@app.command()
def datasets(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One dataset: its versions too.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it; restore with --restore ID for 30 days.")] = False,
    restore: Annotated[str | None, typer.Option(help="Bring the deleted dataset with this id back.")] = None,
    rename: Annotated[str | None, typer.Option(help="New name.")] = None,
    notes: Annotated[str | None, typer.Option(help="New notes.")] = None,
    as_json: Json = False,
) -> None:
    """List datasets, or describe, rename, delete, restore one."""
    from pfd_panel.services import collections

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        if restore:
            collections.restore(bench.context, restore)
        if name is None:
            if delete or rename or notes is not None:
                stop("which dataset?", "Name it: pfd datasets NAME --delete", as_json=as_json, status=Exit.USAGE)
            listed = bench.datasets()
            show({"datasets": listed}, as_json=as_json, words=lambda: list_datasets(listed))
            return
        found = collections.get(bench.context, name)
        if rename or notes is not None:
            collections.update(bench.context, found.id, name=rename, notes=notes)
            found = collections.get(bench.context, found.id)
        versions = bench.versions(found.id)
        if delete:
            collections.delete(bench.context, found.id)
        value = {"dataset": found, "versions": [version_row(version) for version in versions], "deleted": delete}
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
    rows = [(f"v{v['number']}", v["manifest_hash"][:12], v["signal_count"], v["reason"]) for v in value["versions"]]
    table(("Version", "Manifest", "Signals", "Why"), rows, right=(2,))
    if value["deleted"]:
        say(f"Deleted. Bring it back within 30 days: pfd datasets --restore {value['dataset'].id}")
