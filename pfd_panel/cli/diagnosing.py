"""`pfd diagnose`: evidence of bearing faults in a file, without training and without a data directory."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pfd_panel.cli.app import app
from pfd_panel.cli.options import Json, Preset
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

if TYPE_CHECKING:
    from pfd_panel.services.diagnosing import FileDiagnosis


@app.command()
def diagnose(
    path: Path,
    channel: Annotated[str | None, typer.Option(help="Channel, e.g. DE; needed if the file holds several.")] = None,
    recording: Annotated[str | None, typer.Option(help="Recording, if the file holds several.")] = None,
    bearing: Annotated[str | None, typer.Option(help="Designation, e.g. 6205-2RS.")] = None,
    elements: Annotated[int | None, typer.Option(help="Free geometry: number of rolling elements.")] = None,
    ball_mm: Annotated[float | None, typer.Option("--ball-mm", help="Free geometry: element diameter.")] = None,
    pitch_mm: Annotated[float | None, typer.Option("--pitch-mm", help="Free geometry: pitch diameter.")] = None,
    angle_deg: Annotated[float, typer.Option("--angle-deg", help="Free geometry: contact angle.")] = 0.0,
    rpm: Annotated[
        float | None, typer.Option(help="Shaft speed; read from the file or estimated if not given.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Sampling rate in Hz, if the file does not state it.")] = None,
    preset: Preset = None,
    as_json: Json = False,
) -> None:
    """Rank the evidence for each bearing fault in one channel of a file."""
    from pfd_panel.errors import NeedsAnswersError
    from pfd_panel.services import diagnosing

    with spoken_errors(as_json=as_json):
        geometry = diagnosing.geometry_of(
            bearing, elements=elements, ball_mm=ball_mm, pitch_mm=pitch_mm, angle_deg=angle_deg
        )
        try:
            found = diagnosing.of_file(
                str(path),
                channel=channel,
                recording=recording,
                geometry=geometry,
                speed_rpm=rpm,
                rate_hz=rate,
                preset=preset,
            )
        except NeedsAnswersError as error:
            stop(str(error), error.hint, as_json=as_json, status=Exit.NEEDS_ANSWERS, needs=error.needs)
        show(found.to_dict(), as_json=as_json, words=lambda: told(found))


def told(found: "FileDiagnosis") -> None:
    """The diagnosis for a person."""
    result = found.diagnosis
    say(f"{found.recording}:{found.channel} · {found.rate_hz:,.0f} Hz ({found.rate_source})")
    if found.speed_rpm:
        say(f"{found.speed_rpm:,.0f} rpm ({found.speed_source})")
    say(f"{result.verdict}, confidence {result.confidence:.0%}")
    say(result.reason)
    rows = [
        (
            one.title,
            one.definition,
            f"{one.frequency_hz:.1f}",
            f"{one.score:.1f}",
            f"{one.gate:.1f}",
            f"{one.slip:+.1%}",
        )
        for one in result.evidence
    ]
    table(("Fault", "Line", "Hz", "Score", "Gate", "Slip"), rows, right=(2, 3, 4, 5))
    for warning in result.warnings:
        say(f"  note: {warning}")
