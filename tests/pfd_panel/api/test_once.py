"""Idempotency keys: sent again or twice at once, done once."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from data_catalog import Catalog
from data_catalog.schema import AnsweredRequest, utc_now
from pfd_panel.api import once as once_module
from pfd_panel.api.once import Reply, StillWorkingError, once
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import WHO, application, door, serving

ASKED = {"dataset": "made", "settings": {"kind": "rolling", "per_class": 1}}


@pytest.fixture
def client(bare: Context) -> object:
    with serving(application(bare)) as address, door(address) as found:
        yield found


def post(client: httpx.Client, key: str, **changed: object) -> httpx.Response:
    return client.post("/generations", json=ASKED | changed, headers={"idempotency-key": key})


def total(client: httpx.Client) -> int:
    return int(client.get("/jobs").json()["total"])


def test_the_same_request_is_done_once_and_answered_alike(client: httpx.Client) -> None:
    first, again = post(client, "k1"), post(client, "k1")
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert post(client, "k2").json()["id"] != first.json()["id"]
    assert total(client) == 2


def test_another_body_or_address_under_the_same_key_is_refused(client: httpx.Client) -> None:
    post(client, "k")
    other = post(client, "k", dataset="else")
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "header.Idempotency-Key")
    elsewhere = client.post("/generator/size", json=ASKED, headers={"idempotency-key": "k"})
    assert elsewhere.status_code == 422
    assert total(client) == 1


def test_keys_are_each_users_own(client: httpx.Client) -> None:
    first = post(client, "k").json()["id"]
    client.headers[WHO] = "bob operator"
    assert post(client, "k").json()["id"] != first


def test_many_at_once_make_one_job(client: httpx.Client) -> None:
    ids: list[str] = []
    ready = threading.Barrier(16)

    def one() -> None:
        with door(str(client.base_url).removesuffix("/api/v1/")) as other:
            ready.wait()
            answer = post(other, "same")
            ids.append(answer.json().get("id", answer.text))

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 16
    assert len(set(ids)) == 1
    assert total(client) == 1


class TwoServersContract:
    """Several servers on one catalog, each with connections of its own. Subclasses give `catalogs`."""

    def test_many_at_once_at_several_servers_make_one_job(self, catalogs: list[Catalog]) -> None:
        with ExitStack() as open_:
            bases = [open_.enter_context(serving(application(Context(one)))) for one in catalogs]
            answers: list[tuple[int, str, str | None]] = []
            ready = threading.Barrier(12)

            def one(base: str) -> None:
                with door(base) as client:
                    ready.wait()
                    sent = post(client, "same")
                    told = (
                        sent.status_code,
                        sent.json().get("id", sent.text),
                        sent.headers.get("idempotency-replayed"),
                    )
                    answers.append(told)

            threads = [threading.Thread(target=one, args=(bases[number % len(bases)],)) for number in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert {status for status, *_ in answers} == {202}
            assert len({job for _, job, _ in answers}) == 1
            assert sorted(str(replayed) for *_, replayed in answers) == ["None"] + ["true"] * 11
            for base in bases:
                with door(base) as client:
                    assert total(client) == 1
                    assert post(client, "same", dataset="else").status_code == 422


class TestTwoServersSqlite(TwoServersContract):
    @pytest.fixture
    def catalogs(self, tmp_path: Path) -> Iterator[list[Catalog]]:
        with Catalog.open(tmp_path / "home") as first, Catalog.open(tmp_path / "home") as second:
            yield [first, second]


@pytest.mark.postgres
class TestTwoServersPostgres(TwoServersContract):
    @pytest.fixture
    def catalogs(self, tmp_path: Path, postgres_url: str) -> Iterator[list[Catalog]]:
        home = tmp_path / "home"
        with Catalog.open(home, database_url=postgres_url) as first, Catalog.open(home, database_url=postgres_url) as b:
            yield [first, b]


def test_a_refusal_gives_the_key_back(client: httpx.Client) -> None:
    assert post(client, "k", dataset=" ").status_code == 422
    assert post(client, "k").status_code == 202


def test_a_key_of_a_dead_process_is_not_done_again(bare: Context) -> None:
    with bare.catalog.write() as session:
        long_ago = utc_now() - timedelta(minutes=5)
        session.add(AnsweredRequest(owner="local", key="k", fingerprint="f", answer=None, created_at=long_ago))
    with pytest.raises(StillWorkingError):
        once(bare, "k", "f", lambda: pytest.fail("done twice"))


def test_keys_are_forgotten_after_a_day(bare: Context) -> None:
    assert once(bare, "k", "f", lambda: Reply(200, "first")).body == "first"
    with bare.catalog.write() as session:
        session.get(AnsweredRequest, ("local", "k")).created_at = utc_now() - once_module.KEPT - timedelta(minutes=1)
    assert once(bare, "k", "other", lambda: Reply(200, "second")).body == "second"


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ü"])
def test_unusable_keys_are_refused(bare: Context, key: str) -> None:
    with pytest.raises(RequestError, match="visible characters"):
        once(bare, key, "f", lambda: Reply(200))
