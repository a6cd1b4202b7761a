"""What the names of a query on experiments mean: ``record_accuracy > 0.9 and model = cnn_1d``."""

from collections.abc import Collection, Mapping

from rapidfuzz import process
from sqlalchemy import and_, func, literal, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_catalog.errors import CatalogError
from data_catalog.query_named import Condition, Named, compared, ranged, require_equality
from data_catalog.query_text import And, Compare, Node, Not, Or, QueryError, Range, Text
from data_catalog.query_values import asks_none
from data_catalog.schema import Dataset, Experiment, ExperimentSummary, Tag

STATISTICS: Mapping[str, InstrumentedAttribute[float | None]] = {
    "last": ExperimentSummary.last,
    "best": ExperimentSummary.best,
    "min": ExperimentSummary.minimum,
    "max": ExperimentSummary.maximum,
}
"""What a list shows of a measured number, written after it: ``valid_loss.min``; without one the best is meant."""


def _of_dataset(condition: Condition) -> Condition:
    return Experiment.dataset_id.in_(select(Dataset.id).where(condition).correlate(None))


NAMES: Mapping[str, Named] = {
    "name": Named("word", "name", Experiment.name, gaps=False),
    "notes": Named("word", "notes", Experiment.notes, gaps=False),
    "folder": Named("word", "folder; none: at the top", Experiment.folder, gaps=False),
    "model": Named("word", "model, as cnn_1d", Experiment.model, gaps=False),
    "dataset": Named("word", "name of the dataset", Dataset.name, gaps=False, within=_of_dataset),
    "target": Named("word", "what is predicted", Experiment.target, gaps=False),
    "split": Named("word", "what the test was kept apart by", Experiment.split_text, gaps=False),
    "state": Named("word", "queued, running, paused, done, failed or cancelled", Experiment.state, gaps=False),
    "owner": Named("word", "who started it", Experiment.owner, gaps=False),
    "visibility": Named("word", "team or private", Experiment.visibility, gaps=False),
    "id": Named("word", "id of the experiment", Experiment.id, gaps=False),
    "tag": Named("word", "tag on the experiment", Tag.tag),
    "record_accuracy": Named("number", "share of recordings right, mean over seeds", Experiment.record_accuracy),
    "record_accuracy_sd": Named("number", "its standard deviation over seeds", Experiment.record_accuracy_sd),
    "seeds": Named("number", "number of seeds", Experiment.seeds, gaps=False),
    "dataset_version": Named("number", "version of the dataset", Experiment.dataset_version, gaps=False),
    "created": Named("date", "when it was started by somebody (UTC)", Experiment.created_at, gaps=False),
    "updated": Named("date", "when it last changed (UTC)", Experiment.updated_at, gaps=False),
    "started": Named("date", "when it began to run (UTC)", Experiment.started_at),
    "finished": Named("date", "when it ended (UTC)", Experiment.finished_at),
}
"""What a query can name besides what was measured."""


def condition(node: Node, session: Session, measured: Collection[str] = ()) -> Condition:
    """A tree as a condition on experiments.

    Parameters
    ----------
    session
        Asked whether anything was measured under a name that is not known otherwise.
    measured
        Names under which something may be measured.

    Raises
    ------
    QueryError
        A name is unknown, or is compared with what it cannot be compared with.
    """
    if isinstance(node, Not):
        return not_(condition(node.of, session, measured))
    if isinstance(node, And | Or):
        parts = [condition(part, session, measured) for part in node.parts]
        return and_(*parts) if isinstance(node, And) else or_(*parts)
    if isinstance(node, Text):
        return containing(node.word.text)
    if node.name == "tag":
        return _tagged(node)
    named = NAMES.get(node.name)
    if named is None:
        return _on_measured(node, session, measured)
    return ranged(node, named) if isinstance(node, Range) else compared(node, named)


def containing(text: str) -> Condition:
    """Experiments that have every word of a text in their own or their dataset's name, notes or configuration."""
    found: list[Condition] = [literal(True)]
    for word in text.casefold().split():
        named = func.lower(Dataset.name).contains(word, autoescape=True)
        found.append(or_(Experiment.search.contains(word, autoescape=True), _of_dataset(named)))
    return and_(*found)


def tagged(tag: str | None = None) -> Condition:
    """Experiments that carry a tag; any tag without one."""
    carrier = select(Tag.subject_id).where(Tag.subject_kind == "experiment")
    return Experiment.id.in_((carrier if tag is None else carrier.where(Tag.tag == tag)).correlate(None))


def measured_column(name: str) -> tuple[str, InstrumentedAttribute[float | None]]:
    """What ``valid_loss.min`` names: the number, and the column of its summary.

    Raises
    ------
    CatalogError
        Nothing like this stands after the name.
    """
    number, dot, statistic = name.rpartition(".")
    if not dot:
        number, statistic = name, "best"
    if statistic not in STATISTICS or not number:
        raise CatalogError(
            f"{name!r} is no summary of a measured number", hint=f"write {number or name}.{'|'.join(STATISTICS)}"
        )
    return number, STATISTICS[statistic]


def require_measured(
    session: Session, name: str, measured: Collection[str]
) -> tuple[str, InstrumentedAttribute[float | None]]:
    """As `measured_column`, of a number that is among `measured` or that some experiment has.

    Raises
    ------
    CatalogError
        There is none; the hint names the nearest.
    """
    number, column = measured_column(name)
    seen = select(ExperimentSummary.name).where(ExperimentSummary.name == number).limit(1)
    if number in measured or session.scalar(seen) is not None:
        return number, column
    known = list(dict.fromkeys([*NAMES, *measured, *session.scalars(select(ExperimentSummary.name).distinct())]))
    near = [one for one, _, _ in process.extract(name.casefold(), known, limit=3, score_cutoff=50)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
    raise CatalogError(f"no value is called {name!r}", hint=hint)


def _tagged(node: Compare | Range) -> Condition:
    if isinstance(node, Range):
        raise QueryError("a tag has no range", node.at, hint="write tag:checked")
    require_equality(node, "tag:checked")
    found = not_(tagged()) if asks_none(node) else tagged(node.value.text)
    return not_(found) if node.operator == "!=" else found


def _on_measured(node: Compare | Range, session: Session, measured: Collection[str]) -> Condition:
    try:
        number, column = require_measured(session, node.name, measured)
    except CatalogError as error:
        raise QueryError(str(error), node.at, hint=error.hint) from error

    def within(wanted: Condition) -> Condition:
        where = select(ExperimentSummary.experiment_id).where(ExperimentSummary.name == number, wanted)
        return Experiment.id.in_(where.correlate(None))

    asked = Named("number", "", column, within=within)
    if isinstance(node, Range):
        return ranged(node, asked)
    if asks_none(node):
        known = within(column.is_not(None))
        return known if node.operator == "!=" else not_(known)
    return compared(node, asked)
