"""How answers travel: rows of tables as models, arrays as columns, long lists as pages; and back again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Self, get_args, get_origin, get_type_hints

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, TypeAdapter, WithJsonSchema, create_model

from data_catalog.schema import (
    Base,
    Dataset,
    DatasetVersion,
    Job,
    JobEvent,
    ModelVersion,
    Prediction,
    StageChange,
    Upload,
)

SHOWN: tuple[type[Base], ...] = (
    Dataset,
    DatasetVersion,
    Job,
    JobEvent,
    ModelVersion,
    Prediction,
    StageChange,
    Upload,
)
"""Tables whose rows may be answered as they are; any other is refused, so that no secret leaves by accident."""


class Answer(BaseModel):
    """Base of answers that are declared here."""

    model_config = ConfigDict(from_attributes=True, arbitrary_types_allowed=True)


@dataclass(frozen=True)
class Page[Item]:
    """One slice of a list: pass `next` as ``cursor`` for the following one, None at the end; `total` counts all."""

    items: list[Item]
    total: int
    next: str | None = None


@dataclass(frozen=True)
class FileAnswer:
    """An answer that is a file: its place on this machine, and the name it is offered under."""

    path: str
    name: str
    media_type: str


def _as_array(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    made = np.array([np.nan if one is None else one for one in value])
    return made if made.size else made.astype(float)


Column = Annotated[
    np.ndarray,
    BeforeValidator(_as_array),
    PlainSerializer(lambda values: values.tolist(), return_type=list, when_used="json"),
    WithJsonSchema({"type": "array", "items": {"type": ["number", "null"]}}),
]
"""An array that is a column of the answer; NaN is null in JSON."""


class Columnar(Answer):
    """An answer of columns of one length, and what is said about all of them.

    JSON has every field by name. Arrow has the columns as columns and the rest as JSON in the schema's metadata under
    ``about``. NPY has the columns only: one as a plain array, several as a structured one.
    """

    def columns(self) -> dict[str, np.ndarray]:
        """The columns by name."""
        return {name: value for name, value in self if isinstance(value, np.ndarray)}

    def about(self) -> dict[str, Any]:
        """Everything that is no column, as JSON types."""
        told: dict[str, Any] = json.loads(self.model_dump_json(exclude=set(self.columns())))
        return told

    @classmethod
    def of(cls, columns: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> Self:
        """The answer that `columns` and `about` told."""
        return cls(**{**about, **columns})


class Table(Columnar):
    """Columns whose names are not known beforehand."""

    data: dict[str, Column]

    def columns(self) -> dict[str, np.ndarray]:
        return dict(self.data)

    def about(self) -> dict[str, Any]:
        return {}

    @classmethod
    def of(cls, columns: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> Self:
        return cls(data=dict(columns), **about)


class RowModel(Answer):
    """Base of the models made from tables."""

    table: ClassVar[type[Base]]


@cache
def mirrored(table: type[Base]) -> type[RowModel]:
    """The model of a table's rows, field by field."""
    if table not in SHOWN:
        raise TypeError(f"rows of {table.__name__} are not shown")
    columns = {name: get_args(hint)[0] for name, hint in get_type_hints(table).items() if name in table.__table__.c}
    fields: dict[str, Any] = {name: (annotation, ...) for name, annotation in columns.items()}
    made = create_model(table.__name__, __base__=RowModel, __doc__=table.__doc__, **fields)
    made.table = table
    return made


def wire(annotation: Any) -> Any:
    """The type that travels for a type that a service answers."""
    if isinstance(annotation, type) and issubclass(annotation, Base):
        return mirrored(annotation)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (list, dict, Page):
        return origin[tuple(map(wire, inner))]
    return annotation


@cache
def adapter(annotation: Any) -> TypeAdapter[Any]:
    """Encodes, decodes and describes answers of a type."""
    return TypeAdapter(wire(annotation))


def told(value: Any) -> Any:
    """An answer with its rows as models."""
    if isinstance(value, Base):
        return mirrored(type(value)).model_validate(value)
    if isinstance(value, Page):
        return Page([told(one) for one in value.items], value.total, value.next)
    if isinstance(value, list):
        return [told(one) for one in value]
    return value


def revived(value: Any) -> Any:
    """An answer with its models as rows again."""
    if isinstance(value, RowModel):
        return value.table(**dict(value))
    if isinstance(value, Page):
        return Page([revived(one) for one in value.items], value.total, value.next)
    if isinstance(value, list):
        return [revived(one) for one in value]
    return value


def encode(annotation: Any, value: Any) -> bytes:
    """An answer as JSON; what is not a finite number becomes null."""
    return adapter(annotation).dump_json(told(value), fallback=_plain)


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy as plain ones."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} cannot be answered")


def decode(annotation: Any, body: bytes) -> Any:
    """The answer that a JSON body tells."""
    return revived(adapter(annotation).validate_json(body))


def as_json_value(annotation: Any, value: Any) -> Any:
    """An answer as plain JSON types."""
    return json.loads(encode(annotation, value))
