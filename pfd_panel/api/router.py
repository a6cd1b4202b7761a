"""The routes of the API, made from the declarations of the operations."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from pfd_panel.api import openapi, problems
from pfd_panel.api.answering import ContextOf, answer, content_type, problem_response
from pfd_panel.api.formats import JSON, NPY
from pfd_panel.api.operation import PREFIX, Operation
from pfd_panel.api.operations import OPERATIONS
from pfd_panel.api.parts import Parts
from pfd_panel.api.streams import Streams
from pfd_panel.server.user import current_user

LARGEST_BODY = 4 * 2**20
"""Bytes of a JSON body; files come in parts."""

REFERENCE = {"": "text/html", "/reference.js": "text/javascript", "/reference.css": "text/css"}
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"]


def build_router(context_of: ContextOf) -> APIRouter:
    """The API and its reference, to be mounted behind the guard, which says who asks.

    Parameters
    ----------
    context_of : callable
        The services' context of a user.
    """
    router = APIRouter(include_in_schema=False)
    parts, streams = Parts(context_of), Streams(context_of)
    for one in OPERATIONS.values():
        methods: list[str] = ["GET", "HEAD"] if one.method == "GET" else [one.method]
        router.add_api_route(PREFIX + one.path, _endpoint(one, context_of), methods=methods, name=one.name)
    router.add_api_route(f"{PREFIX}/uploads/{{upload}}", parts.__call__, methods=["PATCH"], name="append_to_upload")
    router.add_api_route(f"{PREFIX}/jobs/{{job}}/events", streams.events, methods=["GET"], name="watch_job")
    router.add_api_websocket_route(f"{PREFIX}/jobs/{{job}}/watch", streams.socket)
    router.add_api_route("/openapi.json", _document, methods=["GET"])
    for place, media_type in REFERENCE.items():
        router.add_api_route(f"/docs{place}", _page(place, media_type), methods=["GET"])
    for path in (PREFIX, f"{PREFIX}/{{rest:path}}"):
        router.add_api_route(path, _unknown, methods=_ALL)
    return router


def _endpoint(operation: Operation, context_of: ContextOf) -> Any:
    async def endpoint(request: Request) -> Response:
        body = await _body(request, array=operation.takes_array)
        if isinstance(body, Response):
            return body
        return await anyio.to_thread.run_sync(answer, operation, context_of, request, body)

    return endpoint


async def _body(request: Request, *, array: bool) -> bytes | Response:
    """The body of a request, unless it is too large or no JSON; with `array` an ``.npy`` file will do."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            told = problems.refusal(
                413, "too-large", f"A body has at most {LARGEST_BODY:,} bytes.", hint="Send files as uploads."
            )
            return problem_response(told, request.url.path)
    kind = content_type(request)
    if array and kind == NPY:
        return bytes(body)
    if body and kind != JSON and not kind.endswith("+json"):
        told = problems.refusal(415, "unsupported-media-type", f"Expected application/json, not {kind[:100]}.")
        return problem_response(told, request.url.path)
    return bytes(body)


@cache
def _paths() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.sub(r"{\w+}", "[^/]+", path)), method.upper())
        for path, methods in openapi.document()["paths"].items()
        for method in methods
    )


async def _unknown(request: Request) -> Response:
    """What no operation answers: another method of a known path, or nothing at all."""
    current_user(request.headers)
    allowed = sorted({method for path, method in _paths() if path.fullmatch(request.url.path)})
    if allowed:
        told = problems.refusal(
            405, "method-not-allowed", f"This address does not take {request.method}.", allow=", ".join(allowed)
        )
    else:
        told = problems.refusal(404, "not-found", "There is nothing at this address.", hint="See /docs.")
    return problem_response(told, request.url.path)


@cache
def _encoded() -> bytes:
    return json.dumps(openapi.document(), separators=(",", ":")).encode()


async def _document(request: Request) -> Response:
    """The OpenAPI document."""
    current_user(request.headers)
    return Response(_encoded(), media_type="application/json", headers={"cache-control": "private, no-cache"})


def _page(place: str, media_type: str) -> Any:
    file = Path(__file__).parent / "reference" / (place.lstrip("/") or "reference.html")

    async def page(request: Request) -> Response:
        current_user(request.headers)
        return Response(file.read_bytes(), media_type=media_type, headers={"cache-control": "private, no-cache"})

    return page
