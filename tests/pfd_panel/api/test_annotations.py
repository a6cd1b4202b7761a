"""Annotations over HTTP: written, paged, filtered, downloaded, and hidden with their dataset."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

import httpx
import pytest

from data_catalog.signals import SignalRow
from pfd_panel.services import collections
from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import application, door, serving
from tests.pfd_panel.conftest import RIG


@pytest.fixture
def row(filled_copy: Context) -> SignalRow:
    return collections.choose(filled_copy, RIG, ["*105_0:DE"])[0]


@pytest.fixture
def address(filled_copy: Context) -> Iterator[str]:
    with serving(application(filled_copy)) as base:
        yield base


@pytest.fixture
def ada(address: str) -> Iterator[httpx.Client]:
    with door(address, "ada operator") as client:
        yield client


def write(client: httpx.Client, row: SignalRow, **said: object) -> dict[str, object]:
    answer = client.post(f"/datasets/{row.dataset_id}/signals/{row.signal_id}/annotations", json=said)
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.json()
    return told


def test_a_list_is_read_to_its_end_while_it_grows(ada: httpx.Client, row: SignalRow) -> None:
    made = [write(ada, row, text=f"remark {number}", start_s=0.1 * number)["id"] for number in range(5)]
    asked: dict[str, object] = {"signal": row.signal_id, "limit": 2}
    found, cursor = [], None
    while True:
        page = ada.get("/annotations", params=asked | ({"cursor": cursor} if cursor else {})).json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        write(ada, row, text="late", start_s=2.0)
    assert found == made[::-1]
    assert ada.get("/annotations", params={"cursor": "x"}).status_code == 422
    ordered = ada.get("/annotations", params={**asked, "sort": "place", "limit": 100}).json()["items"]
    assert [one["start_s"] for one in ordered] == sorted(one["start_s"] for one in ordered)


def test_filters_and_their_counts_agree(ada: httpx.Client, row: SignalRow) -> None:
    write(ada, row, label="hit", start_s=0.1)
    write(ada, row, label="hit", start_s=0.1, stop_s=0.2)
    write(ada, row, label="line", frequency_hz=162.2)
    of_it = {"dataset": RIG, "signal": row.signal_id}
    counted = ada.get("/annotation-facets", params=of_it).json()
    for name, pairs in counted.items():
        for pair in pairs:
            found = ada.get("/annotations", params={**of_it, name: pair["value"]}).json()
            assert found["total"] == pair["annotations"]
    assert {one["value"] for one in counted["kind"]} == {"point", "span", "frequency"}


def test_one_is_changed_deleted_and_restored(ada: httpx.Client, row: SignalRow, address: str) -> None:
    made = write(ada, row, text="first", start_s=0.5)
    place = f"/annotations/{made['id']}"
    assert ada.patch(place, json={"label": "hit"}).json()["label"] == "hit"
    with door(address, "bob operator") as bob:
        assert bob.patch(place, json={"text": "mine"}).status_code == 403
        assert bob.delete(place).status_code == 403
        assert bob.get(place).json()["text"] == "first"
    assert ada.delete(place).status_code == 204
    assert ada.get(place).status_code == 404
    assert ada.post(f"{place}/restore", json={}).json()["text"] == "first"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"text": "x", "start_s": -1}, "start_s"),
        ({"text": "x" * 4001, "start_s": 0}, "text"),
        ({"text": "x", "where": 1, "start_s": 0}, "where"),
        ({"text": "x", "start_s": 99}, "outside of the signal"),
        ({"text": "x"}, "points at one thing"),
    ],
)
def test_what_does_not_fit_is_a_problem_with_words(
    ada: httpx.Client, row: SignalRow, said: dict[str, object], words: str
) -> None:
    answer = ada.post(f"/datasets/{row.dataset_id}/signals/{row.signal_id}/annotations", json=said)
    assert answer.status_code == 422, answer.text
    assert words in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_they_are_downloaded_as_a_file(ada: httpx.Client, row: SignalRow) -> None:
    made = write(ada, row, text="=1+1", label="hit", frequency_hz=162.2)
    asked = {"dataset": RIG, "signal": row.signal_id}
    answer = ada.get("/annotation-export", params=asked)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Test_rig_annotations.csv" in answer.headers["content-disposition"]
    head, line = csv.reader(StringIO(answer.text))
    assert dict(zip(head, line, strict=True))["text"] == "'=1+1"
    told = ada.get("/annotation-export", params={**asked, "format": "json"}).json()["annotations"]
    timeless = made.keys() - {"created_at", "changed_at"}
    assert [{name: one[name] for name in timeless} for one in told] == [{name: made[name] for name in timeless}]
    assert datetime.fromisoformat(told[0]["created_at"]) == datetime.fromisoformat(str(made["created_at"]))


def test_of_a_private_dataset_nobody_else_is_told(
    ada: httpx.Client, row: SignalRow, filled_copy: Context, address: str
) -> None:
    made = write(ada, row, text="secret", start_s=0.5)
    collections.share(filled_copy, RIG, "private")
    with door(address, "root admin") as root:
        assert root.get(f"/annotations/{made['id']}").json()["text"] == "secret"
    assert ada.get(f"/annotations/{made['id']}").status_code == 404
    for path in ("/annotations", "/annotation-facets", "/annotation-export"):
        assert "secret" not in ada.get(path).text
        assert made["id"] not in ada.get(path, params={"signal": row.signal_id}).text
        assert ada.get(path, params={"dataset": row.dataset_id}).status_code == 404
    assert ada.patch(f"/annotations/{made['id']}", json={"text": "x"}).status_code == 404
    assert ada.delete(f"/annotations/{made['id']}").status_code == 404


def test_a_cell_is_had_over_http(ada: httpx.Client, row: SignalRow) -> None:
    place = f"/datasets/{row.dataset_id}/signals/{row.signal_id}/python"
    told = ada.get(place, params={"view": ["spectrum"], "server": "https://pfd.example.org"}).json()
    assert "Workbench.connect('https://pfd.example.org'" in told["code"]
    assert ada.get(place, params={"low_hz": 100}).status_code == 422
    assert "no frequency axis" not in ada.get(place, params={"axis": "orders"}).text
    assert ada.get(place, params={"view": ["orbit"]}).status_code == 422
