"""`pfd features|train|models|predict`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.data import Exclude, FromPath, Json, Label, NoWait, Preset, Rate, Speed, Unit, corrections
from pfd_panel.cli.output import Exit, say, show, spoken_errors, table


@app.command()
def features(
    context: typer.Context,
    dataset: str,
    window: Annotated[float, typer.Option(help="Window in seconds that models learn from.", min=0.001)] = 1.0,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Extract the features of a dataset; signals that have theirs are not computed again."""
    from pipelines.features import FeatureConfig

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        job = bench.extract_features(dataset, FeatureConfig(window_s=window), wait=not no_wait)
        if no_wait:
            show({"job": job.id}, as_json=as_json, words=lambda: say(job.id))
            return
        result = {"job": job.id, **job.result}
        words = f"{result['computed']} of {result['signals']} signals computed, {result['features']} features each."
        show(result, as_json=as_json, words=lambda: say(words))


@app.command()
def train(
    context: typer.Context,
    dataset: str,
    model: Annotated[str, typer.Option(help="random_forest, svm_rbf or hist_gradient_boosting.")] = "random_forest",
    split: Annotated[
        str, typer.Option(help="recording, or a metadata column whose values stay together.")
    ] = "recording",
    group: Annotated[
        list[str] | None, typer.Option("--group", help="Metadata column whose values never are on both sides.")
    ] = None,
    target: Annotated[str, typer.Option(help="Metadata column to predict.")] = "fault",
    channel: Annotated[list[str] | None, typer.Option("--channel", help="Learn from this channel only.")] = None,
    folds: Annotated[int, typer.Option(min=2, max=50)] = 5,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    drop_small_classes: Annotated[
        bool, typer.Option("--drop-small-classes", help="Leave out classes too small for the split.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="Name of the model.")] = None,
    window: Annotated[float, typer.Option(help="Window in seconds that the model learns from.", min=0.001)] = 1.0,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Train a baseline and test it honestly."""
    from pfd_panel.services import training
    from pipelines.features import FeatureConfig

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        asked = training.settings(
            model=model,
            target=target,
            split=split,
            groups=group or (),
            folds=folds,
            seed=seed,
            drop_small_classes=drop_small_classes,
            channels=channel,
            name=name,
        )
        asked["features"] = FeatureConfig(window_s=window).model_dump(mode="json")
        queued = training.start(bench.context, dataset, asked)
        if no_wait:
            show({"job": queued.id}, as_json=as_json, words=lambda: say(queued.id))
            return
        job = bench.wait(queued)
        saved = bench.model(job.result["model_id"])
        result = {"job": job.id, **job.result, "metrics": saved.metrics}
        show(result, as_json=as_json, words=lambda: say(f"{result['model']}\n{result['statement']}"))


@app.command()
def models(
    context: typer.Context,
    reference: Annotated[str | None, typer.Argument(help="One model: id, name or name:number.")] = None,
    compare: Annotated[str | None, typer.Option(help="Say why this other model's result differs.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete this model version.")] = False,
    as_json: Json = False,
) -> None:
    """List model versions, or show, compare, delete one."""
    from pfd_panel.services import training

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        if reference is None:
            listed = [model_row(model) for model in bench.models()]
            show({"models": listed}, as_json=as_json, words=lambda: list_models(listed))
            return
        found = bench.model(reference)
        value: dict[str, Any] = {"model": model_row(found), "metrics": found.metrics, "config": found.config}
        if compare:
            value["why_different"] = bench.why_different(reference, compare)
        if delete:
            training.delete(bench.context, found.id)
        show(value, as_json=as_json, words=lambda: say(value.get("why_different") or found.metrics["statement"]))


def model_row(model: Any) -> dict[str, Any]:
    """A model version as plain values."""
    return {
        "id": model.id,
        "model": f"{model.name}:{model.number}",
        "kind": model.model,
        "target": model.target,
        "record_accuracy": model.record_accuracy,
        "split": model.metrics["split"]["description"],
        "dataset_version": model.dataset_version,
        "manifest_hash": model.manifest_hash,
        "seed": model.seed,
        "created_at": model.created_at,
    }


def list_models(listed: list[dict[str, Any]]) -> None:
    """Models as a table; an accuracy never stands without its split."""
    rows = [
        (
            one["model"],
            one["kind"],
            "–" if one["record_accuracy"] is None else f"{one['record_accuracy']:.1%}",
            one["split"],
        )
        for one in listed
    ]
    table(("Model", "Kind", "Recordings right", "Split"), rows, right=(2,))


@app.command()
def predict(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="Model: id, name or name:number.")],
    path: Path,
    rate: Rate = None,
    rpm: Speed = None,
    unit: Unit = None,
    label: Label = None,
    preset: Preset = None,
    labels_from_path: FromPath = False,
    exclude: Exclude = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """A model's answer for every recording of a file, folder or zip (exit 3 if a rate must be given)."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        given = corrections(rate, rpm, unit, label, preset, labels_from_path, exclude)
        job = bench.predict(model, path, wait=not no_wait, **given)
        if no_wait:
            show({"job": job.id}, as_json=as_json, words=lambda: say(job.id))
            return
        result = {"job": job.id, **job.result}
        show(result, as_json=as_json, words=lambda: told(result))
        if result["needs"]:
            raise typer.Exit(int(Exit.NEEDS_ANSWERS))


def told(result: dict[str, Any]) -> None:
    """Predictions for a person."""
    rows = [
        (
            one["recording"],
            one["label"] or "does not know",
            None if one["probability"] is None else f"{one['probability']:.0%}",
            one["reason"],
        )
        for one in result["predictions"]
    ]
    table(("Recording", "Answer", "Confidence", "Why not sure"), rows, right=(2,))
    for need in result["needs"]:
        say(f"  needed: {need['message']}")
    for problem in (*result["problems"], *result["refused"]):
        say(f"  not read: {problem.get('path', problem.get('recording'))}: {problem['message']}. {problem['hint']}")
