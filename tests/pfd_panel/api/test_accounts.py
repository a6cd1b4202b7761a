"""Accounts over the API: what a key, an invitation or a password leaves behind, and who sees what."""

import json
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from data_catalog.schema import AnsweredRequest
from pfd_panel.accounts.bearer import key_user
from pfd_panel.services import people
from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import WHO, application, serving

PASSWORD = "an unlikely phrase of words 7"


@pytest.fixture
def client(bare: Context) -> Iterator[httpx.Client]:
    people.add(bare, "root", "admin", PASSWORD)
    people.add(bare, "ada", "operator", PASSWORD)
    with serving(application(bare)) as address, httpx.Client(base_url=f"{address}/api/v1") as found:
        found.headers[WHO] = "root admin"
        yield found


def as_ada(client: httpx.Client) -> httpx.Client:
    client.headers[WHO] = "ada operator"
    return client


def test_a_key_is_minted_used_listed_and_revoked(client: httpx.Client, bare: Context) -> None:
    made = as_ada(client).post("/keys", json={"name": "nightly", "scopes": ["read"], "days": 1}).json()
    found = key_user(bare.catalog, made["token"])
    assert found is not None
    assert (found.user.name, found.user.scopes) == ("ada", frozenset({"read"}))
    (listed,) = client.get("/keys").json()
    assert (listed["id"], listed["uses"], "token" in listed) == (made["key"]["id"], 1, False)
    assert client.delete(f"/keys/{listed['id']}").json()["revoked_at"] is not None
    assert key_user(bare.catalog, made["token"]) is None


def test_a_secret_is_shown_once_and_an_idempotency_key_keeps_nothing_of_it(client: httpx.Client, bare: Context) -> None:
    asked = {"name": "eve", "role": "viewer", "password": PASSWORD}
    for path, body in (
        ("/keys", {"name": "k"}),
        ("/users", asked),
        ("/invitations", {"name": "bob", "role": "viewer"}),
    ):
        first = client.post(path, json=body, headers={"idempotency-key": path})
        assert first.status_code == 200, first.text
        again = client.post(path, json=body, headers={"idempotency-key": path})
        assert (again.status_code, again.json()["type"]) == (409, "/docs#problem-done-already")
        secret = first.json().get("token", PASSWORD)
        with bare.catalog.read() as session:
            kept = json.dumps([[one.fingerprint, one.answer] for one in session.scalars(select(AnsweredRequest))])
        assert secret not in kept
    assert len(client.get("/keys").json()) == 1


def test_nobody_sees_or_changes_what_is_for_administrators(client: httpx.Client) -> None:
    ada = as_ada(client)
    for method, path, body in (
        ("GET", "/users", None),
        ("POST", "/users", {"name": "x", "role": "admin", "password": PASSWORD}),
        ("PATCH", "/users/ada", {"role": "admin"}),
        ("GET", "/keys?everyone=true", None),
        ("GET", "/keys?user=root", None),
        ("POST", "/keys", {"name": "k", "user": "root"}),
        ("GET", "/sessions?user=root", None),
        ("GET", "/audit", None),
        ("GET", "/audit?user=root", None),
    ):
        assert ada.request(method, path, json=body).status_code == 403, path
    own = ada.get("/audit", params={"user": "ada"}).json()
    assert {one["user"] for one in own["items"]} <= {"ada"}


def test_the_log_comes_in_pages_and_no_answer_holds_a_hash(client: httpx.Client) -> None:
    for number in range(5):
        client.post("/keys", json={"name": f"k{number}"})
    seen, cursor = [], {}
    while True:
        page = client.get("/audit", params={"limit": 2, **cursor}).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == page["total"] >= 7
    told = client.get("/users").text + client.get("/account").text + client.get("/audit").text
    for word in ("argon2", "hash", "totp_secret", "sha256"):
        assert word not in told


def test_a_password_is_changed_only_with_the_present_one(client: httpx.Client) -> None:
    ada = as_ada(client)
    asked = {"present": "wrong", "new": "another unlikely phrase 8"}
    assert ada.post("/account/password", json=asked).status_code == 403
    assert ada.post("/account/password", json=asked | {"present": PASSWORD}).status_code == 204
    assert client.patch("/account", json={"display_name": "Ada L."}).json()["display_name"] == "Ada L."
