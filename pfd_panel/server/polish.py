"""The last touch on what the application sends: nonce and policy on pages, words for bare errors, sealing headers."""

from collections.abc import Callable

import bokeh

from pfd_panel.server import policy, words
from pfd_panel.server.answering import NO_STORE, answer, say, seal
from pfd_panel.server.asgi import Headers, Message, Send, header, without
from pfd_panel.server.asked import Asked
from pfd_panel.server.kinds import OPEN_PATHS


class Polish:
    """A `send` that finishes answers.

    Parameters
    ----------
    asked : Asked
        What is answered.
    send : callable
        Where the finished answer goes.
    csrf : str
        The token that pages of this log-in send with changes; written into their head.
    more : list of headers
        Added to the answer.
    refusal : callable
        What to answer instead, if the request turned out to be unacceptable while it was read.
    """

    def __init__(
        self,
        asked: Asked,
        send: Send,
        *,
        csrf: str = "",
        more: Headers | None = None,
        refusal: Callable[[], words.Answer | None] = lambda: None,
    ) -> None:
        self.started = False
        self.is_stream = False
        self._asked = asked
        self._send = send
        self._csrf = csrf
        self._more = more or []
        self._refusal = refusal
        self._start: Message | None = None
        self._body: list[bytes] = []
        self._done = False

    async def __call__(self, message: Message) -> None:
        if self._done:
            return
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is None:
            await self._send(message)
        else:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _begin(self, message: Message) -> None:
        refused = self._refusal()
        if refused is not None:
            self.started = self._done = True
            await say(self._send, self._asked, refused, [(b"connection", b"close")])
            return
        kind = header(message["headers"], b"content-type")
        # a file that is kept is no page of ours: it stays as it is, and gets no token of anyone's log-in
        kept = header(message["headers"], b"content-disposition").startswith(b"attachment")
        if (kind.startswith(b"text/html") and not kept) or (message["status"] >= 400 and self._is_bare(kind)):
            self._start = message
            return
        self.started = True
        self.is_stream = kind.startswith(b"text/event-stream")
        headers = [*message["headers"], *seal(self._asked), *self._more]
        await self._send({**message, "headers": headers})

    def _is_bare(self, kind: bytes) -> bool:
        """Whether an error is said neither in words for people nor as a problem for programs."""
        if self._asked.for_programs:
            return not kind.startswith(b"application/problem+json") and self._asked.path not in OPEN_PATHS
        return self._asked.wants_page

    async def _finish(self, start: Message) -> None:
        self.started = True
        if start["status"] >= 400:
            await say(self._send, self._asked, words.for_status(start["status"]))
            return
        nonce = policy.new_nonce()
        page = policy.with_versions(b"".join(self._body), bokeh.__version__, self._asked.scope.get("root_path", ""))
        page = policy.with_nonce(policy.with_token(page, self._csrf), nonce)
        headers = without(start["headers"], b"content-length", b"cache-control")
        said = policy.content_security_policy(nonce, self._asked.host, self._asked.framed_by)
        headers += [NO_STORE, (b"content-security-policy", said)]
        await answer(self._send, self._asked, start["status"], [*headers, *self._more], page)
