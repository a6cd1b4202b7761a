"""One line for each request, and its number on every line that is logged while it is answered."""

import logging
from time import perf_counter

from dask_cluster.logs import request_id
from pfd_panel.server.asgi import Message, Send
from pfd_panel.server.asked import Asked
from pfd_panel.server.kinds import as_logged

log = logging.getLogger("pfd_panel.access")


class Watched:
    """Notes how a request is answered; leaving its block writes the line."""

    def __init__(self, asked: Asked, send: Send) -> None:
        self.who = ""
        self._asked = asked
        self._send = send
        self._status = 0
        self._begun = perf_counter()

    async def send(self, message: Message) -> None:
        """The server's own `send`."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "websocket.accept":
            self._status = 101
        await self._send(message)

    def __enter__(self) -> "Watched":
        self._token = request_id.set(self._asked.id)
        return self

    def __exit__(self, *_: object) -> None:
        asked = self._asked
        told = {
            "method": asked.method,
            "path": as_logged(asked.path),
            "status": self._status,
            "ms": round(1000 * (perf_counter() - self._begun), 1),
            "user": self.who,
            "address": asked.address,
        }
        log.log(
            logging.INFO if self._status < 500 else logging.WARNING,
            "%(method)s %(path)s %(status)d %(ms).0f ms %(user)s %(address)s",
            told,
            extra={"told": told},
        )
        request_id.reset(self._token)
