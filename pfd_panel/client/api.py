"""A method for every operation of the API, made from its declaration."""

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pfd_panel.api import formats, wire
from pfd_panel.api.operation import Operation
from pfd_panel.api.operations import OPERATIONS
from pfd_panel.api.wire import FileAnswer
from pfd_panel.client.transport import Transport
from pfd_panel.errors import RequestError


class Api:
    """The operations of a server as methods; answers have the types that its services answer.

    >>> api.list_signals(dataset="Test rig", fault=["outer_race"]).total  # doctest: +SKIP
    4
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]: ...

    def call(self, operation: Operation, **asked: Any) -> Any:
        """Send a request and return what came back.

        Raises
        ------
        RequestError
            What is asked does not fit; nothing was sent.
        """
        try:
            placed = operation.placed(operation.request.model_validate(asked))
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise RequestError(
                told, hint=f"{operation.name} takes {', '.join(operation.request.model_fields)}."
            ) from error
        accept = formats.ARROW if operation.tabular else formats.JSON
        answer = self.transport.send(
            operation.method, placed.path, query=placed.query, body=placed.body, headers={"accept": accept}
        )
        if operation.status == 204:
            return None
        if operation.tabular:
            return formats.from_arrow(operation.answer, answer.content)
        return wire.decode(operation.answer, answer.content)

    def every(self, operation: Operation, **asked: Any) -> Iterator[Any]:
        """The items of a list, page after page."""
        cursor: dict[str, str] = {}
        while True:
            page = self.call(operation, **asked, **cursor)
            yield from page.items
            if page.next is None:
                return
            cursor = {"cursor": page.next}


def _method(operation: Operation) -> Callable[..., Any]:
    def method(self: Api, **asked: Any) -> Any:
        return self.call(operation, **asked)

    method.__name__ = operation.name
    method.__qualname__ = f"Api.{operation.name}"
    method.__doc__ = f"{operation.summary}\n\n{operation.detail}".strip()
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    fields = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=one.annotation,
            default=inspect.Parameter.empty if one.is_required() else one.get_default(call_default_factory=True),
        )
        for name, one in operation.request.model_fields.items()
    ]
    method.__signature__ = inspect.Signature([own, *fields], return_annotation=operation.answer)  # type: ignore[attr-defined]
    return method


for _operation in OPERATIONS.values():
    if _operation.answer is not FileAnswer:
        setattr(Api, _operation.name, _method(_operation))
