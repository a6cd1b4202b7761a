"""An open page without a browser: Bokeh's protocol over a raw websocket, as the page's script speaks it."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

_TOKEN = re.compile(r'"token":"([^"]+)"')


@dataclass(frozen=True)
class Change:
    """What one event of a patch says, and when it came (seconds of the event loop's clock)."""

    at: float
    model: str
    name: str
    value: Any


@dataclass
class RawPage:
    """One open page."""

    connection: ClientConnection
    document: dict[str, Any]
    changes: list[Change] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: "asyncio.Task[None] | None" = None

    @classmethod
    async def open(cls, client: httpx.Client, path: str) -> Self:
        """Load the page with the cookies of `client`, open its websocket, pull its document and say it is there."""
        page, _, _ = await cls.attach(client, path, await asyncio.to_thread(client.get, path))
        await page.ready()
        return page

    @classmethod
    async def attach(
        cls, client: httpx.Client, path: str, answer: httpx.Response, spent: Callable[[], float] = lambda: 0.0
    ) -> tuple[Self, float, float]:
        """Open the websocket of a loaded page and pull its document.

        Returns
        -------
        page : RawPage
        asked, before : float
            The moment (`time.perf_counter`) and what `spent` said when the document was asked for.
        """
        found = _TOKEN.search(answer.text)
        if found is None:
            raise RuntimeError(f"{path} answered {answer.status_code} without a token")
        base = str(client.base_url).rstrip("/")
        route = path.partition("?")[0].rstrip("/")
        connection = await connect(
            base.replace("http", "ws") + route + "/ws",
            subprotocols=["bokeh", found.group(1)],  # type: ignore[list-item]
            additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())},
            origin=base,  # type: ignore[arg-type]
            max_size=2**26,
        )
        await _message(connection)
        asked, before = time.perf_counter(), spent()
        await _tell(connection, "PULL-DOC-REQ", {})
        kind, content = await _message(connection)
        while kind != "PULL-DOC-REPLY":
            kind, content = await _message(connection)
        return cls(connection, content["doc"]), asked, before

    async def ready(self) -> None:
        """Say that the page is there, and listen to what changes."""
        self._reading = asyncio.create_task(self._read())
        await self._event({"type": "event", "name": "document_ready", "values": {"type": "map"}})

    @property
    def models(self) -> int:
        """How many models the document held when it was pulled."""
        return sum(1 for _ in _objects(self.document))

    async def send(self, component: str, message: dict[str, Any]) -> float:
        """Send what a component's script would send; answers with the moment."""
        values = {"type": "map", "entries": [["model", {"id": component}], ["data", _as_map(message)]]}
        moment = asyncio.get_running_loop().time()
        await self._event({"type": "event", "name": "data_event", "values": values})
        return moment

    async def seen(self, model: str, name: str, since: float, patience_s: float = 30.0) -> float:
        """When the property `name` of `model` first changed after `since`."""
        async with asyncio.timeout(patience_s):
            while True:
                for change in reversed(self.changes):
                    if change.model == model and change.name == name and change.at > since:
                        return change.at
                self._news.clear()
                await self._news.wait()

    def components(self, holding: str) -> list[tuple[str, str, str]]:
        """Of the components whose HTML holds a text: their id, the id of what holds their properties, and the HTML."""
        return [
            (one["id"], data["id"], data["attributes"]["html"])
            for one in _objects(self.document)
            if isinstance(data := one.get("attributes", {}).get("data"), dict)
            and holding in str(data.get("attributes", {}).get("html", ""))
        ]

    async def close(self) -> None:
        """Close the page."""
        if self._reading is not None:
            self._reading.cancel()
        await self.connection.close()

    async def _event(self, event: dict[str, Any]) -> None:
        content = {"events": [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}]}
        await _tell(self.connection, "PATCH-DOC", content)

    async def _read(self) -> None:
        while True:
            kind, content = await _message(self.connection)
            if kind != "PATCH-DOC":
                continue
            now = asyncio.get_running_loop().time()
            for event in content["events"]:
                model = event.get("model") or {}
                self.changes.append(
                    Change(now, model.get("id", ""), event.get("attr", event["kind"]), event.get("new"))
                )
            self._news.set()


def facet_values(html: str) -> list[str]:
    """Values of the check boxes in a list of facets whose count is not nothing."""
    return [unescape(one) for one in re.findall(r'<label class=""><input [^>]*data-value="([^"]+)"', html)]


async def _message(connection: ClientConnection) -> tuple[str, dict[str, Any]]:
    header = json.loads(await connection.recv())
    await connection.recv()
    content = json.loads(await connection.recv())
    for _ in range(2 * int(header.get("num_buffers", 0))):
        await connection.recv()
    return header["msgtype"], content


async def _tell(connection: ClientConnection, kind: str, content: dict[str, Any]) -> None:
    header = {"msgid": secrets.token_hex(8), "msgtype": kind}
    for part in (header, {}, content):
        await connection.send(json.dumps(part))


def _as_map(message: dict[str, Any]) -> dict[str, Any]:
    return {"type": "map", "entries": [[name, value] for name, value in message.items()]}


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every model in a document, at any depth."""
    if isinstance(part, dict):
        if part.get("type") == "object" and "id" in part:
            yield part
        for value in part.values():
            yield from _objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from _objects(value)
