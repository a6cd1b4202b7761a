"""What the names of a query mean: columns of members and what belongs to them, as conditions in SQL.

A condition on a value that is not known does not hold, and its negation does: ``not fault:inner`` finds signals without
a label too. ``fault:none`` finds those alone.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import itemgetter
from typing import Any, cast

from rapidfuzz import process
from sqlalchemy import ColumnElement, Float, Table, and_, literal, not_, null, or_, select
from sqlalchemy import cast as sql_cast

from data_catalog.decided import Decided
from data_catalog.errors import CatalogError
from data_catalog.marks import AGREEMENTS, MARKED, Marks
from data_catalog.packed_numbers import PackedNumbers
from data_catalog.quality import FLAGS, of_signal
from data_catalog.query_named import Condition, Named, compared, ranged, require_equality
from data_catalog.query_text import And, Compare, Node, Not, Or, QueryError, Range, Text
from data_catalog.query_values import asks_none, number_of
from data_catalog.schema import Member, Recording, Signal, Tag

_COST_OF_DECIDED = 1
_MARK_EXAMPLE = "quality:clipped or agreement:disagree"

Features = Mapping[str, PackedNumbers]


def _of_recording(condition: Condition) -> Condition:
    return Member.recording_id.in_(select(Recording.id).where(condition).correlate(None))


def _column(name: str, of: type[Member | Signal | Recording | Tag] = Member) -> ColumnElement[Any]:
    return cast("ColumnElement[Any]", getattr(of, name))


_WORDS = {
    "recording": "name of the recording",
    "channel": "channel",
    "fault": "label",
    "position": "where the fault or the sensor sits",
    "severity": "severity of the fault",
    "bearing": "designation of the bearing",
    "asset": "machine",
    "unit": "unit of the samples",
    "notes": "notes",
    "rate_source": "where the sampling rate came from",
    "speed_source": "where the speed came from",
}
_NUMBERS = {
    "fault_size": "size of the fault, inch",
    "load": "load, in the unit of its source",
    "rate_hz": "sampling rate, Hz",
    "speed_rpm": "shaft speed, rpm",
    "length": "samples",
    "rms": "RMS, in the unit of the signal",
    "peak": "largest absolute sample, in the unit of the signal",
    "crest_factor": "peak over RMS",
    "kurtosis": "excess kurtosis",
}
_OF_SAMPLES = {
    "mean": "mean, in the unit of the signal",
    "nan_count": "samples that are not a number",
    "clipped_fraction": "share of samples at the end of the scale, 0 to 1",
}

NAMES: Mapping[str, Named] = {
    **{name: Named("word", meaning, _column(name)) for name, meaning in _WORDS.items()},
    "id": Named("word", "id of the signal", _column("signal_id")),
    **{
        name: Named("number", meaning, _column(name), bool(Member.__table__.columns[name].nullable))
        for name, meaning in _NUMBERS.items()
    },
    "duration_s": Named("number", "duration, s", sql_cast(Member.length, Float) / Member.rate_hz, gaps=False),
    **{
        name: Named("number", meaning, _column(name, Signal), within=of_signal) for name, meaning in _OF_SAMPLES.items()
    },
    "date": Named("date", "when it was recorded (UTC)", _column("started_at", Recording), within=_of_recording),
    "imported": Named("date", "when it was imported (UTC)", _column("created_at", Recording), within=_of_recording),
    "tag": Named("word", "tag on the signal", _column("tag", Tag)),
    "agreement": Named("word", f"what a model said when it had not seen the signal: {', '.join(AGREEMENTS)}", null()),
    "quality": Named("word", f"what may be wrong with the samples: {', '.join(FLAGS)}", null()),
}
"""What a query can name besides features."""


def condition(node: Node, features: Features, marks: Marks | None = None) -> Condition:
    """A tree as a condition on members.

    Parameters
    ----------
    node
        The tree.
    features
        Features of the dataset, by name.
    marks
        Marks of the members of one version; flags are asked of the samples without.

    Raises
    ------
    QueryError
        A name is unknown, or is compared with what it cannot be compared with.
    """
    found = _decided(node, features, marks)
    if found is not None:
        return found.in_sql()
    if isinstance(node, Not):
        return not_(condition(node.of, features, marks))
    if isinstance(node, And | Or):
        return _joined(node, features, marks)
    if isinstance(node, Text):
        words = node.word.text.casefold().split()
        return and_(literal(True), *(Member.search.contains(word, autoescape=True) for word in words))
    named = _named(node, features)
    if isinstance(node, Range):
        return ranged(node, named)
    special = _SPECIAL.get(node.name)
    if special:
        return special(node, marks)
    return compared(node, named)


def _joined(node: And | Or, features: Features, marks: Marks | None) -> Condition:
    """Parts of one tree: those that are decided beside the database as one, which is cheap to ask."""
    tried = [(part, _decided(part, features, marks)) for part in node.parts]
    asked = [(cost(part), condition(part, features, marks)) for part, found in tried if found is None]
    known = [found for _, found in tried if found is not None]
    if known:
        asked.append((_COST_OF_DECIDED, _together(node, known).in_sql()))
    # what is cheap to ask spares asking the rest
    ordered = [one for _, one in sorted(asked, key=itemgetter(0))]
    return and_(*ordered) if isinstance(node, And) else or_(*ordered)


def _decided(node: Node, features: Features, marks: Marks | None) -> Decided | None:
    """A tree that asks of features and marks alone; None for another."""
    if isinstance(node, Not):
        found = _decided(node.of, features, marks)
        return None if found is None else ~found
    if isinstance(node, And | Or):
        parts = [_decided(part, features, marks) for part in node.parts]
        known = [part for part in parts if part is not None]
        return _together(node, known) if len(known) == len(parts) else None
    if isinstance(node, Text):
        return None
    if node.name not in NAMES and node.name in features:
        return _of_feature(node, features[node.name])
    if isinstance(node, Compare) and node.name in MARKED and marks is not None:
        return _of_mark(node, marks)
    return None


def _together(node: And | Or, parts: Sequence[Decided]) -> Decided:
    return reduce(Decided.__and__ if isinstance(node, And) else Decided.__or__, parts)


def between(name: str, low: Any, high: Any, features: Features) -> Condition:
    """Members whose named number or date lies between two bounds, both included; None: no bound.

    Raises
    ------
    CatalogError
        No number or date has that name.
    """
    if name not in NAMES and name in features:
        return features[name].between(low, high).in_sql()
    asked = Range(name, "" if low is None else str(low), "" if high is None else str(high))
    try:
        return ranged(asked, _named(asked, features))
    except QueryError as error:
        raise CatalogError(error.said, hint=error.hint) from error


def cost(node: Node) -> int:
    """How much a condition costs for each row, as an order: columns, then features and words, then other tables."""
    if isinstance(node, Compare | Range):
        named = NAMES.get(node.name)
        if named is None:
            return 1
        return 3 if named.within or node.name in _SPECIAL else 1 if named.kind == "word" else 0
    if isinstance(node, Text):
        return 2
    return max(map(cost, node.parts)) if isinstance(node, And | Or) else cost(node.of)


def _named(node: Compare | Range, features: Features) -> Named:
    found = NAMES.get(node.name)
    if found is None:
        raise QueryError(f"no value is called {node.name!r}", node.at, hint=_nearest(node.name, features))
    return found


def _nearest(asked: str, features: Features) -> str:
    known = [*NAMES, *(name for name in features if name not in NAMES)]
    near = [name for name, _, _ in process.extract(asked.casefold(), known, limit=3, score_cutoff=50)]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(known)}"


def _of_feature(node: Compare | Range, numbers: PackedNumbers) -> Decided:
    if isinstance(node, Range):
        low, high = (number_of(node.name, bound, node.value_at) if bound else None for bound in (node.low, node.high))
        return numbers.between(low, high)
    if asks_none(node):
        return numbers.is_unknown() if node.operator != "!=" else ~numbers.is_unknown()
    given = number_of(node.name, node.value.text, node.value.at)
    return numbers.compare("=" if node.operator == ":" else node.operator, given)


def _of_mark(node: Compare, marks: Marks) -> Decided:
    require_equality(node, _MARK_EXAMPLE)
    found = _refused_at(node, lambda: marks.condition(node.name, [None if asks_none(node) else node.value.text]))
    return ~found if node.operator == "!=" else found


def carrying(wanted: Callable[[ColumnElement[str]], Condition] | None = None) -> Condition:
    """Members whose signal carries a tag that meets a condition; any tag without one.

    Asked from the tags' side: the index that pages are read from knows ids of members, not of signals. Tables are
    named, because a session that may not see everything limits classes; the member that is asked for is limited.
    """
    carrier, tag = (cast("Table", one.__table__).alias() for one in (Member, Tag))
    tagged = select(carrier.c.id).join(tag, tag.c.subject_id == carrier.c.signal_id)
    tagged = tagged.where(tag.c.subject_kind == "signal")
    return Member.id.in_((tagged.where(wanted(tag.c.tag)) if wanted else tagged).correlate(None))


def marked(marks: Marks | None, facet: str, values: Sequence[str | None]) -> Condition:
    """Members that carry one of the values of a facet of marks; None: none of them.

    Raises
    ------
    CatalogError
        There is no such value, or what carries the marks was not read.
    """
    if marks is not None:
        return marks.condition(facet, values).in_sql()
    if facet != "quality":
        raise CatalogError(f"{facet} is asked of one dataset", hint="choose a dataset first")
    every = [flag.condition() for flag in FLAGS.values() if flag.condition]
    return or_(*(not_(or_(*every)) if one is None else _flag(one) for one in values))


def _flag(name: str) -> Condition:
    if name not in FLAGS:
        raise CatalogError(f"no quality is called {name!r}", hint=f"there are: {', '.join(FLAGS)}")
    made = FLAGS[name].condition
    if made is None:
        raise CatalogError(f"{name} is asked of one dataset", hint="choose a dataset first")
    return made()


def _refused_at[T](node: Compare, ask: Callable[[], T]) -> T:
    """What `ask` answers; what it refuses is refused at the place of the value."""
    try:
        return ask()
    except CatalogError as error:
        raise QueryError(str(error), node.value.at, hint=error.hint) from error


def _marked(node: Compare, marks: Marks | None) -> Condition:
    require_equality(node, _MARK_EXAMPLE)
    found = _refused_at(node, lambda: marked(marks, node.name, [None if asks_none(node) else node.value.text]))
    return not_(found) if node.operator == "!=" else found


def _tagged(node: Compare, _marks: Marks | None) -> Condition:
    require_equality(node, "tag:checked")
    found = not_(carrying()) if asks_none(node) else carrying(lambda tag: tag == node.value.text)
    return not_(found) if node.operator == "!=" else found


_SPECIAL: Mapping[str, Callable[[Compare, Marks | None], Condition]] = {
    "tag": _tagged,
    "quality": _marked,
    "agreement": _marked,
}
