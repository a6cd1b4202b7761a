"""`pfd experiments …`: list, search, show and order experiments; `pfd train` starts them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json, Tags, Untags
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

experiments = typer.Typer(no_args_is_help=True, help="Experiments: list, search, show, order; pfd train starts them.")
app.add_typer(experiments, name="experiments")

ExperimentId = Annotated[str, typer.Argument(metavar="ID", help="Id of an experiment, or the beginning of one.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of experiments.")]


@experiments.command("list")
def list_experiments(
    context: typer.Context,
    search: Annotated[str, typer.Argument(help="Words that they must have.")] = "",
    query: Annotated[str, typer.Option(help="A condition: 'record_accuracy > 0.9 and model = cnn_1d'.")] = "",
    state: Annotated[list[str] | None, typer.Option("--state", help="Only in this state.")] = None,
    model: Annotated[list[str] | None, typer.Option("--model", help="Only with this model.")] = None,
    dataset: Annotated[str, typer.Option(help="Only on this dataset.")] = "",
    folder: Annotated[str | None, typer.Option(help="Only in or below this folder; '' for those in none.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only with this tag.")] = None,
    column: Annotated[list[str] | None, typer.Option("--column", help="Show a number, as valid_loss.min.")] = None,
    sort: Annotated[str, typer.Option(help="A column or a number to sort by; a minus turns it round.")] = "-created_at",
    archived: Annotated[bool, typer.Option("--archived", help="The archived ones.")] = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that can be restored.")] = False,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """List experiments, newest first unless another order is asked for."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.experiments(
            search=search,
            query=query,
            state=state or (),
            model=model or (),
            dataset=dataset,
            folder=folder,
            tags=tag or (),
            columns=column or (),
            sort=sort,
            archived=archived,
            deleted=deleted,
            offset=offset,
            limit=limit,
        )
        told = {"experiments": found.rows, "total": found.total}
        show(told, as_json=as_json, words=lambda: list_rows(found.rows, found.total, column or ()))


def list_rows(rows: Sequence[Any], total: int, columns: Sequence[str]) -> None:
    """Experiments as a table; an accuracy never stands without its split."""
    headers = ("Id", "Name", "State", "Model", "Dataset", "Recordings right", "Split", *columns)
    lines = [
        (
            one.id[:8],
            one.name,
            one.state,
            one.model,
            one.dataset,
            accuracy_of(one),
            one.split_text,
            *(None if (value := one.values[name]) is None else f"{value:.4g}" for name in columns),
        )
        for one in rows
    ]
    table(headers, lines, right=(5, *range(7, 7 + len(columns))))
    if total > len(rows):
        say(f"{len(rows)} of {total}; more with --offset and --limit.")


def accuracy_of(one: Any) -> str | None:
    """Mean over the seeds, with their standard deviation where there are several."""
    if one.record_accuracy is None:
        return None
    spread = "" if one.record_accuracy_sd is None else f" ± {100 * one.record_accuracy_sd:.1f} points"
    return f"{one.record_accuracy:.1%}{spread}"


