"""A frozen file holds what the view shows, says where it comes from, and asks for nothing."""

import json
import re
from typing import Any

import pytest

from data_catalog.errors import NotFoundError
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.frozen.__main__ import freeze
from pfd_panel.services import collections, experiments, freezing, training, viewing
from pfd_panel.services.context import Context, User
from pfd_panel.services.views import FROZEN
from tests.pfd_panel.conftest import MODEL, RIG

TITLE = """Drive end </title></script><img src=x onerror="alert(1)"> {{data}} {{nonce}}"""


@pytest.fixture(scope="module")
def query(filled: Context) -> str:
    """The state of a page on a signal with an inner race fault."""
    dataset = collections.get(filled, RIG)
    row = viewing.page(filled, SignalQuery(dataset_id=dataset.id, where={"fault": ["inner_race"]})).rows[0]
    return f"dataset=Test+rig&id={row.signal_id}"


def data_of(file: str) -> Any:
    found = re.search(r'<script type="application/json" id="frozen-data">(.*?)</script>', file, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def words_of(file: str) -> str:
    """The file without its scripts and styles."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", file, flags=re.DOTALL)


def test_one_card_is_one_figure_with_its_data_and_where_they_come_from(filled: Context, query: str) -> None:
    file = freeze(filled, TITLE, "/signal", query, "spectrum")
    assert len(data_of(file)["items"][0]["roots"]) == 1
    assert json.dumps(data_of(file)).count("ColumnDataSource") >= 2
    told, dataset = words_of(file), collections.get(filled, RIG)
    signal = viewing.get(filled, RIG, query.rpartition("=")[2])
    for word in (
        dataset.id, dataset.manifest_hash, f"{RIG}, version {dataset.version}", signal.recording, signal.recording_id,
        signal.signal_id, "spectrum only", "PFD Panel", "UTC", "local", "Welch", "nothing in it changes",
    ):  # fmt: skip
        assert word in told, word
    assert "Envelope spectrum" not in told


def test_a_title_is_words_and_nothing_of_it_is_filled_in(filled: Context, query: str) -> None:
    file = freeze(filled, TITLE, "/signal", query, "spectrum")
    assert "<img" not in file
    assert file.count("Drive end &lt;/title&gt;&lt;/script&gt;&lt;img") == 2
    assert "{{data}} {{nonce}}" in file
    assert file.count("</html>") == 1


def test_a_long_line_holds_its_extremes_and_says_how_many(filled: Context, query: str) -> None:
    told = words_of(freeze(filled, "x", "/signal", query, "waveform"))
    signal = viewing.get(filled, RIG, query.rpartition("=")[2])
    assert signal.length > 8000
    found = re.search(r"Acceleration.*?: ([\d,]+) stretches", told)
    assert found is not None
    assert 4000 < int(found[1].replace(",", "")) <= 8000
    assert "stretches" not in words_of(freeze(filled, "x", "/signal", query, "spectrum"))


@pytest.mark.parametrize("page", sorted(FROZEN))
def test_every_page_can_be_frozen_and_nothing_in_it_leads_or_asks_anywhere(filled: Context, page: str) -> None:
    model = training.get(filled, MODEL).id
    states = {
        "/": "",
        "/model": f"id={model}",
        "/experiment": f"id={experiments.page(filled).rows[0].id}",
        "/experiments/compare": f"ids={model}",
    }
    state = states.get(page, "dataset=Test+rig")
    file = freeze(filled, "x", page, state, "")
    words = words_of(file)
    for gone in ("<a ", "href", "data-send", "<button", "<input", "<select", "<link", "src=", "<iframe"):
        assert gone not in words, gone
    assert "default-src 'none'" in file
    assert not re.search(r"@import|url\((?!data:)", "".join(re.findall(r"<style>(.*?)</style>", file, re.DOTALL)))
    assert len(words) > 1500
    assert ("Model id" in words) is (page == "/model")
    if page in ("/", "/explorer", "/signal", "/signals"):
        assert data_of(file)["items"]


def test_a_file_holds_what_its_maker_may_see(filled_copy: Context, query: str) -> None:
    collections.share(filled_copy, RIG, "private")
    eve = filled_copy.acting_as(User("eve"))
    with pytest.raises(NotFoundError):
        freeze(eve, "x", "/signal", query, "spectrum")
    assert RIG not in freeze(eve, "x", "/datasets", "", "")
    assert RIG in freeze(filled_copy, "x", "/datasets", "", "")


@pytest.mark.slow
def test_it_is_made_in_another_process_and_refused_in_words(filled: Context, query: str) -> None:
    made = freezing.freeze(filled, "Drive end, 12 kHz", "/signal", query, part="spectrum")
    assert made.name == "Drive_end_12_kHz.html"
    assert made.is_relative_to(filled.catalog.home)
    assert len(data_of(made.read_text("utf-8"))["items"][0]["roots"]) == 1
    with pytest.raises(RequestError, match="no dataset"):
        freezing.freeze(filled, "x", "/signal", "dataset=nowhere", part="spectrum")
    with pytest.raises(RequestError, match="cannot be frozen"):
        freezing.freeze(filled, "x", "/account")
