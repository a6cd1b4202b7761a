"""Progress as it happens: server-sent events and websocket messages of one job."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from data_catalog import jobs, leases
from pfd_panel.api import streams
from pfd_panel.services import work
from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import WHO, application, door, serving


class Hand:
    """Moves a job by hand, as a coordinator would."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.job = work.start(context, "selftest", {}).id
        with context.catalog.write() as session:
            self.fence = leases.acquire(session, jobs.COORDINATOR, "test", 600) or 0
            jobs.claim_next(session, self.fence)

    def move(self, done: int, text: str) -> None:
        with self.context.catalog.write() as session:
            jobs.add_progress(session, self.job, done, 4, text, 1.0, self.fence)
            jobs.log(session, self.job, "info", text)

    def end(self) -> None:
        with self.context.catalog.write() as session:
            jobs.log(session, self.job, "info", "last words")
            jobs.set_state(session, self.job, "done", fence=self.fence, result={"added": 4})


@pytest.fixture
def hand(bare: Context) -> Hand:
    return Hand(bare)


@pytest.fixture
def client(bare: Context) -> object:
    with serving(application(bare)) as address, door(address) as found:
        yield found


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            event[name] = value
        elif "event" in event:
            yield {**event, "data": json.loads(event["data"])}
            event = {}
        else:
            event = {}


def test_a_stream_tells_progress_and_log_and_ends_with_the_job(client: httpx.Client, hand: Hand) -> None:
    seen = []
    with client.stream("GET", f"/jobs/{hand.job}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for one in events(answer.iter_lines()):
            seen.append(one)
            if one["event"] == "progress" and one["data"]["done_units"] < 2:
                hand.move(one["data"]["done_units"] + 1, f"step {one['data']['done_units'] + 1}")
            elif one["event"] == "progress":
                hand.end()
    assert [one["data"]["done_units"] for one in seen if one["event"] == "progress"] == [0, 1, 2]
    assert [one["data"]["text"] for one in seen if one["event"] == "log"][-3:] == ["step 1", "step 2", "last words"]
    assert (seen[-1]["event"], seen[-1]["data"]["state"], seen[-1]["data"]["result"]) == ("end", "done", {"added": 4})


def test_a_stream_goes_on_after_the_last_line_that_was_seen(client: httpx.Client, hand: Hand) -> None:
    for number in range(3):
        hand.move(number, f"step {number}")
    hand.end()
    lines = client.get(f"/jobs/{hand.job}/log").json()
    told = client.get(f"/jobs/{hand.job}/events", headers={"last-event-id": str(lines[-3]["id"])}).text
    assert [one["event"] for one in events(iter(told.splitlines()))] == ["log", "log", "end"]


def test_a_stream_ends_after_a_while_by_itself(
    client: httpx.Client, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "STREAM_S", 0.3)
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.1)
    told = client.get(f"/jobs/{hand.job}/events").text
    assert ": still watching" in told
    assert "event: end" not in told


@pytest.mark.parametrize(("path", "headers", "status"), [("none", {}, 404), (None, {"last-event-id": "x"}, 422)])
def test_what_cannot_be_watched_is_a_problem(
    client: httpx.Client, hand: Hand, path: str | None, headers: dict[str, str], status: int
) -> None:
    answer = client.get(f"/jobs/{path or hand.job}/events", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def messages(client: httpx.Client, job: str, moves: Any = None) -> tuple[list[dict[str, Any]], int | None]:
    address = str(client.base_url).replace("http", "ws") + f"jobs/{job}/watch"
    seen = []
    async with connect(address, additional_headers={WHO: client.headers[WHO]}) as socket:
        with suppress(ConnectionClosed):
            async for message in socket:
                seen.append(json.loads(message))
                if moves is not None:
                    await asyncio.to_thread(moves, seen[-1])
    return seen, socket.close_code


def test_a_websocket_tells_the_same(client: httpx.Client, hand: Hand) -> None:
    def moves(message: dict[str, Any]) -> None:
        if message["event"] == "progress" and message["data"]["done_units"] == 0:
            hand.move(3, "three")
        elif message["event"] == "progress":
            hand.end()

    seen, code = asyncio.run(messages(client, hand.job, moves))
    assert [one["data"]["done_units"] for one in seen if one["event"] == "progress"] == [0, 3]
    assert (seen[-1]["event"], code) == ("end", 1000)


def test_a_websocket_on_nothing_is_told_so_and_closed(client: httpx.Client) -> None:
    seen, code = asyncio.run(messages(client, "none"))
    assert [(one["event"], one["data"]["status"]) for one in seen] == [("problem", 404)]
    assert code == streams.NO_JOB


def test_a_websocket_that_left_is_not_watched_for(client: httpx.Client, hand: Hand) -> None:
    async def leave() -> None:
        address = str(client.base_url).replace("http", "ws") + f"jobs/{hand.job}/watch"
        async with connect(address, additional_headers={WHO: "ada operator"}) as socket:
            await socket.recv()

    asyncio.run(leave())
    hand.end()
    assert client.get(f"/jobs/{hand.job}").json()["state"] == "done"
