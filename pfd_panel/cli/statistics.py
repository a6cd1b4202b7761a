"""`pfd statistics …`: how features are distributed, hang together, tell classes apart, and drift."""

from enum import StrEnum
from typing import Annotated

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import say, show, spoken_errors, table
from pfd_panel.cli.signals import Query


class MethodName(StrEnum):
    """Rankings; written out, because what computes them takes long to import."""

    anova = "anova"
    mutual_information = "mutual_information"
    mrmr = "mrmr"


class KindName(StrEnum):
    """Correlations."""

    pearson = "pearson"
    spearman = "spearman"


statistics = typer.Typer(no_args_is_help=True, help="Say how features are distributed and what tells classes apart.")
app.add_typer(statistics, name="statistics")


@statistics.command()
def rank(
    context: typer.Context,
    dataset: str,
    method: Annotated[MethodName, typer.Option(help="By what.")] = MethodName.anova,
    target: Annotated[str, typer.Option(help="What parts the signals into classes.")] = "fault",
    seed: Annotated[int, typer.Option(help="Of what is drawn at random.")] = 0,
    query: Query = "",
    as_json: Json = False,
) -> None:
    """Rank features by how well they tell the classes apart."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.rank_features(dataset, method=method.value, target=target, seed=seed, query=query)
        told = [{"feature": name, "score": score} for name, score in found]
        cells = [(name, f"{score:.4g}") for name, score in found]
        show(
            {"method": method.value, "features": told}, as_json=as_json, words=lambda: table(_RANKED, cells, right=(1,))
        )


_RANKED = ("Feature", "Score")


@statistics.command()
def distribution(
    context: typer.Context,
    dataset: str,
    feature: str,
    log: Annotated[bool, typer.Option("--log", help="On a logarithmic axis.")] = False,
    target: Annotated[str, typer.Option(help="What parts the signals into classes.")] = "fault",
    query: Query = "",
    as_json: Json = False,
) -> None:
    """Show how a feature is distributed in each class; --json has bins, densities and distribution functions."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.feature_distribution(dataset, feature, target=target, log=log, query=query)
        cells = []
        for one in found.classes:
            at = [next(x for x, y in zip(one.steps_at, one.steps, strict=True) if y >= share) for share in _SHARES]
            cells.append((one.label, one.count, *(f"{value:.4g}" for value in at)))
        headers = ("Class", "Signals", "Least", "25 %", "Median", "75 %", "Greatest")
        show(found, as_json=as_json, words=lambda: table(headers, cells, right=tuple(range(1, 7))))


_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@statistics.command()
def correlate(
    context: typer.Context,
    dataset: str,
    features: Annotated[list[str] | None, typer.Argument(metavar="[FEATURE…]")] = None,
    kind: Annotated[KindName, typer.Option(help="A straight line, or any rising or falling curve.")] = KindName.pearson,
    query: Query = "",
    as_json: Json = False,
) -> None:
    """Show the pairs of features that hang together most; --json has the whole matrix."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.feature_correlation(dataset, features or (), kind=kind.value, query=query)
        pairs = [
            (found.features[row], found.features[column], value)
            for row, values in enumerate(found.coefficients)
            for column, value in enumerate(values[:row])
        ]
        pairs.sort(key=lambda pair: -abs(pair[2]))
        cells = [(first, second, f"{value:+.3f}") for first, second, value in pairs[:30]]
        show(found, as_json=as_json, words=lambda: table(("Feature", "Feature", "r"), cells, right=(2,)))


@statistics.command()
def drift(
    context: typer.Context,
    dataset: str,
    before: Annotated[int, typer.Argument(help="Number of the earlier version.")],
    after: Annotated[int, typer.Argument(help="Number of the later version.")],
    as_json: Json = False,
) -> None:
    """Say what changed between two versions of a dataset."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.compare_versions(dataset, before, after)

        def words() -> None:
            say(found.verdict)
            table(("Class", "Before", "After"), found.classes, right=(1, 2))
            cells = [
                (one.name, one.word, f"{one.statistic:.3f}", f"{one.p_value:.2g}", f"{one.stability_index:.3f}")
                for one in found.features
                if one.statistic is not None
            ]
            table(("Feature", "Verdict", "KS", "p", "PSI"), cells, right=(2, 3, 4))

        show(found, as_json=as_json, words=words)


@statistics.command()
def rates(
    context: typer.Context,
    dataset: str,
    most: Annotated[int, typer.Option(min=1, help="Most signals that are checked now.")] = 500,
    as_json: Json = False,
) -> None:
    """Check sampling rates against the spectra of signals that were not checked yet, and list those in doubt."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.check_rates(dataset, most=most)

        def words() -> None:
            say(f"{found.checked} of {found.signals} sampling rates checked, {len(found.doubted)} doubted.")
            for signal_id, reasons in found.doubted.items():
                say(f"  {signal_id}: {'; '.join(reasons)}")

        show(found, as_json=as_json, words=words)
