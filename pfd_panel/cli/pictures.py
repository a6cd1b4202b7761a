"""`pfd project` and `pfd overlay`: pictures of many signals."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli import waiting
from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, NoWait
from pfd_panel.cli.output import say, show, spoken_errors, table

Query = Annotated[str, typer.Option(help="A condition, as fault:inner and rms > 0.3.")]


class Method(StrEnum):
    """The methods, as an option takes them."""

    PCA = "pca"
    TSNE = "tsne"
    UMAP = "umap"


class Scaling(StrEnum):
    """The scalings, as an option takes them."""

    LOG = "log"
    STANDARD = "standard"
    ROBUST = "robust"


class What(StrEnum):
    """What is overlaid, as an option takes it."""

    WAVEFORM = "waveform"
    SPECTRUM = "spectrum"
    ENVELOPE = "envelope"


@app.command()
def project(
    context: typer.Context,
    dataset: str,
    method: Annotated[Method, typer.Option(help="How.")] = Method.PCA,
    scaling: Annotated[Scaling, typer.Option(help="Scaling of the features.")] = Scaling.LOG,
    perplexity: Annotated[float, typer.Option(min=2, max=500, help="Neighbours of a signal, for t-SNE.")] = 30.0,
    neighbours: Annotated[int, typer.Option(min=2, max=500, help="Neighbours of a signal, for UMAP.")] = 15,
    min_distance: Annotated[float, typer.Option(min=0, max=0.99, help="Least distance of points, for UMAP.")] = 0.1,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1)] = 0,
    model: Annotated[
        str | None, typer.Option(help="Version of a network, NAME:NUMBER: its embedding instead of the features.")
    ] = None,
    query: Query = "",
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Project the features of signals, or a network's embedding, into two dimensions; what takes long is a job."""
    from pipelines.projections import ProjectionConfig

    options: Globals = context.obj
    config = ProjectionConfig(
        method=method.value,
        scaling=scaling.value,
        perplexity=perplexity,
        neighbours=neighbours,
        min_distance=min_distance,
        seed=seed,
    )
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        if no_wait:
            waiting.hand_over(bench.start_projection(dataset, config, model=model, query=query), as_json=as_json)
            return
        found = bench.project(dataset, config, model=model, query=query)
        rows = [
            {"signal_id": signal_id, "recording": recording, "channel": channel, "label": label, "x": x, "y": y}
            for signal_id, recording, channel, label, (x, y) in zip(
                found.signal_ids, found.recordings, found.channels, found.labels, found.points.tolist(), strict=True
            )
        ]
        told = {
            "dataset": dataset,
            "config": config.relevant(),
            "model": model,
            "trustworthiness": found.trustworthiness,
            "explained": found.explained,
            "features": found.features,
            "left_out": found.left_out,
            "points": rows,
        }

        def words() -> None:
            cells = [
                (one["recording"], one["channel"], one["label"], f"{one['x']:.4g}", f"{one['y']:.4g}") for one in rows
            ]
            table(("Recording", "Channel", "Class", "x", "y"), cells, right=(3, 4))
            what = f"numbers of the embedding of {model}" if model else "features"
            say(f"{len(rows)} signals, {len(found.features)} {what}, trustworthiness {found.trustworthiness:.2f}")

        show(told, as_json=as_json, words=words)


@app.command()
def overlay(
    context: typer.Context,
    dataset: str,
    what: Annotated[What, typer.Option(help="What is overlaid.")] = What.WAVEFORM,
    start: Annotated[float | None, typer.Option("--from", min=0, help="Where the axis begins, s or Hz.")] = None,
    stop: Annotated[float | None, typer.Option("--to", min=0, help="Where it ends.")] = None,
    band: Annotated[
        tuple[float, float] | None, typer.Option(help="Band that envelopes are made of, two numbers in Hz.")
    ] = None,
    query: Query = "",
    png: Annotated[Path | None, typer.Option(help="File to write density images to, one a class.")] = None,
    as_json: Json = False,
) -> None:
    """Lay every signal over the others: median and quantile bands of each class, and density images as a PNG."""
    from pfd_panel.services.overlaying import OverlayOptions
    from pipelines.overlays import QUANTILES

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        asked = OverlayOptions(what.value, start, stop, band)
        found = bench.overlay(dataset, asked, query=query)
        drawn = bench.draw_overlay(dataset, png, asked, query=query) if png is not None else None
        classes: list[dict[str, Any]] = [
            {
                "label": one.label,
                "signals": one.signals,
                "quantiles": {
                    f"q{round(100 * level)}": [value if value == value else None for value in values]
                    for level, values in zip(QUANTILES, one.quantiles.tolist(), strict=True)
                },
            }
            for one in found.classes
        ]
        told = {"dataset": dataset, "what": found.what, "unit": found.unit, "notes": found.notes, "file": drawn}

        def words() -> None:
            table(("Class", "Signals"), [(one["label"], one["signals"]) for one in classes], right=(1,))
            for note in found.notes:
                say(note)
            if drawn is not None:
                say(f"Written: {drawn}")

        show({**told, "places": found.places, "classes": classes}, as_json=as_json, words=words)
