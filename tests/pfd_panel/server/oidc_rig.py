"""A server that knows a provider, and a browser that goes there and back."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from data_catalog import Catalog, audit
from data_catalog.accounts import users
from tests.pfd_panel.server.provider import CLIENT, SECRET, LocalProvider, listening
from tests.pfd_panel.server.rig import Gate, Sent

GateOf = Callable[..., Gate]
ZOE = {"sub": "zoe-1", "preferred_username": "zoe", "email": "zoe@plant.example", "email_verified": True}


@pytest.fixture(scope="module")
def service() -> Iterator[LocalProvider]:
    with listening() as provider:
        yield provider


@pytest.fixture
def provider(service: LocalProvider) -> LocalProvider:
    """The provider, honest again."""
    service.about, service.twist, service.answer, service.reuses_codes = {}, None, None, False
    service.published = [service.key]
    return service


@pytest.fixture
def door(peopled: Catalog, gate_of: GateOf, provider: LocalProvider) -> Callable[..., Gate]:
    """A server with accounts that knows the provider."""

    def make(**settings: Any) -> Gate:
        known = {"oidc_issuer": provider.base, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        return gate_of(**known, **{"oidc_new_accounts": True, **settings})

    return make


def begin(gate: Gate, target: str = "/", **more: Any) -> tuple[str, str]:
    """Press the button: where the browser is sent, and the cookie that it keeps."""
    sent = gate.ask("/login/oidc", query=urlencode({"next": target}).encode(), **more)
    assert sent.status == 303, sent.body
    cookie = "; ".join(f"{k}={v}" for k, v in sent.cookies.items())
    return sent.header("location") or "", cookie


def back(gate: Gate, query: str, cookie: str, **more: Any) -> Sent:
    """Come back."""
    return gate.ask("/login/oidc/back", query=query.encode(), cookie=cookie, **more)


def sign_in(gate: Gate, provider: LocalProvider, target: str = "/", **claims: Any) -> Sent:
    """There and back in one browser."""
    where, cookie = begin(gate, target)
    return back(gate, provider.authorize(where, **{**ZOE, **claims}), cookie)


def is_refused(sent: Sent, gate: Gate, words: str = "") -> None:
    """Assert that the log-in page is shown with a sentence, and nobody was let in."""
    assert sent.status == 403
    assert b'role="alert"' in sent.body
    assert words in sent.body.decode()
    assert not any(name.startswith("pfd_session") for name in sent.cookies)


def names(catalog: Catalog) -> set[str]:
    with catalog.read() as session:
        return {user.name for user in users.listing(session)}


def actions(catalog: Catalog, name: str) -> list[str]:
    with catalog.read() as session:
        return [row.action for row in audit.page(session, subject_kind="user", subject_id=name)[0]][::-1]


def at_once(count: int, act: Callable[[], int]) -> list[int]:
    """What `act` returns in several threads that begin together."""
    found: list[int] = []
    ready = threading.Barrier(count)

    def one() -> None:
        ready.wait()
        found.append(act())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
