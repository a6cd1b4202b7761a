"""From a request as it came to what an operation is asked, with every field that does not fit named by its path."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from pfd_panel.api.operation import Operation, is_several
from pfd_panel.api.problems import FieldProblem, field_problems

_UNUSABLE = "holds a character that cannot be stored (NUL or half of a surrogate pair)"


class InvalidRequestError(Exception):
    """Fields of a request do not fit; `fields` says which and why."""

    def __init__(self, fields: list[FieldProblem]) -> None:
        super().__init__(f"{len(fields)} fields do not fit")
        self.fields = fields


def parse(operation: Operation, path: Mapping[str, Any], query: Iterable[tuple[str, str]], body: bytes) -> BaseModel:
    """What an operation is asked.

    Raises
    ------
    InvalidRequestError
        Something is missing, unknown or out of its range.
    """
    given: dict[str, Any] = {}
    if operation.has_body:
        given |= _object(body)
        _refuse([name for name in given if name in operation.in_path], "body", "stands in the path already")
        _refuse([name for name, _ in query], "query", "unknown; what is asked stands in the body")
    else:
        given |= _query(operation, query)
        if body:
            raise InvalidRequestError([FieldProblem("body", f"{operation.method} takes no body")])
    return _validated(operation, path, given, "body" if operation.has_body else "query")


def parse_array(
    operation: Operation, path: Mapping[str, Any], query: Iterable[tuple[str, str]], body: bytes
) -> BaseModel:
    """What an operation is asked whose body is an ``.npy`` file and whose other fields stand in the query.

    Raises
    ------
    InvalidRequestError
        As `parse`.
    """
    given = _query(operation, query)
    _refuse([name for name in given if name in operation.in_path], "query", "stands in the path already")
    _refuse([name for name in given if name == "npy"], "query", "is the body itself")
    return _validated(operation, path, given | {"npy": base64.b64encode(body).decode("ascii")}, "query")


def _validated(operation: Operation, path: Mapping[str, Any], given: dict[str, Any], rest: str) -> BaseModel:
    places = dict.fromkeys(operation.in_path, "path") | {"": rest}
    given |= path
    wrong = [FieldProblem(f"{places.get(name, places[''])}.{where}", _UNUSABLE)
             for name, value in given.items() for where in _unusable(name, value)]  # fmt: skip
    if wrong:
        raise InvalidRequestError(wrong)
    try:
        return operation.request.model_validate(given)
    except ValidationError as error:
        raise InvalidRequestError(field_problems(error, places)) from error


def _refuse(names: list[str], place: str, why: str) -> None:
    if names:
        raise InvalidRequestError([FieldProblem(f"{place}.{name}", why) for name in names])


def _object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        told = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError([FieldProblem("body", f"is not JSON: {error}")]) from error
    if not isinstance(told, dict):
        raise InvalidRequestError([FieldProblem("body", "expected a JSON object")])
    return told


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


def _query(operation: Operation, query: Iterable[tuple[str, str]]) -> dict[str, Any]:
    several = {name for name, one in operation.request.model_fields.items() if is_several(one.annotation)}
    given: dict[str, Any] = {}
    twice = []
    for name, value in query:
        if name in several:
            given.setdefault(name, []).append(value)
        elif name in given:
            twice.append(name)
        else:
            given[name] = value
    _refuse([name for name in given if name in operation.in_path], "query", "stands in the path already")
    _refuse(twice, "query", "is given more than once")
    return given


def _unusable(where: str, value: Any) -> list[str]:
    """Paths of texts that neither a database nor a file system takes."""
    waiting, found = [(where, value)], []
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [(f"{path}.{key}", entry) for key, entry in one.items()]
            found += [path for key in one if _is_unusable(key)]
        elif isinstance(one, list):
            # a signal is a list of many numbers, which are all usable
            waiting += [(f"{path}.{i}", entry) for i, entry in enumerate(one) if not isinstance(entry, int | float)]
        elif isinstance(one, str) and _is_unusable(one):
            found.append(path)
    return [path.encode(errors="replace").decode() for path in found]


def _is_unusable(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
