import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.server.heads import BadHeadError, parse_head

GET = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET /\r\n\r\n",
        b"get / HTTP/1.1\r\n\r\n",
        GET + b"a : b\r\n\r\n",
        GET + b" folded\r\n\r\n",
        GET + b"a\x00b: c\r\n\r\n",
        GET + b"a: b\nc: d\r\n\r\n",
        GET + b"no colon\r\n\r\n",
        GET + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        GET + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
        GET + b"Content-Length: +5\r\n\r\n",
        GET + b"Content-Length: 5, 5\r\n\r\n",
        GET + b"Content-Length: 0x5\r\n\r\n",
        GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + b"Transfer-Encoding: xchunked\r\n\r\n",
        GET + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(BadHeadError):
        parse_head(raw)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_parsed_or_refused(noise: bytes) -> None:
    with contextlib.suppress(BadHeadError):
        parse_head(noise + b"\r\n\r\n")


def test_body_and_end_are_known() -> None:
    plain = parse_head(GET + b"Content-Length: 12\r\n\r\n")
    assert (plain.body, plain.last, plain.path) == (12, False, "/a")
    assert parse_head(GET + b"Transfer-Encoding: Chunked\r\n\r\n").last
    assert parse_head(GET + b"Connection: close\r\n\r\n").last
    assert parse_head(b"GET / HTTP/1.0\r\n\r\n").last
    socket = parse_head(GET + b"Connection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n")
    assert socket.is_websocket
    assert socket.last


@pytest.mark.parametrize(
    "said",
    [
        b"Upgrade: websocket\r\n",
        b"Upgrade: websocket\r\nConnection: keep-alive\r\n",
        b"Upgrade: websocket\r\nConnection: xupgrade\r\n",
        b"Upgrade: websocket, h2c\r\nConnection: upgrade\r\n",
        b"Upgrade: websocket\r\nUpgrade: h2c\r\nConnection: upgrade\r\n",
        b"Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 5\r\n",
        b"Upgrade: websocket\r\nConnection: upgrade\r\nTransfer-Encoding: chunked\r\n",
        b"Upgrade: h2c\r\nConnection: upgrade\r\n",
    ],
)
def test_what_only_looks_like_a_websocket_is_answered_and_the_connection_ends(said: bytes) -> None:
    head = parse_head(GET + said + b"\r\n")
    assert (head.is_websocket, head.last) == (False, True)
    passed = head.forwarded("10.0.0.1", "http", trusted=False).lower()
    assert b"\r\nconnection: close\r\n" in passed
    assert b"upgrade" not in passed


def test_a_websocket_is_passed_on_in_words_that_have_one_meaning() -> None:
    said = b"Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nConnection: keep-alive\r\n"
    head = parse_head(GET + said + b"\r\n")
    assert head.is_websocket
    passed = head.forwarded("10.0.0.1", "http", trusted=False).lower()
    assert passed.count(b"connection:") == passed.count(b"upgrade: websocket") == 1
    assert b"connection: upgrade\r\n" in passed


def test_what_a_stranger_says_of_itself_is_replaced() -> None:
    head = parse_head(GET + b"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Request-Id: mine\r\n\r\n")
    passed = head.forwarded("10.0.0.1", "http", trusted=False)
    assert b"x-forwarded-for: 10.0.0.1\r\n" in passed
    assert b"x-forwarded-proto: http\r\n" in passed
    assert b"6.6.6.6" not in passed
    assert b"mine" not in passed
    told = head.forwarded("10.0.0.1", "http", trusted=True)
    assert b"x-forwarded-for: 6.6.6.6, 10.0.0.1\r\n" in told
    assert b"x-forwarded-proto: https\r\n" in told


def test_no_request_follows_one_whose_end_the_router_does_not_see() -> None:
    head = parse_head(GET + b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n")
    passed = head.forwarded("10.0.0.1", "http", trusted=False)
    assert b"connection: close" in passed
    assert b"keep-alive" not in passed
