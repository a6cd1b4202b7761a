"""What the guard refuses on the API has the form of the API's own refusals, whoever asks and however."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from data_catalog import Catalog
from data_catalog.errors import StoreError
from pfd_panel.api import problems
from pfd_panel.client.transport import refused
from pfd_panel.errors import NotAllowedError, RequestError, ServiceError
from pfd_panel.server import words
from tests.pfd_panel.server.rig import HOST, Gate, Sent

OWN = {"origin": f"http://{HOST}", "sec_fetch_site": "same-origin"}
ENDLESS = tuple({"type": "http.request", "body": b"x" * 500, "more_body": True} for _ in range(5))
SLOW = ({"type": "http.request", "body": b"x", "more_body": True},)

Case = tuple[int, str, dict[str, Any]]
CASES: dict[str, Case] = {
    "nobody": (401, "not-logged-in", {}),
    "a key that opens nothing": (401, "wrong-key", {"authorization": "Bearer pfd_x"}),
    "another host name": (403, "wrong-host", {"host": "evil.example", "login": True}),
    "another origin": (403, "wrong-origin", {"method": "POST", "origin": "http://evil.example", "login": True}),
    "a change without a token": (403, "no-token", {"method": "POST", "login": True}),
    "a route of Bokeh": (404, "not-found", {"path": "/api/v1/metadata", "login": True}),
    "a length that is none": (400, "not-understood", {"method": "POST", "login": True, "content_length": "x", **OWN}),
    "a length that is too much": (413, "too-large", {"method": "POST", "login": True, "content_length": "1025", **OWN}),
    "a body that is too much": (413, "too-large", {"method": "POST", "login": True, "incoming": ENDLESS, **OWN}),
    "a body that is too slow": (408, "too-slow", {"method": "POST", "login": True, "incoming": SLOW, **OWN}),
    "a crash": (500, "unexpected", {"path": "/api/crash", "login": True}),
    "what the framework refuses": (404, "not-found", {"path": "/api/missing", "login": True}),
}


def is_problem(sent: Sent, status: int, kind: str, path: str) -> None:
    """Assert that an answer has the form of `pfd_panel.api.problems`."""
    assert (sent.status, sent.header("content-type")) == (status, "application/problem+json")
    told = sent.json
    assert (told["type"], told["title"]) == (problems.TYPES + kind, problems.title_of(kind))
    assert (told["status"], told["instance"]) == (status, path)
    assert set(told) - {"reference"} == {"type", "title", "status", "detail", "hint", "instance"}
    assert "<" not in told["detail"] + told["hint"], "plain text, not the words of a page"
    assert sent.header("cache-control") == "no-store"
    if status == 500:
        assert told["reference"] == sent.header("x-request-id")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_every_refusal_is_a_problem(peopled: Catalog, gate_of: Callable[..., Gate], case: str, accept: str) -> None:
    gate = gate_of(body_limit=1024, body_seconds=0.2)
    status, kind, given = CASES[case]
    given = {"path": "/api/v1/x", "method": "GET", "accept": accept, **given}
    if given.pop("login", False):
        given["cookie"] = gate.cookie("bob")
    is_problem(gate.ask(**given), status, kind, given["path"])


def test_too_many_requests_are_a_problem_with_a_time(peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
    gate = gate_of(limit_read=1, limit_upload_bytes=10)
    cookie = gate.cookie("bob")
    gate.ask("/api/v1/x", cookie=cookie)
    sent = gate.ask("/api/v1/x", cookie=cookie)
    is_problem(sent, 429, "too-many-requests", "/api/v1/x")
    assert 1 <= int(sent.header("retry-after") or 0) <= 60
    path = "/api/v1/uploads/x"
    sent = gate.ask(path, "PATCH", cookie=cookie, body=b"x" * 11, content_length="11", **OWN)
    is_problem(sent, 429, "too-many-requests", path)


def test_a_database_that_does_not_answer_is_a_problem(manned: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StoreError("the disk is gone", hint="")

    monkeypatch.setattr("pfd_panel.server.keeper.key_user", fails)
    sent = manned.ask("/api/v1/x", authorization="Bearer pfd_x")
    is_problem(sent, 503, "unavailable", "/api/v1/x")


def test_people_are_told_in_words(gate: Gate) -> None:
    shown = gate.ask("/missing", cookie=gate.cookie())
    assert (shown.header("content-type"), b"There is no such page" in shown.body) == ("text/html; charset=utf-8", True)


@pytest.mark.parametrize("status", [400, 402, 404, 418, 500, 502])
def test_every_status_has_words_of_its_own_status(status: int) -> None:
    assert words.for_status(status).status == status


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (words.WRONG_KEY, NotAllowedError),
        (words.SIGN_IN, NotAllowedError),
        (words.NO_TOKEN, NotAllowedError),
        (words.TOO_LARGE, RequestError),
        (words.UNAVAILABLE, ServiceError),
    ],
)
def test_the_client_raises_them_as_errors_with_their_words(said: words.Answer, error: type[Exception]) -> None:
    with pytest.raises(error, match=said.sentence):
        refused(httpx.Response(said.status, content=words.as_json(said, "/api/v1/x")))
