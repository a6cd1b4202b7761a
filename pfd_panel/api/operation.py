"""One operation of the API: a declaration from which its route, its documentation and its client method follow."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote

from pydantic import BaseModel

from data_catalog.schema import Job, Upload
from pfd_panel.api.wire import Columnar
from pfd_panel.services.context import Context, Right

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
PREFIX = "/api/v1"
_PLACE = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Placed:
    """A request taken apart: the path with its values, the query, and the body (None: has none)."""

    path: str
    query: list[tuple[str, str]]
    body: dict[str, Any] | None


@dataclass(frozen=True)
class Operation:
    """One thing the API can do.

    Attributes
    ----------
    name : str
        Name of the client's method and ``operationId``.
    path : str
        Below `PREFIX`; fields of the request that stand in braces come from it.
    right : str
        What the user must be allowed to do.
    offers : tuple of str
        Services that it makes available, as ``module.function``.
    call : callable
        ``call(context, asked)``.
    request : type of BaseModel
        Everything that can be asked. Fields outside the path come from the query of GET and DELETE, else the body.
    answer : type
        What comes back, see `pfd_panel.api.wire`.
    summary : str
        One sentence.
    detail : str
        Further paragraphs of its documentation.
    stamp : callable, optional
        ``stamp(context, asked)`` names the state that the answer depends on, so that a client that has it is told so
        without computing it again.
    secret : bool
        Whether request or answer holds a secret, which an idempotency key must not keep.
    pure : bool
        Whether it changes nothing although it is a POST: asked again it is answered again, and no key is kept.
    example : dict
        Values of the example request that differ from the glossary of examples.
    """

    name: str
    method: Method
    path: str
    right: Right
    offers: tuple[str, ...]
    call: Callable[[Context, Any], Any]
    request: type[BaseModel]
    answer: Any
    summary: str
    detail: str
    stamp: Callable[[Context, Any], str] | None = None
    secret: bool = False
    pure: bool = False
    example: dict[str, Any] = field(default_factory=dict)

    def __call__(self, context: Context, asked: Any) -> Any:
        """Do it; the user's right is asked first."""
        context.require(self.right)
        return self.call(context, asked)

    @property
    def area(self) -> str:
        """The part of the product it belongs to."""
        return self.call.__module__.rpartition(".")[2]

    @property
    def in_path(self) -> tuple[str, ...]:
        """Fields of the request that stand in the path."""
        return tuple(_PLACE.findall(self.path))

    @property
    def in_query(self) -> tuple[str, ...]:
        """Fields of the request that stand in the query."""
        return tuple(self.request.model_fields.keys() - set(self.in_path)) if not self.has_body else ()

    @property
    def in_body(self) -> tuple[str, ...]:
        """Fields of the request that stand in the body."""
        return tuple(self.request.model_fields.keys() - set(self.in_path)) if self.has_body else ()

    @property
    def has_body(self) -> bool:
        """Whether what is asked stands in a JSON body."""
        return self.method not in ("GET", "DELETE")

    @property
    def takes_array(self) -> bool:
        """Whether its body may be an ``.npy`` file, the other fields standing in the query."""
        return self.has_body and "npy" in self.request.model_fields

    @property
    def queues(self) -> bool:
        """Whether it starts work that goes on after the answer."""
        return self.answer is Job and self.method == "POST"

    @property
    def status(self) -> int:
        """Status of a good answer."""
        if self.answer in (None, type(None)):
            return 204
        if self.method == "POST" and self.answer is Upload:
            return 201
        return 202 if self.queues else 200

    @property
    def location_folder(self) -> str:
        """Where what the operation makes can be found by its id; empty when it makes nothing of the kind."""
        return {201: "uploads", 202: "jobs"}.get(self.status, "")

    @property
    def tabular(self) -> bool:
        """Whether the answer also comes as Arrow or NPY."""
        return isinstance(self.answer, type) and issubclass(self.answer, Columnar)

    def placed(self, asked: BaseModel) -> Placed:
        """Take a request apart; whatever has its default value is left out."""
        told = asked.model_dump(mode="json", exclude_unset=True)
        path = _PLACE.sub(lambda found: quote(str(told[found[1]]), safe=":"), self.path)
        rest = {name: value for name, value in told.items() if name not in self.in_path}
        if self.has_body:
            return Placed(PREFIX + path, [], rest)
        return Placed(PREFIX + path, [pair for name, value in rest.items() for pair in _pairs(name, value)], None)


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, list):
        return [(name, "" if one is None else str(one)) for one in value]
    return [(name, str(value).lower() if isinstance(value, bool) else str(value))]


def is_several(annotation: Any) -> bool:
    """Whether a field of the query may be given more than once."""
    return any(one in (list, tuple) or get_origin(one) in (list, tuple) for one in (annotation, *get_args(annotation)))


def operation(
    method: Method,
    path: str,
    *,
    right: Right,
    offers: Callable[..., Any] | tuple[Callable[..., Any], ...],
    stamp: Callable[[Context, Any], str] | None = None,
    secret: bool = False,
    pure: bool = False,
    example: dict[str, Any] | None = None,
) -> Callable[[Callable[[Context, Any], Any]], Operation]:
    """Declare a function ``(context, asked: Request) -> Answer`` as an operation; its docstring documents it."""

    def declare(function: Callable[[Context, Any], Any]) -> Operation:
        hints = get_type_hints(function, include_extras=True)
        summary, _, detail = inspect.cleandoc(function.__doc__ or "").partition("\n")
        declared = Operation(
            name=function.__name__,
            method=method,
            path=path,
            right=right,
            offers=tuple(map(service_name, offers if isinstance(offers, tuple) else (offers,))),
            call=function,
            request=hints["asked"],
            answer=hints["return"],
            summary=summary,
            detail=detail.strip(),
            stamp=stamp,
            secret=secret,
            pure=pure,
            example=example or {},
        )
        lacking = set(declared.in_path) - set(declared.request.model_fields)
        if lacking or not summary:
            raise TypeError(f"{function.__name__}: the request lacks {lacking}, or there is no docstring")
        return declared

    return declare


def service_name(function: Callable[..., Any]) -> str:
    """A service as ``module.function``."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
