"""Views and links from the shell."""

from pathlib import Path

import pytest

from data_catalog import Catalog
from pfd_panel.cli.sharing import taken_apart
from tests.pfd_panel.shell import pfd, spoken


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Catalog.open(tmp_path / "home"):
        pass
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("/signal?id=1&dataset=a+b", ("/signal", "id=1&dataset=a+b")),
        ("https://plant.example:8443/explorer?x=1#y", ("/explorer", "x=1")),
        ("http://127.0.0.1:5006", ("/", "")),
        ("/", ("/", "")),
    ],
)
def test_an_address_is_given_as_the_browser_shows_it(address: str, parts: tuple[str, str]) -> None:
    assert taken_apart(address) == parts


def test_a_view_is_saved_listed_changed_and_forgotten(home: Path) -> None:
    made = pfd(home, "views", "save", "Drive end", "/signal?dataset=rig", "--part", "spectrum").told
    assert (made["visibility"], made["part"], made["query"]) == ("team", "spectrum", "dataset=rig")
    assert pfd(home, "views", "change", made["id"], "--visibility", "private", "--name", "Mine").told["name"] == "Mine"
    (listed,) = pfd(home, "views", "list").told["views"]
    assert (listed["name"], listed["visibility"]) == ("Mine", "private")
    assert pfd(home, "views", "remove", made["id"]).status == 0
    assert pfd(home, "views", "list").told == {"views": []}
    assert "no part" in pfd(home, "views", "save", "x", "/", "--part", "spectrum").refusal


def test_a_link_is_told_once_listed_and_revoked(home: Path) -> None:
    asked = (
        "share",
        "link",
        "Drive end",
        "/signal?dataset=rig",
        "--ancestor",
        "https://reports.example",
        "--days",
        "7",
    )
    made = pfd(home, *asked).told
    assert made["link"]["ancestors"] == ["https://reports.example"]
    assert made["address"] in made["iframe"]
    assert made["path"] not in spoken(home, "share", "list")[1]
    (listed,) = pfd(home, "share", "list").told["links"]
    assert (listed["title"], listed["valid"]) == ("Drive end", True)
    assert not pfd(home, "share", "revoke", listed["id"]).told["valid"]
    assert "no web origin" in pfd(home, *asked[:4], "--ancestor", "*").refusal
    assert "cannot be frozen" in pfd(home, "share", "freeze", "x", "/account").refusal