@experiments.command("show")
def show_experiment(context: typer.Context, experiment: ExperimentId, as_json: Json = False) -> None:
    """One experiment with its runs, the models they left and what was measured."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.experiment(experiment)
        told = {
            "experiment": found.experiment,
            "runs": found.runs,
            "models": [one.reference for one in found.models],
            "summaries": found.summaries,
        }

        def words() -> None:
            one = found.experiment
            say(f"{one.name}: {one.model} on {one.dataset}, {one.split_text}; {one.state}")
            if accuracy := accuracy_of(one):
                say(f"{accuracy} of recordings right")
            lines = [
                (run.number, run.seed, run.state, accuracy_of_run(run), run.model, run.message) for run in found.runs
            ]
            table(("Run", "Seed", "State", "Recordings right", "Model", "Why"), lines, right=(0, 1, 3))

        show(told, as_json=as_json, words=words)


def accuracy_of_run(run: Any) -> str | None:
    """The share of recordings right of one run."""
    return None if run.record_accuracy is None else f"{run.record_accuracy:.1%}"


@experiments.command("history")
def experiment_history(
    context: typer.Context,
    experiment: ExperimentId,
    run: Annotated[int | None, typer.Option(min=1, help="Only of this run.")] = None,
    name: Annotated[list[str] | None, typer.Option("--name", help="Only this number, as valid_loss.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a CSV file instead.")] = None,
    as_json: Json = False,
) -> None:
    """What the runs measured, epoch by epoch."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        frame = bench.experiment_history(experiment, run=run, names=name)
        if csv is not None:
            frame.to_csv(csv, index=False)
            show({"file": csv}, as_json=as_json, words=lambda: say(f"Written: {csv}"))
            return
        lines = list(frame.itertuples(index=False, name=None))
        told = [dict(zip(frame.columns, line, strict=True)) for line in lines]
        show({"history": told}, as_json=as_json, words=lambda: table(tuple(frame.columns), lines, right=(0, 1, 3, 5)))


@experiments.command("settings")
def experiment_settings(context: typer.Context, experiment: ExperimentId, as_json: Json = False) -> None:
    """What would have to be asked to make the same experiment again."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.experiment_settings(experiment)
        lines = [(name, str(value)) for name, value in found.items()]
        show(found, as_json=as_json, words=lambda: table(("Setting", "Value"), lines))


@experiments.command("change")
def change_experiments(
    context: typer.Context,
    ids: Ids,
    name: Annotated[str | None, typer.Option(help="What they are called.")] = None,
    notes: Annotated[str | None, typer.Option(help="New notes.")] = None,
    folder: Annotated[str | None, typer.Option(help="Folder to move them to; '' is the top.")] = None,
    tag: Tags = None,
    untag: Untags = None,
    visibility: Annotated[str | None, typer.Option(help="Who sees them: team or private.")] = None,
    as_json: Json = False,
) -> None:
    """Rename, describe, move, tag or share experiments."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        chosen = [bench.experiment(one).experiment.id for one in ids]
        rows = None
        if name is not None:
            rows = bench.rename_experiments(chosen, name)
        if notes is not None:
            rows = bench.describe_experiments(chosen, notes)
        if folder is not None:
            rows = bench.move_experiments(chosen, folder)
        if tag or untag:
            rows = bench.tag_experiments(chosen, add=tag or (), remove=untag or ())
        if visibility is not None:
            rows = bench.share_experiments(chosen, visibility)
        if rows is None:
            stop("nothing was to be changed", "Say what: --name, --folder, --tag …", as_json=as_json, status=Exit.USAGE)
        done("Changed", rows, as_json=as_json)


@experiments.command("archive")
def archive_experiments(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Take experiments out of the usual lists."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        chosen = [bench.experiment(one).experiment.id for one in ids]
        done("Archived", bench.archive_experiments(chosen), as_json=as_json)


@experiments.command("unarchive")
def unarchive_experiments(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Bring archived experiments back into the usual lists."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        chosen = [bench.experiment(one).experiment.id for one in ids]
        done("Listed again", bench.unarchive_experiments(chosen), as_json=as_json)


@experiments.command("delete")
def delete_experiments(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Delete experiments that have ended; they can be restored for 30 days, and their models stay."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        chosen = [bench.experiment(one).experiment.id for one in ids]
        done("Deleted", bench.delete_experiments(chosen), as_json=as_json)


@experiments.command("restore")
def restore_experiments(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Bring deleted experiments back, by their whole ids."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        done("Restored", bench.restore_experiments(ids), as_json=as_json)


def done(what: str, rows: Sequence[Any], *, as_json: bool) -> None:
    """Say which experiments were changed."""
    names = ", ".join(f"{one.name} ({one.id[:8]})" for one in rows)
    show({"experiments": rows}, as_json=as_json, words=lambda: say(f"{what}: {names}."))
