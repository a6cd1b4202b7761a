"""Many texts as one parameter of a statement: databases take no list of a hundred thousand parameters."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, String, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class _elements(GenericFunction[str]):  # noqa: N801 - the name of a function in SQL
    """One row for each text of a JSON list; databases call it differently."""

    type = String()
    inherit_cache = True


@compiles(_elements, "sqlite")
def _for_sqlite(element: Any, compiler: Any, **told: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **told)})"


@compiles(_elements, "postgresql")
def _for_postgresql(element: Any, compiler: Any, **told: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **told)} AS json))"


def listed(texts: Sequence[str]) -> Select[Any]:
    """A statement that selects `texts`, for ``column.in_(listed(texts))``."""
    rows = _elements(literal(json.dumps(list(texts)), String)).table_valued("value", name="listed")
    return select(rows.c.value)
