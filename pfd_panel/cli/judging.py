"""`pfd judge`: what a model's test found, part by part."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pfd_panel.cli import waiting
from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, NoWait
from pfd_panel.cli.output import say, show, spoken_errors, table

if TYPE_CHECKING:
    from pfd_panel.services.judged import Bounds


class Part(StrEnum):
    """Parts of a result."""

    scores = "scores"
    curves = "curves"
    classes = "classes"
    conditions = "conditions"
    mistakes = "mistakes"
    reliability = "reliability"
    sets = "sets"
    unfamiliar = "unfamiliar"
    noise = "noise"
    epochs = "epochs"
    files = "files"


class LevelName(StrEnum):
    """What is counted."""

    recording = "recording"
    signal = "signal"


class CalibrationChoice(StrEnum):
    """Calibrations before sets are formed."""

    none = "none"
    temperature = "temperature"
    isotonic = "isotonic"


@app.command()
def judge(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="Model: id, name or name:number.")],
    part: Annotated[Part, typer.Argument(help="What to show.")] = Part.scores,
    level: Annotated[LevelName, typer.Option(help="Count recordings, or each channel.")] = LevelName.recording,
    coverage: Annotated[float, typer.Option(min=0.5, max=1.0, help="What sets shall hold.")] = 0.9,
    per_class: Annotated[bool, typer.Option("--per-class", help="Promise the coverage to each class.")] = False,
    calibration: Annotated[
        CalibrationChoice, typer.Option(help="Calibrate before sets are formed.")
    ] = CalibrationChoice.none,
    most: Annotated[int, typer.Option(min=1, max=1000, help="Most recordings of a list.")] = 20,
    run: Annotated[bool, typer.Option("--run", help="noise: test again now, by refitted models of the folds.")] = False,
    snr: Annotated[
        list[float] | None, typer.Option("--snr", help="noise: signal-to-noise ratio in dB; may be repeated.")
    ] = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Show one part of a model's result: what it said of recordings while they were held out."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench(progress=not as_json) as bench:
        if part is Part.noise and run:
            job = bench.sweep_noise(model, snr, wait=False) if snr else bench.sweep_noise(model, wait=False)
            waiting.finish(bench, job, lambda told: say(told["words"]), no_wait=no_wait, as_json=as_json)
            return
        asks: dict[Part, Callable[[], Any]] = {
            Part.scores: lambda: bench.scores(model),
            Part.curves: lambda: bench.operating_curves(model, level.value),
            Part.classes: lambda: bench.class_table(model, level.value),
            Part.conditions: lambda: bench.by_condition(model),
            Part.mistakes: lambda: bench.mistakes(model, most),
            Part.reliability: lambda: bench.reliability(model),
            Part.sets: lambda: bench.conformal_sets(
                model, coverage=coverage, per_class=per_class, calibration=calibration.value
            ),
            Part.unfamiliar: lambda: bench.unfamiliar(model),
            Part.noise: lambda: bench.noise_sweep(model),
            Part.epochs: lambda: bench.epochs(model),
            Part.files: lambda: bench.written_files(model),
        }
        found = asks[part]()
        told = {column: found[column].tolist() for column in found.columns} if part is Part.epochs else found
        show({"model": model, part.value: told}, as_json=as_json, words=lambda: _WORDS[part](found))


def _share(found: "Bounds") -> str | None:
    if found.value is None:
        return None
    spread = "" if found.low is None or found.high is None else f" ({found.low:.1%} to {found.high:.1%})"
    return f"{found.value:.1%}{spread}"


def _number(found: "Bounds") -> str | None:
    if found.value is None:
        return None
    spread = "" if found.low is None or found.high is None else f" ({found.low:.3f} to {found.high:.3f})"
    return f"{found.value:.3f}{spread}"


def _scores(found: Any) -> None:
    rows = [
        (one.title, *(shown(of) for of in (one.recording, one.window, one.baseline_recording, one.baseline_window)))
        for one in found.scores
        for shown in (_share if one.share else _number,)
    ]
    beside = found.baseline.replace("_", " ").capitalize()
    table(("Measure", "Recordings", "Windows", beside, f"{beside}, windows"), rows, right=(1, 2, 3, 4))


def _curves(found: Any) -> None:
    areas: dict[str, dict[str, str | None]] = {}
    for one in found.curves:
        areas.setdefault(one.name, {})[one.kind] = _number(one.area)
    rows = [(name, of["roc"], of["precision_recall"]) for name, of in areas.items()]
    table(("Class", "Area under ROC", "Average precision"), rows, right=(1, 2))


def _classes(found: Any) -> None:
    for one in found:
        say(one.words)
    rows = [(one.name, one.tested, *map(_share, (one.precision, one.recall, one.f1))) for one in found]
    table(("Class", "Tested", "Precision", "Recall", "F1"), rows, right=(1, 2, 3, 4))


def _conditions(found: Any) -> None:
    for condition in found:
        say(f"{condition.condition}: {condition.words}")
        rows = [(one.value, f"{one.right} of {one.tested}", _share(one.accuracy)) for one in condition.scores]
        if rows:
            table(("", f"Right ({condition.level}s)", "Share"), rows, right=(1, 2))


def _mistakes(found: Any) -> None:
    say(f"{found.wrong} of {found.tested} recordings wrong.")
    for title, listed in (("Surest mistakes", found.confident), ("Hardest", found.hardest)):
        rows = [
            (one.recording, one.true, one.predicted, f"{one.confidence:.0%}", f"{one.probability_of_truth:.0%}")
            for one in listed
        ]
        table((title, "Is", "Called", "Probability", "Of the truth"), rows, right=(3, 4))


def _reliability(found: Any) -> None:
    say(found.advice)
    rows = [
        (one.title, _number(one.ece), _number(one.log_loss), _number(one.brier)) if not one.refused
        else (one.title, one.refused, None, None)
        for one in found.calibrations
    ]  # fmt: skip
    table(("Calibration", "ECE", "Log loss (nat)", "Brier score"), rows, right=(1, 2, 3))


def _sets(found: Any) -> None:
    say(found.statement)
    say(
        f"Held by {_share(found.covered)} of {found.recordings} sets; {found.mean_size:.2f} classes on average; one "
        f"class in {found.one:.1%}, don't know in {found.unknown:.1%}."
    )


def _noise(found: Any) -> None:
    if found is None or not found.levels:
        say("Not tested with noise; start it with --run." if found is None else f"Job {found.job_id}: {found.state}.")
        return
    say(found.words)
    say(f"Refitted models say without noise what the experiment said of {found.as_before} of {found.tested}.")
    rows = [
        ("as recorded" if one.snr_db is None else f"{one.snr_db:g} dB", f"{one.right} of {one.tested}",
         _share(one.accuracy))
        for one in found.levels
    ]  # fmt: skip
    table(("Signal to added noise", "Right", "Share"), rows, right=(1, 2))


def _epochs(found: Any) -> None:
    if found.empty:
        say("This model has no epochs: it is fitted in one go.")
        return
    columns = ["part", "epoch", "train_loss", "valid_loss", "valid_record_accuracy", "best"]
    table(columns, [tuple(row) for row in found[columns].itertuples(index=False)], right=(1, 2, 3, 4))


def _files(found: Any) -> None:
    rows = [(one.what, one.id[:16], f"{one.bytes:,}", one.checksum[:16], one.detail) for one in found]
    table(("What", "Id", "Bytes", "Checksum", ""), rows, right=(2,))


_WORDS: dict[Part, Callable[[Any], None]] = {
    Part.scores: _scores,
    Part.curves: _curves,
    Part.classes: _classes,
    Part.conditions: _conditions,
    Part.mistakes: _mistakes,
    Part.reliability: _reliability,
    Part.sets: _sets,
    Part.unfamiliar: lambda found: say(found.words),
    Part.noise: _noise,
    Part.epochs: _epochs,
    Part.files: _files,
}
