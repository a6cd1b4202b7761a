"""`pfd signals analyse`: a signal as one of the analyses shows it, as numbers or as a file of arrays."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table
from pfd_panel.cli.signals import one_of, signals


@signals.command()
def analyses(context: typer.Context, as_json: Json = False) -> None:
    """List the analyses and what can be set on them."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        known = bench.analyses()
        told = [
            {"name": one.name, "title": one.title, "about": one.about, "settings": [asdict(it) for it in one.settings]}
            for one in known
        ]
        cells = [(one.name, one.title, ", ".join(it.name for it in one.settings)) for one in known]
        show({"analyses": told}, as_json=as_json, words=lambda: table(("Name", "Title", "Settings"), cells))


@signals.command()
def analyse(
    context: typer.Context,
    dataset: str,
    pattern: Annotated[str, typer.Argument(help="RECORDING, RECORDING:CHANNEL or id of one signal.")],
    name: Annotated[str, typer.Argument(help="An analysis; `signals analyses` lists them.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, as in --set window=hann.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write its arrays to this .npz file.")] = None,
    as_json: Json = False,
) -> None:
    """Analyse a signal: spectrum, cepstrum, kurtogram, order spectrum and others."""
    from pfd_panel.errors import RequestError

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        given = dict(_pair(one) for one in settings or [])
        if out is not None and out.suffix != ".npz":
            raise RequestError(f"{out} is no .npz file", hint="Name it so: --out cepstrum.npz.")
        row = one_of(bench.choose(dataset, pattern), pattern)
        found = bench.analyse(row, name, **given)
        if out is not None:
            _write(out, found)
        told: dict[str, Any] = {
            "signal": row.signal_id,
            "analysis": name,
            "method": found.method,
            "totals": [asdict(one) for one in found.totals],
            "notes": list(found.notes),
            "settings": dict(found.settings),
        } | ({"file": str(out)} if out else {})

        def words() -> None:
            say(found.method)
            table(("What", "Value", "Unit"), [(one.name, f"{one.value:.6g}", one.unit) for one in found.totals])
            for line in (*found.notes, *((f"Arrays written to {out}.",) if out else ())):
                say(line)

        show(told, as_json=as_json, words=words)


def _pair(given: str) -> tuple[str, str]:
    from pfd_panel.errors import RequestError

    name, sign, value = given.partition("=")
    if not sign:
        raise RequestError(f"{given!r} is no setting", hint="Write it as --set window=hann.")
    return name, value


def _write(path: Path, found: Any) -> None:
    import numpy as np

    from pipelines.analyses import Curves, Image

    shown = found.picture
    if isinstance(shown, Curves):
        arrays: dict[str, Any] = {"place": shown.places} | {curve.name: curve.values for curve in shown.curves}
    elif isinstance(shown, Image):
        arrays = {"x": shown.x_at, "y": shown.y_at, "level": shown.values}
    else:
        arrays = {"x": shown.x_values, "y": shown.y_values}
    np.savez_compressed(path, **arrays)
