"""Options that several commands share, and what the corrections of an import say together."""

from typing import Annotated, Any

import typer

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
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Put this tag on it.")]
Untags = Annotated[list[str] | None, typer.Option("--untag", help="Take this tag off it.")]
SeenBy = Annotated[
    str | None, typer.Option("--visibility", help="Who sees it: team, or private (its owner and administrators).")
]
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
