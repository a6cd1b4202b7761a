"""The parts of an upload: raw bytes that begin where the file ends so far."""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Iterator

import anyio
import anyio.from_thread
import anyio.to_thread
from fastapi import Request, Response

from pfd_panel.api import problems
from pfd_panel.api.answering import FRESH, ContextOf, problem_response, refused
from pfd_panel.api.cursors import FieldError
from pfd_panel.api.formats import PART as MEDIA_TYPE
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.server.user import current_user
from pfd_panel.services import uploading

LARGEST_PART = 256 * 2**20
"""Bytes; a larger file comes in several parts."""

# senders may be slow, so they must not hold the threads that answer everything else
WRITERS = 16
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")


class Parts:
    """Takes parts of uploads.

    Parameters
    ----------
    context_of : callable
        The services' context of a user.
    """

    def __init__(self, context_of: ContextOf) -> None:
        self._context_of = context_of
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, request: Request) -> Response:
        """Append what a PATCH brings; answers 204 with the new `Upload-Offset`."""
        self._limiter = self._limiter or anyio.CapacityLimiter(WRITERS)
        return await anyio.to_thread.run_sync(self._append, request, request.stream(), limiter=self._limiter)

    def _append(self, request: Request, stream: AsyncIterator[bytes]) -> Response:
        try:
            context = self._context_of(current_user(request.headers))
            context.require("work")
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
                told = problems.refusal(415, "unsupported-media-type", f"A part has the content type {MEDIA_TYPE}.")
                return problem_response(told, request.url.path)
            offset, digest = header_number(request.headers.get("upload-offset", ""), "Upload-Offset"), _digest(request)
            upload_id = request.path_params["upload"]
            made = uploading.append(context, upload_id, offset, _chunks(stream), sha256=digest)
        except EXPECTED_ERRORS as error:
            response = refused(error, request)
            response.headers.update(self._whereabouts(request))
            return response
        except Exception as error:  # noqa: BLE001 - a door: whatever it is leaves as a problem, and is logged
            return refused(error, request)
        return Response(status_code=204, headers={"upload-offset": str(made.received), **FRESH})

    def _whereabouts(self, request: Request) -> dict[str, str]:
        """Where the file ends, for a sender who was wrong about it."""
        try:
            found = uploading.get(self._context_of(current_user(request.headers)), request.path_params["upload"])
        except EXPECTED_ERRORS:
            return {}
        return {"upload-offset": str(found.received)}


def _chunks(stream: AsyncIterator[bytes]) -> Iterator[bytes]:
    """What the event loop receives, in the thread that writes it."""
    total = 0
    while True:
        try:
            chunk: bytes = anyio.from_thread.run(_next, stream)
        except StopAsyncIteration:
            return
        total += len(chunk)
        if total > LARGEST_PART:
            raise FieldError(f"a part has at most {LARGEST_PART:,} bytes", "body", hint="Send the file in more parts.")
        yield chunk


async def _next(stream: AsyncIterator[bytes]) -> bytes:
    return await anext(stream)


def header_number(told: str, header: str) -> int:
    """The number that a header says."""
    if not re.fullmatch(r"\d{1,15}", told, re.ASCII):
        raise FieldError(f"{header} is missing or no number", f"header.{header}", hint="Write digits only.")
    return int(told)


def _digest(request: Request) -> str | None:
    told = request.headers.get("content-digest")
    if told is None:
        return None
    found = _DIGEST.search(told)
    try:
        return base64.b64decode(found[1], validate=True).hex() if found else _no_digest()
    except binascii.Error:
        return _no_digest()


def _no_digest() -> str:
    raise FieldError(
        "the header Content-Digest is not sha-256=:…: with a base64 digest", "header.Content-Digest", hint="RFC 9530."
    )
