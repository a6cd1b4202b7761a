from bokeh.util.token import generate_jwt_token, generate_session_id

from pfd_panel.server.heads import Head, parse_head
from pfd_panel.server.places import JUST_GIVEN_S, MISSED_S, Places

KEY = b"k" * 32


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def head(path: str, *fields: str, method: str = "GET") -> Head:
    return parse_head("\r\n".join([f"{method} {path} HTTP/1.1", *fields, "", ""]).encode())


def socket_of(process: str, key: bytes = KEY) -> Head:
    payload = {"headers": {"x-auth-process": process}}
    session = generate_session_id(key, signed=True)
    token = generate_jwt_token(session, key, signed=True, extra_payload=payload)
    return head("/ws", "Connection: Upgrade", "Upgrade: websocket", f"Sec-WebSocket-Protocol: bokeh, {token}")


def test_pages_go_to_the_process_with_the_fewest() -> None:
    clock = Clock()
    places = Places(3, KEY, clock)
    assert [places.choose(head("/")) for _ in range(6)] == ["1", "2", "3", "1", "2", "3"]
    clock.now = JUST_GIVEN_S + 1
    places.opened("1")
    places.opened("2")
    assert places.choose(head("/")) == "3"
    places.closed("1")
    assert places.choose(head("/")) == "1"


def test_a_websocket_goes_where_its_page_was_made() -> None:
    places = Places(3, KEY)
    assert [places.choose(socket_of(name)) for name in ("3", "1", "3", "2")] == ["3", "1", "3", "2"]


def test_a_token_that_is_not_ours_names_no_process() -> None:
    places = Places(3, KEY)
    places.opened("1")
    unreadable = head("/ws", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Protocol: bokeh, x.y")
    for one in (socket_of("1", b"other key" * 4), socket_of("9"), unreadable):
        assert places.choose(one) == "2", "the idlest"


def test_a_download_goes_where_it_was_offered() -> None:
    places = Places(3, KEY)
    assert places.choose(head("/download/2.abc"), "1") == "2"
    assert places.choose(head("/download/../x"), "1") in places.names


def test_files_and_calls_stay_on_their_connection() -> None:
    places = Places(3, KEY)
    for one in (head("/static/x.js"), head("/api/v1/x"), head("/upload", method="POST")):
        assert places.choose(one, "3") == "3"


def test_a_process_that_is_not_there_gets_no_page_for_a_moment() -> None:
    clock = Clock()
    places = Places(2, KEY, clock)
    places.opened("2")
    places.missed("1")
    assert [places.choose(head("/")) for _ in range(3)] == ["2"] * 3
    assert places.choose(socket_of("1")) == "1", "its own pages are not given to another"
    clock.now = MISSED_S
    assert places.choose(head("/")) == "1"
