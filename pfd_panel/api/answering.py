"""One request to one operation: parse, ask the right, do, encode; every refusal as a problem."""

import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from pfd_panel.api import formats, problems, wire
from pfd_panel.api.once import Reply, StillWorkingError, fingerprint, once
from pfd_panel.api.operation import PREFIX, Operation
from pfd_panel.api.parsing import InvalidRequestError, parse, parse_array
from pfd_panel.api.problems import Problem
from pfd_panel.api.wire import FileAnswer
from pfd_panel.server.user import User, current_user
from pfd_panel.services.context import Context

log = logging.getLogger(__name__)

ContextOf = Callable[[User], Context]
FRESH = {"cache-control": "private, no-cache", "vary": "accept, cookie, authorization"}


class NotAcceptableError(Exception):
    """The client takes none of the formats that there are."""

    def __init__(self, offered: tuple[str, ...]) -> None:
        super().__init__(", ".join(offered))
        self.offered = offered


def answer(operation: Operation, context_of: ContextOf, request: Request, body: bytes) -> Response:
    """The answer to a request; blocks, so call it in a thread."""
    try:
        context = context_of(current_user(request.headers))
        context.require(operation.right)
        query = request.query_params.multi_items()
        if operation.takes_array and content_type(request) == formats.NPY:
            asked = parse_array(operation, request.path_params, query, body)
        else:
            asked = parse(operation, request.path_params, query, body)
        key = request.headers.get("idempotency-key")
        if operation.method == "POST" and not operation.pure and key is not None:
            return _response(_once(operation, context, asked, key, fingerprint(request.url.path.encode(), body)))
        if operation.method == "GET":
            return _read(operation, context, asked, request)
        return _response(_reply(operation, context, asked))
    except Exception as error:  # noqa: BLE001 - a door: whatever it is leaves as a problem, and is logged
        return refused(error, request)


def content_type(request: Request) -> str:
    """The media type of a body, JSON where nothing is said."""
    return request.headers.get("content-type", formats.JSON).partition(";")[0].strip().lower()


def _reply(operation: Operation, context: Context, asked: BaseModel) -> Reply:
    value = operation(context, asked)
    if operation.status == 204:
        return Reply(204)
    headers = {"content-type": formats.JSON, "cache-control": "no-store"}
    if operation.location_folder:
        headers["location"] = f"{PREFIX}/{operation.location_folder}/{value.id}"
    return Reply(operation.status, wire.encode(operation.answer, value).decode(), headers)


def _once(operation: Operation, context: Context, asked: BaseModel, key: str, same: str) -> Reply:
    if not operation.secret:
        return once(context, key, same, lambda: _reply(operation, context, asked))
    # neither the secret nor a fast hash of a password may lie in the database
    same = fingerprint(operation.name.encode())
    return once(context, key, same, lambda: _reply(operation, context, asked), kept=lambda _: _spent())


def _spent() -> Reply:
    told = problems.refusal(
        409, "done-already", "This was done, and its answer was shown once.", hint="Do it again under another key."
    )
    return Reply(told.status, json.dumps(told.to_dict()), {"content-type": problems.MEDIA_TYPE})


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, reply.headers)


def _read(operation: Operation, context: Context, asked: BaseModel, request: Request) -> Response:
    if operation.answer is FileAnswer:
        return _file(operation(context, asked))
    offered = tuple(formats.ENCODERS) if operation.tabular else (formats.JSON,)
    media_type = formats.chosen(request.headers.get("accept", ""), offered)
    if media_type is None:
        raise NotAcceptableError(offered)
    tag = ""
    if operation.stamp is not None:
        # the right was asked already, and the stamp names the state: nothing has to be computed to compare it
        told = f"{operation.name} {media_type} {asked.model_dump_json()} {operation.stamp(context, asked)}"
        tag = _tag(told.encode())
        if _is_known(request, tag):
            return Response(status_code=304, headers={"etag": tag, **FRESH})
    value = operation(context, asked)
    encoded = formats.ENCODERS[media_type](value) if operation.tabular else wire.encode(operation.answer, value)
    tag = tag or _tag(encoded)
    if _is_known(request, tag):
        return Response(status_code=304, headers={"etag": tag, **FRESH})
    return Response(encoded, operation.status, {"content-type": media_type, "etag": tag, **FRESH})


def _file(made: FileAnswer) -> Response:
    attachment = {"content-disposition": f"attachment; filename*=UTF-8''{quote(made.name)}", **FRESH}
    return FileResponse(made.path, media_type=made.media_type, headers=attachment)


def _tag(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def _is_known(request: Request, tag: str) -> bool:
    """Whether the client has this very answer; weak comparison, RFC 9110, section 13.1.2."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in known or "*" in known


def refused(error: Exception, request: Request) -> Response:
    """An error as a problem; one that nobody expected goes to the log with its traceback and a number."""
    return problem_response(_problem(error, request.method, request.url.path), request.url.path)


def _problem(error: Exception, method: str, path: str) -> Problem:
    if isinstance(error, InvalidRequestError):
        return problems.of_fields(error.fields)
    if isinstance(error, NotAcceptableError):
        return problems.refusal(
            406, "not-acceptable", "None of the media types in Accept is offered.", hint=f"Offered: {error}."
        )
    if isinstance(error, StillWorkingError):
        told = problems.refusal(409, "still-working", str(error), hint=error.hint)
        told.headers["retry-after"] = "1"
        return told
    if isinstance(error, PermissionError) and problems.status_of(error) == 500:
        return problems.refusal(401, "not-logged-in", "This request carries no login.", hint="Send an API key.")
    if problems.status_of(error) == 500:
        reference = secrets.token_hex(4)
        log.error("%s %s failed (%s)", method, path, reference, exc_info=error)
        return problems.of_error(error, reference=reference)
    log.info("refused %s %s: %s", method, path, error)
    return problems.of_error(error)


def problem_response(problem: Problem, instance: str) -> Response:
    """A problem as an answer."""
    told = problem.to_dict() | {"instance": instance}
    headers = {"content-type": problems.MEDIA_TYPE, "cache-control": "no-store", **problem.headers}
    return Response(json.dumps(told), problem.status, headers)
