"""A model's declared parameters as form fields, and back from text."""

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from markupsafe import Markup
from pydantic.fields import FieldInfo

from pfd_panel.components.fields import field, fields, number_input, select, text_input
from pfd_panel.pages.result.words import column_words
from pipelines.learn import ModelDeclaration
from pipelines.training.declaring import Trainable


def _choices(annotation: Any) -> list[str]:
    """The values of a plain choice, in words; empty for anything that is typed in."""
    parts = get_args(annotation) if get_origin(annotation) is not Literal else (annotation,)
    found: list[str] = []
    for part in parts:
        if get_origin(part) is Literal:
            found += [str(value) for value in get_args(part)]
        elif part is type(None):
            found.append("")
        else:
            return []
    return found


def _limits(info: FieldInfo) -> tuple[float | None, float | None]:
    low = high = None
    for mark in info.metadata:
        low = getattr(mark, "ge", getattr(mark, "gt", low))
        high = getattr(mark, "le", getattr(mark, "lt", high))
    return low, high


def param_field(name: str, info: FieldInfo) -> Markup:
    """The field of one parameter: a choice, a number within its limits, or text."""
    help_text = (info.description or "").capitalize()
    choices = _choices(info.annotation)
    default = "" if info.default is None else str(info.default)
    label = column_words(name).capitalize()
    if choices:
        return field(label, select(f"param-{name}", [(one, one or "none") for one in choices], default), note=help_text)
    if info.annotation is bool:
        chosen = "yes" if info.default else "no"
        return field(label, select(f"param-{name}", [("yes", "yes"), ("no", "no")], chosen), note=help_text)
    if isinstance(info.default, tuple):
        listed = ", ".join(f"{one:g}" for one in info.default)
        return field(label, text_input(f"param-{name}", listed), note=f"{help_text}; numbers with commas between them")
    kinds = [part for part in (get_args(info.annotation) or (info.annotation,)) if part is not type(None)]
    if all(kind in (int, float) for kind in kinds):
        low, high = _limits(info)
        said = f"{help_text} ({low:g} to {high:g})." if low is not None and high is not None else help_text
        empty = "none" if info.default is None else ""
        return field(
            label,
            number_input(f"param-{name}", default, low=low, high=high, whole=kinds == [int], placeholder=empty),
            note=said,
        )
    return field(label, text_input(f"param-{name}", default), note=help_text)


def param_groups(declared: Trainable) -> Markup:
    """The fields of a model's parameters: all at once, or by what they are about where there are many."""
    infos = declared.params.model_fields
    if isinstance(declared, ModelDeclaration):
        return fields(*(param_field(name, info) for name, info in infos.items()))
    groups = [
        Markup('<details class="more"{}><summary>{}</summary>{}</details>').format(
            Markup(" open") if place == 0 else "", title, fields(*(param_field(name, infos[name]) for name in names))
        )
        for place, (title, names) in enumerate(declared.groups.items())
    ]
    return Markup("").join(groups)


def read_params(declared: Trainable, texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as values the model accepts.

    Raises
    ------
    InputError
        A value is outside its limits or not of its kind; every wrong one is named.
    """
    given: dict[str, Any] = {}
    for name, text in texts.items():
        info = declared.params.model_fields[name]
        optional = type(None) in get_args(info.annotation)
        if text.strip() == "":
            if optional:
                given[name] = None
            continue
        given[name] = text.strip()
        if isinstance(info.default, tuple):
            given[name] = [part.strip() for part in text.split(",")]
    checked = declared.validate({name: _number(value) for name, value in given.items()})
    return {name: getattr(checked, name) for name in given}


def _number(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    return int(number) if number.is_integer() else number
