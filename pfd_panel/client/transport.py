"""Requests to a server: patient with interruptions, and refusals raised as the errors that the services raise."""

import ipaddress
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx

from pfd_panel.api import problems
from pfd_panel.errors import NotAllowedError, RequestError, ServiceError

TRIES = 4
PAUSE_S = 0.25
LONGEST_PAUSE_S = 60.0
TIMEOUT = httpx.Timeout(300.0, connect=10.0)
"""Seconds; a long record may be diagnosed for a minute before the first byte of the answer comes."""


class UnreachableError(ServiceError, ConnectionError):
    """The server does not answer."""


class Transport:
    """One server and who we are to it; may be shared by threads.

    Parameters
    ----------
    url : str
        Address of the server, ``https://…``; plain HTTP to this machine only, because the key could be read on the way.
    key : str
        An API key, ``pfd_…``.
    client : httpx.Client, optional
        Brings its own way of logging in; it is not closed.

    Raises
    ------
    RequestError
        The address is none, or a key would go to another machine in plain text.
    """

    def __init__(self, url: str, key: str = "", *, client: httpx.Client | None = None) -> None:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise RequestError(f"{url!r} is no address of a server", hint="Write it as https://pfd.example.org.")
        if key and address.scheme == "http" and not _is_here(address.hostname):
            raise RequestError(
                f"the key would travel to {address.hostname} in plain text",
                hint="Use https://, or an SSH tunnel and http://127.0.0.1.",
            )
        self.url = url.rstrip("/")
        self._own = client is None
        self._client = client or httpx.Client(timeout=TIMEOUT)
        self._headers = {"authorization": f"Bearer {key}"} if key else {}

    def close(self) -> None:
        """Let go of the connections."""
        if self._own:
            self._client.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer to a request; one that may be sent twice is, when the connection breaks or the server is busy.

        Raises
        ------
        UnreachableError
            The server does not answer.
        ServiceError, CatalogError, ClusterError, PipelineError
            What the server refused, as its services raised it.
        """
        given = {**self._headers, **(headers or {})}
        if method == "POST":
            given.setdefault("idempotency-key", uuid.uuid4().hex)
        sent: dict[str, Any] = {"params": list(query), "headers": given}
        if body is not None:
            sent["json"] = dict(body)
        if content is not None:
            sent["content"] = content
        for again in range(TRIES):
            last = again == TRIES - 1
            try:
                answer = self._client.request(method, self.url + path, **sent)
            except httpx.TransportError as error:
                # bytes of a file are never sent blindly again: the sender asks first how many of them came
                if last or content is not None:
                    raise UnreachableError(
                        f"{self.url} does not answer: {error}", hint="Check the address and that the server runs."
                    ) from error
                time.sleep(PAUSE_S * 2**again)
                continue
            if answer.status_code != 429 or last:
                return self._good(answer)
            time.sleep(_pause(answer))
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        """The body of a GET, piece by piece."""
        with self._client.stream("GET", self.url + path, headers=self._headers) as answer:
            if answer.is_error:
                answer.read()
            yield self._good(answer).iter_bytes()

    def _good(self, answer: httpx.Response) -> httpx.Response:
        return refused(answer) if answer.is_error else answer


def refused(answer: httpx.Response) -> NoReturn:
    """Raise what a server refused."""
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    told.setdefault("detail", f"the server answered {answer.status_code}")
    if answer.status_code in (401, 403) and problems.named(told) not in problems.kinds():
        # the guard in front of the API tells more kinds apart than there are errors
        told["type"] = problems.TYPES + problems.kind_of(NotAllowedError)
    raise problems.raised({"status": answer.status_code, **told})


def _pause(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "1")
    return min(float(told) if told.isdigit() else 1.0, LONGEST_PAUSE_S)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
