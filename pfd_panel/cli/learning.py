"""`pfd features|train|predict`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pfd_panel.cli import waiting
from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Exclude, FromPath, Json, Label, NoWait, Preset, Rate, Speed, Tags, Unit, corrections
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

if TYPE_CHECKING:
    from pfd_panel.services.estimating import Estimate

MODEL_NAMES = (
    "random_forest",
    "svm_rbf",
    "hist_gradient_boosting",
    "logistic_regression",
    "k_nearest",
    "extra_trees",
    "soft_voting",
    "stacking",
    "mixture_of_experts",
)
"""Names of the declared models: a help text must not wait for scikit-learn. A test holds them to the declarations."""

PRESET_NAMES = ("fast", "best")
"""Names of the presets, for the same reason."""


Domains = Annotated[
    list[str] | None,
    typer.Option(
        "--domain",
        help="Domain of features, as envelope or fault_lines (which carries to other machines); may be repeated. "
        "Without: all but fault_lines.",
    ),
]


@app.command()
def features(
    context: typer.Context,
    dataset: str,
    window: Annotated[float, typer.Option(help="Window in seconds that models learn from.", min=0.001)] = 1.0,
    domain: Domains = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Extract the features of a dataset; signals that have theirs are not computed again."""
    from pipelines.features import FeatureConfig

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        job = bench.extract_features(dataset, FeatureConfig(**feature_settings(window, domain)), wait=False)

        def words(done: dict[str, Any]) -> None:
            say(f"{done['computed']} of {done['signals']} signals computed, {done['features']} features each.")
            if done.get("lacking"):
                say(done["lacking"])

        waiting.finish(bench, job, words, no_wait=no_wait, as_json=as_json)


@app.command()
def train(
    context: typer.Context,
    dataset: str,
    preset: Annotated[
        str | None,
        typer.Option(help=f"A named configuration instead of --model and --window: {' or '.join(PRESET_NAMES)}."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help=f"{', '.join(MODEL_NAMES)}; a network by its name. Without: random_forest.")
    ] = None,
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
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter of the model, as epochs=20; may be repeated.")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Seeds, one run each on the same split: 0,1,2; --seed moves the split.")
    ] = None,
    title: Annotated[str, typer.Option(help="Name of the experiment.")] = "",
    notes: Annotated[str, typer.Option(help="Notes of the experiment.")] = "",
    folder: Annotated[str, typer.Option(help="Folder of the experiment.")] = "",
    tag: Tags = None,
    window: Annotated[
        float | None, typer.Option(help="Window in seconds that the model learns from; without: 1.", min=0.001)
    ] = None,
    domain: Domains = None,
    calibrate: Annotated[str, typer.Option(help="temperature, isotonic, or none.")] = "temperature",
    coverage: Annotated[
        float, typer.Option(help="How often sets of classes are to hold the true one; 0: no sets.", min=0.0, max=0.999)
    ] = 0.9,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what time and memory it would take, and start nothing.")
    ] = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Train a model on features, or one on samples (minirocket, cnn_1d, wdcnn, multi_task …), and test it honestly."""
    from pfd_panel.services import estimating, experiments, training, work

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        asked = training.settings(
            preset=preset,
            model=model,
            params=given_params(setting or ()),
            target=target,
            split=split,
            groups=group or (),
            folds=folds,
            seed=seed,
            drop_small_classes=drop_small_classes,
            channels=channel,
            name=name,
            calibrate=calibrate,
            coverage=coverage or None,
            features=feature_settings(window, domain),
        )
        if estimate:
            told = estimating.estimate(bench.context, dataset, asked, given_seeds(seeds) or (seed,))
            show(vars(told), as_json=as_json, words=lambda: say(estimate_words(told)))
            return
        made = experiments.start(
            bench.context,
            dataset,
            asked,
            seeds=given_seeds(seeds),
            name=title,
            notes=notes,
            folder=folder,
            tags=tag or (),
        )
        assert made.job_id is not None
        waiting.finish(
            bench,
            work.get(bench.context, made.job_id),
            lambda result: say(f"{', '.join(one['model'] for one in result['runs'])}\n{result['statement']}"),
            no_wait=no_wait,
            as_json=as_json,
            more=lambda result: {"metrics": bench.model(result["model_id"]).metrics},
        )


def estimate_words(found: "Estimate") -> str:
    """An estimate for a person."""
    from pfd_panel.theme import numbers

    memory = f"Memory of a worker: {numbers.size(found.memory_bytes)}."
    if found.seconds_a_seed is None:
        return f"Time not known: {found.how}.\n{memory}"
    most = "At most " if found.windows_per_s else "About "
    seeds = f", {found.seeds} seeds" if found.seeds > 1 else ""
    return f"{most}{numbers.duration(found.seconds_a_seed)} a seed{seeds}: {found.how}.\n{memory}"


def given_seeds(text: str | None) -> list[int] | None:
    """Seeds from ``0,1,2``."""
    from pfd_panel.errors import RequestError

    if text is None:
        return None
    try:
        return [int(one) for one in text.split(",")]
    except ValueError:
        raise RequestError(f"--seeds {text!r} are no numbers", hint="Write them as 0,1,2.") from None


def feature_settings(window: float | None, domains: Sequence[str] | None) -> dict[str, Any]:
    """Fields of a feature set's configuration; what is not given: the usual."""
    return ({} if window is None else {"window_s": window}) | ({"domains": list(domains)} if domains else {})


def given_params(settings: Sequence[str]) -> dict[str, Any]:
    """Parameters from ``name=value``: numbers, true and false as such, ``null`` for nothing, a,b for several."""
    return {name.strip(): _value(text.strip()) for name, _, text in (one.partition("=") for one in settings)}


def _value(text: str) -> Any:
    if "," in text:
        return [_value(part.strip()) for part in text.split(",")]
    try:
        return json.loads(text)
    except ValueError:
        return text


@app.command()
def predict(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="Model: id, name, name:number or name@production.")],
    path: Annotated[Path | None, typer.Argument(help="File, folder or zip.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Instead of a file: a stored dataset.")] = None,
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
    """A model's answer for every recording of a file, folder or zip, or dataset (exit 3: a rate must be given)."""
    options: Globals = context.obj
    if (path is None) == (dataset is None):
        stop("what is to be predicted?", "Name a file, or --dataset NAME.", as_json=as_json, status=Exit.USAGE)
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        if path is None:
            job = bench.predict_dataset(model, str(dataset), wait=False)
        else:
            given = corrections(rate, rpm, unit, label, preset, labels_from_path, exclude)
            job = bench.predict(model, path, wait=False, **given)
        waiting.finish(bench, job, told, no_wait=no_wait, as_json=as_json)


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
    for one in result["predictions"]:
        if one.get("set"):
            say(f"  {one['recording']}: not ruled out are {', '.join(one['set'])}")
        if one.get("estimates"):
            say(f"  {one['recording']}: {', '.join(f'{task} {value:.4g}' for task, value in one['estimates'].items())}")
    for need in result["needs"]:
        say(f"  needed: {need['message']}")
    for problem in (*result["problems"], *result["refused"]):
        say(f"  not read: {problem.get('path', problem.get('recording'))}: {problem['message']}. {problem['hint']}")
