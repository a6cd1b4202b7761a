"""Declared settings as form fields, and back from text: every field, limit and help comes from the declaration."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

from markupsafe import Markup
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pfd_panel.components.fields import field, fields, number_input, select, text_input
from pfd_panel.pages.result.words import column_words
from pipelines.errors import InputError
from pipelines.learn import ModelDeclaration
from pipelines.training.declaring import Trainable

TOGETHER = ""
"""Under this name stands what is wrong with settings that do not go together."""


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


def _is_list(info: FieldInfo) -> bool:
    return any(get_origin(part) is tuple for part in (info.annotation, *get_args(info.annotation)))


def as_text(value: Any) -> str:
    """A value as it stands in its field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(f"{one:g}" if isinstance(one, int | float) else str(one) for one in value)
    return str(value)


def param_field(name: str, info: FieldInfo, text: str | None = None, wrong: str = "", *, send: str = "param") -> Markup:
    """The field of one parameter: a choice, a number within its limits, or text; `wrong` says what is the matter."""
    help_text = (info.description or "").capitalize()
    choices = _choices(info.annotation)
    shown = as_text(info.default) if text is None else text
    label = column_words(name).capitalize()
    sent = f"{send}-{name}"
    if choices:
        return field(label, select(sent, [(one, one or "none") for one in choices], shown), note=help_text, wrong=wrong)
    if info.annotation is bool:
        return field(label, select(sent, [("yes", "yes"), ("no", "no")], shown), note=help_text, wrong=wrong)
    if _is_list(info):
        numeric = info.default and all(isinstance(one, int | float) for one in info.default)
        kind = "numbers" if numeric else "names"
        note = f"{help_text}; {kind} with commas between them"
        return field(label, text_input(sent, shown), note=note, wrong=wrong, wide=kind == "names")
    kinds = [part for part in (get_args(info.annotation) or (info.annotation,)) if part is not type(None)]
    if all(kind in (int, float) for kind in kinds):
        low, high = _limits(info)
        said = f"{help_text} ({low:g} to {high:g})." if low is not None and high is not None else help_text
        empty = "none" if type(None) in get_args(info.annotation) else ""
        made = number_input(sent, shown, low=low, high=high, whole=kinds == [int], placeholder=empty)
        return field(label, made, note=said, wrong=wrong)
    return field(label, text_input(sent, shown), note=help_text, wrong=wrong)


def settings_fields(
    params: type[BaseModel],
    names: Iterable[str],
    texts: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    send: str = "param",
) -> Markup:
    """The fields of some settings beside one another."""
    infos = params.model_fields
    return fields(*(param_field(name, infos[name], texts.get(name), wrong.get(name, ""), send=send) for name in names))


def param_groups(
    declared: Trainable, texts: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> Markup:
    """The fields of a model's parameters: all at once, or by what they are about where there are many.

    Groups in which something was set, or is wrong, are open.
    """
    texts, wrong = texts or {}, wrong or {}
    if isinstance(declared, ModelDeclaration):
        return settings_fields(declared.params, declared.params.model_fields, texts, wrong)
    groups = []
    for place, (title, names) in enumerate(declared.groups.items()):
        shown = place == 0 or any(name in texts or name in wrong for name in names)
        groups.append(
            Markup('<details class="more"{}><summary>{}</summary>{}</details>').format(
                Markup(" open") if shown else "", title, settings_fields(declared.params, names, texts, wrong)
            )
        )
    return Markup("").join(groups)


def given_values(params: type[BaseModel], texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as plain values; an empty field is none where that is allowed, else as if it were not there."""
    given: dict[str, Any] = {}
    for name, text in texts.items():
        info = params.model_fields[name]
        optional = type(None) in get_args(info.annotation)
        if text.strip() == "":
            if optional:
                given[name] = None
            continue
        given[name] = _number(text.strip())
        if _is_list(info):
            given[name] = [_number(part.strip()) for part in text.split(",") if part.strip()]
    return given


def read_params(declared: Trainable, texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as values the model accepts.

    Raises
    ------
    InputError
        A value is outside its limits or not of its kind; every wrong one is named.
    """
    given = given_values(declared.params, texts)
    checked = declared.validate(given)
    return {name: getattr(checked, name) for name in given}


def wrong_params(declared: Trainable, texts: Mapping[str, str]) -> dict[str, str]:
    """What is the matter with each value that the model does not accept, by its name; see `TOGETHER`."""
    try:
        declared.validate(given_values(declared.params, texts))
    except InputError as refused:
        found = _by_name(refused.__cause__)
        return found or {TOGETHER: str(refused)}
    return {}


def wrong_settings(params: type[BaseModel], texts: Mapping[str, str]) -> dict[str, str]:
    """As `wrong_params`, of settings that are no model's."""
    try:
        params.model_validate(given_values(params, texts))
    except ValidationError as refused:
        return _by_name(refused)
    return {}


def _by_name(refused: BaseException | None) -> dict[str, str]:
    if not isinstance(refused, ValidationError):
        return {}
    return {
        str(one["loc"][0]) if one["loc"] else TOGETHER: one["msg"].removeprefix("Value error, ")
        for one in refused.errors()
    }


def _number(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    return int(number) if number.is_integer() else number
