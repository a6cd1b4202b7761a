"""Progress of a job as it happens: server-sent events for browsers and curl, a websocket for those who keep one."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from fastapi import Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from data_catalog.jobs import FINISHED
from data_catalog.schema import Job, JobEvent
from pfd_panel.api import problems, wire
from pfd_panel.api.answering import ContextOf, refused
from pfd_panel.api.parts import header_number
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.server.user import current_user
from pfd_panel.services import work
from pfd_panel.services.context import Context

LOOK_S = 0.1
"""Seconds between two looks at a job."""

HEARTBEAT_S = 15.0
STREAM_S = 60.0
"""A stream ends after so long and the browser opens the next by itself, so that a login that has ended is noticed."""

WATCHERS = 16
NO_JOB, NOT_ALLOWED = 4404, 4403


@dataclass(frozen=True)
class Event:
    """Something that happened: ``progress`` (the job), ``log`` (a line; `id` is its number) or ``end`` (the job)."""

    name: str
    data: Any
    id: int | None = None

    def as_text(self) -> str:
        """One server-sent event."""
        number = f"id: {self.id}\n" if self.id is not None else ""
        return f"{number}event: {self.name}\ndata: {json.dumps(self.data)}\n\n"

    def as_message(self) -> dict[str, Any]:
        """One message of a websocket."""
        return {"event": self.name, "data": self.data, "id": self.id}


class Streams:
    """Watches jobs for whoever asks.

    Parameters
    ----------
    context_of : callable
        The services' context of a user.
    """

    def __init__(self, context_of: ContextOf) -> None:
        self._context_of = context_of
        self._limiter: anyio.CapacityLimiter | None = None

    async def _run(self, function: Any, *given: Any, **named: Any) -> Any:
        self._limiter = self._limiter or anyio.CapacityLimiter(WATCHERS)
        return await anyio.to_thread.run_sync(partial(function, *given, **named), limiter=self._limiter)

    async def events(self, request: Request) -> Response:
        """Server-sent events of one job; `Last-Event-ID` goes on after a line of the log."""
        try:
            context = self._context_of(current_user(request.headers))
            job = await self._run(work.get, context, request.path_params["job"])
            last = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
            after = header_number(last, "Last-Event-ID")
        except Exception as error:  # noqa: BLE001 - a door: whatever it is leaves as a problem, and is logged
            return refused(error, request)

        async def told() -> AsyncIterator[str]:
            yield "retry: 1000\n\n"
            began = spoke = time.monotonic()
            async for event in self.watch(context, job.id, after):
                now = time.monotonic()
                if event is not None:
                    spoke = now
                    yield event.as_text()
                elif now - began > STREAM_S:
                    return
                elif now - spoke > HEARTBEAT_S:
                    spoke = now
                    yield ": still watching\n\n"

        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(told(), media_type="text/event-stream", headers=headers)

    async def socket(self, socket: WebSocket) -> None:
        """The same events as messages; the socket closes after ``end``."""
        await socket.accept()
        try:
            context = self._context_of(current_user(socket.headers))
            job = await self._run(work.get, context, socket.path_params["job"])
            after = header_number(socket.query_params.get("after") or "0", "after")
        except (*EXPECTED_ERRORS, PermissionError) as error:
            told = problems.of_error(error)
            await socket.send_json({"event": "problem", "data": told.to_dict(), "id": None})
            await socket.close(NO_JOB if told.status == 404 else NOT_ALLOWED)
            return
        async with anyio.create_task_group() as group:
            group.start_soon(self._listen, socket, group.cancel_scope)
            try:
                async for event in self.watch(context, job.id, after):
                    if event is not None:
                        await socket.send_json(event.as_message())
                await socket.close()
            except (WebSocketDisconnect, RuntimeError):
                pass  # the other side has gone, which is how it says that it saw enough
            group.cancel_scope.cancel()

    @staticmethod
    async def _listen(socket: WebSocket, scope: anyio.CancelScope) -> None:
        """Notice that the other side has gone; what it says is not listened to."""
        try:
            while True:
                await socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            scope.cancel()

    async def watch(self, context: Context, job_id: str, after: int = 0) -> AsyncIterator[Event | None]:
        """What happens to a job until it ends; None whenever nothing did since the last look."""
        shown: dict[str, Any] | None = None
        while True:
            job, lines = await self._run(_look, context, job_id, after)
            for line in lines:
                after = line.id
                yield Event("log", wire.as_json_value(JobEvent, line), line.id)
            state = wire.as_json_value(Job, job)
            ended = job.state in FINISHED
            if ended and lines:
                continue  # the end is told last
            moved = {name: state[name] for name in ("state", "requested", "done_units", "total_units", "message")}
            if moved != shown:
                shown = moved
                yield Event("end" if ended else "progress", state)
            if ended:
                return
            yield None
            await anyio.sleep(LOOK_S)


def _look(context: Context, job_id: str, after: int) -> tuple[Job, list[JobEvent]]:
    # the row first: lines that are written before a job ends are then never missed
    job = work.get(context, job_id)
    return job, work.events(context, job_id, after_id=after)
