"""The controls of the generator as forms need them, read from the declarations of its configurations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from pipelines.generate import JournalConfig, RollingConfig

Kind = Literal["journal", "rolling"]
CONFIGS: Mapping[Kind, type[BaseModel]] = {"rolling": RollingConfig, "journal": JournalConfig}


@dataclass(frozen=True)
class Control:
    """One setting.

    Attributes
    ----------
    path : str
        Dotted name, ``noise.pink``.
    title : str
        What it does, for a person.
    section : str
        Description of the part it belongs to; empty on the top level.
    shape : {"number", "integer", "switch", "choice", "several", "text"}
        Which control fits.
    low, high : float or None
        Range of the value.
    needs : str
        Dotted name of the setting that must be on for this one to have an effect.
    choices : tuple of str
        What can be chosen.
    """

    path: str
    title: str
    section: str
    shape: str
    default: Any
    unit: str
    low: float | None
    high: float | None
    needs: str
    choices: tuple[str, ...]


@cache
def controls(kind: Kind) -> tuple[Control, ...]:
    """Every setting of a kind of bearing, in the order of its declaration."""
    return tuple(_walk(CONFIGS[kind], "", "", CONFIGS[kind]()))


def _walk(model: type[BaseModel], above: str, section: str, defaults: BaseModel) -> Iterator[Control]:
    for name, info in model.model_fields.items():
        value = getattr(defaults, name)
        if name == "kind":
            continue
        if isinstance(value, BaseModel):
            yield from _walk(type(value), f"{above}{name}.", info.description or name, value)
        else:
            yield _control(above, name, section, info, value)


def _control(above: str, name: str, section: str, info: FieldInfo, default: Any) -> Control:
    extra = info.json_schema_extra
    told: dict[str, Any] = dict(extra) if isinstance(extra, dict) else {}
    literal = get_args(info.annotation) if get_origin(info.annotation) is Literal else ()
    limits = {type(limit).__name__: limit for limit in info.metadata}
    low = limits.get("Ge") or limits.get("Gt")
    return Control(
        path=f"{above}{name}",
        title=info.description or name,
        section=section,
        shape=_shape(default, literal),
        default=default,
        unit=told.get("unit", ""),
        low=getattr(low, "ge", getattr(low, "gt", None)),
        high=getattr(limits.get("Le"), "le", None),
        needs=f"{above}{told['needs']}" if told.get("needs") else "",
        choices=tuple(literal or told.get("choices", ())),
    )


def _shape(default: Any, literal: tuple[Any, ...]) -> str:
    if literal:
        return "choice"
    by_type = {bool: "switch", int: "integer", float: "number", tuple: "several", str: "text"}
    return by_type[type(default)]


@cache
def _adapter(kind: Kind, path: str) -> TypeAdapter[Any]:
    model: type[BaseModel] = CONFIGS[kind]
    *above, last = path.split(".")
    for name in above:
        model = type(getattr(model(), name))
    info = model.model_fields[last]
    assert info.annotation is not None
    if info.metadata:
        return TypeAdapter(Annotated[info.annotation, *info.metadata])  # type: ignore[arg-type]  # built at run time
    return TypeAdapter(info.annotation)


def problem_of(kind: Kind, path: str, value: Any) -> str:
    """What is wrong with one value, in words; empty when it fits."""
    try:
        _adapter(kind, path).validate_python(value)
    except ValidationError as error:
        said = error.errors()[0]
        return f"{said['msg']}, not {value!r}."
    if isinstance(value, list | tuple) and not value and path.endswith(("classes", "severities")):
        return "Choose at least one."
    return ""


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """``{"noise.pink": 0.1}`` as ``{"noise": {"pink": 0.1}}``."""
    out: dict[str, Any] = {}
    for path, value in values.items():
        place = out
        *above, last = path.split(".")
        for name in above:
            place = place.setdefault(name, {})
        place[last] = value
    return out
