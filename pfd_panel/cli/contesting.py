"""`pfd experiments compare`: experiments and model versions beside one another."""

from typing import TYPE_CHECKING, Annotated

import typer

from pfd_panel.cli.app import Globals
from pfd_panel.cli.experiments import experiments
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table

if TYPE_CHECKING:
    from pfd_panel.services.contesting import Contest, MeasureRow
    from pipelines.learn.contest import Measured


@experiments.command("compare")
def compare_experiments(
    context: typer.Context,
    references: Annotated[
        list[str],
        typer.Argument(metavar="REFERENCE…", help="2 to 10 experiments (id) or models (name:number)."),
    ],
    as_json: Json = False,
) -> None:
    """Compare experiments or model versions: measures, the paired test that fits, and what differs."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.contest(*references)
        show(found, as_json=as_json, words=lambda: told(found))


def told(found: "Contest") -> None:
    """A comparison in words and tables; a score never stands without how its test was kept apart."""
    for number, one in enumerate(found.entries, start=1):
        seeds = ", ".join(map(str, one.seeds)) or "none has ended"
        say(f"{number}  {one.name}: {one.title} on {one.dataset}, held out {one.split}, seeds {seeds}")
    headers = ("", *(str(number) for number in range(1, len(found.entries) + 1)))
    rows = [(row.title, *(_cell(row, value) for value in row.values)) for row in found.measures]
    table(headers, rows, right=range(1, len(headers)))
    if found.tests is not None:
        say(f"{found.tests.title}. {found.tests.why}")
        for text in (found.tests.words, *(pair.words for pair in found.tests.pairs), found.tests.correction):
            say(text)
        for caveat in found.tests.caveats:
            say(caveat)
    elif found.refusal is not None:
        say(f"{found.refusal.message}. {found.refusal.hint}")
    for note in found.notes:
        say(note)
    for reason in found.reasons:
        say(reason.text)
    say(f"{len(found.settings)} settings differ, {len(found.disagreements)} recordings are not agreed on.")


def _cell(row: "MeasureRow", value: "Measured") -> str:
    if value.value is None:
        return "–"
    shown = (lambda x: f"{x:.3f}") if row.unit else (lambda x: f"{x:.1%}")
    bounds = f" ({shown(value.low)} to {shown(value.high)})" if value.low is not None and value.high is not None else ""
    return f"{shown(value.value)}{bounds}"
