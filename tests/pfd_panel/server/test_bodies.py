import asyncio
from typing import Any

from pfd_panel.server import words
from pfd_panel.server.bodies import Body, BodyLimits


class Client:
    """Sends parts of a body, each after a pause by a clock of its own."""

    def __init__(self, *parts: tuple[float, bytes]) -> None:
        self.now = 0.0
        self.parts = list(parts)

    async def receive(self) -> Any:
        if not self.parts:
            await asyncio.sleep(60)
        pause, body = self.parts.pop(0)
        self.now += pause
        return {"type": "http.request", "body": body, "more_body": bool(self.parts)}


def read(client: Client, limits: BodyLimits) -> tuple[bytes | None, words.Answer | None]:
    body = Body(client.receive, limits, lambda: client.now)
    return asyncio.run(body.whole()), body.refusal


def test_a_body_within_its_limits_is_passed_on_as_it_came() -> None:
    client = Client((1, b"ab"), (1, b""), (1, b"cd"))
    assert read(client, BodyLimits(4, 10, 10)) == (b"abcd", None)


def test_a_byte_too_many_ends_it_whatever_was_declared() -> None:
    client = Client((0, b"abc"), (0, b"de"), (0, b"f" * 100))
    assert read(client, BodyLimits(4, 10, 10)) == (None, words.TOO_LARGE)
    assert client.parts == [(0, b"f" * 100)], "it is read no further"


def test_a_small_body_that_drips_is_ended_at_its_time() -> None:
    client = Client(*[(1.0, b"x")] * 100)
    assert read(client, BodyLimits(1000, 5, 10)) == (None, words.TOO_SLOW)
    assert client.now <= 12


def test_a_large_upload_may_take_long_but_not_for_ever() -> None:
    steady = Client(*[(1.0, b"x" * 2000)] * 200)
    assert read(steady, BodyLimits(10**6, 5))[1] is None
    dripping = Client(*[(1.0, b"x")] * 200)
    assert read(dripping, BodyLimits(10**6, 5)) == (None, words.TOO_SLOW)
    assert dripping.now < 10


def test_after_a_refusal_the_client_is_gone() -> None:
    async def run() -> list[str]:
        body = Body(Client((0, b"abcdef")).receive, BodyLimits(4, 10, 10))
        return [(await body())["type"] for _ in range(3)]

    assert asyncio.run(run()) == ["http.disconnect"] * 3
