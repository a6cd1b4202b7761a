"""How a named value of a query is compared: words, numbers and dates, as conditions in SQL.

A condition on a value that is not known does not hold, and its negation does.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Float, SQLColumnExpression, and_, func, literal, not_, or_

from data_catalog.query_text import Compare, QueryError, Range
from data_catalog.query_values import asks_none, moment_of, number_of

Condition = ColumnElement[bool]
Within = Callable[[Condition], Condition]


@dataclass(frozen=True)
class Named:
    """What a name of a query stands for.

    Attributes
    ----------
    kind : str
        ``word``, ``number`` or ``date``: how it is compared.
    meaning : str
        What it is, in words, with its unit.
    column : SQLColumnExpression
        Its values.
    gaps : bool
        Whether some rows have none.
    within : callable, optional
        Makes a condition on the column one on the rows that are asked for, where the column belongs to another table.
    """

    kind: str
    meaning: str
    column: SQLColumnExpression[Any]
    gaps: bool = True
    within: Within | None = None


def ranged(node: Range, named: Named) -> Condition:
    """A named value between two others, both included."""
    if named.kind == "word":
        raise QueryError(f"{node.name} is a word and has no range", node.at, hint=f"write {node.name}:…")
    bounds = []
    if node.low:
        low = number_of(node.name, node.low, node.value_at) if named.kind == "number" else moment_of(node, node.low)[0]
        bounds.append(named.column >= low)
    if node.high:
        number = named.kind == "number"
        high = number_of(node.name, node.high, node.value_at) if number else moment_of(node, node.high)[1]
        bounds.append(named.column <= high if number else named.column < high)
    known = [named.column.is_not(None)] if named.gaps else [literal(True)]
    return _on_rows(and_(*known, *bounds), named)


def compared(node: Compare, named: Named) -> Condition:
    """A named value against a given one; ``none`` stands for not known."""
    column = named.column
    if asks_none(node):
        unknown = or_(column.is_(None), column == "") if named.kind == "word" else column.is_(None)
        return _on_rows(not_(unknown) if node.operator == "!=" else unknown, named)
    if named.kind == "word":
        return _on_rows(and_(column.is_not(None), _worded(node, column)), named)
    if named.kind == "date":
        return _on_rows(and_(column.is_not(None), _dated(node, column)), named)
    given = literal(number_of(node.name, node.value.text, node.value.at), Float)
    found = _related(column, node.operator, given)
    return _on_rows(and_(column.is_not(None), found) if named.gaps else found, named)


def _on_rows(found: Condition, named: Named) -> Condition:
    return named.within(found) if named.within else found


def _worded(node: Compare, column: SQLColumnExpression[Any]) -> Condition:
    if node.operator == ":":
        wanted = node.value.text
        folded = func.lower(column).like(_pattern(wanted.lower()), escape="/")
        # SQLite folds the case of ASCII letters only: others are found as they are written
        return folded if wanted.isascii() else or_(folded, column.like(_pattern(wanted), escape="/"))
    if node.operator not in ("=", "!="):
        raise QueryError(
            f"{node.name} is a word: it cannot be {node.operator} another", node.at, hint="write it with : or = or !="
        )
    return _related(column, node.operator, node.value.text)


def _pattern(text: str) -> str:
    """What holds the text; a blank stands for an underscore too, with which labels are kept and without shown."""
    kept = text.replace("/", "//").replace("%", "/%")
    return f"%{kept.replace(' ', '_')}%"


def _dated(node: Compare, column: SQLColumnExpression[Any]) -> Condition:
    first, after = moment_of(node, node.value.text)
    whole = and_(column >= first, column < after)
    conditions: dict[str, Condition] = {
        ":": whole,
        "=": whole,
        "!=": not_(whole),
        "<": column < first,
        "<=": column < after,
        ">": column >= after,
        ">=": column >= first,
    }
    return conditions[node.operator]


def require_equality(node: Compare, example: str) -> None:
    """Refuse to compare by order what has none."""
    if node.operator not in (":", "=", "!="):
        raise QueryError(f"a {node.name} cannot be {node.operator} another", node.at, hint=f"write {example}")


_RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    ":": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _related(column: SQLColumnExpression[Any], relation: str, given: Any) -> Condition:
    return cast("Condition", _RELATIONS[relation](column, given))
