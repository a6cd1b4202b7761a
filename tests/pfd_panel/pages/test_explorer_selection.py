"""What the Explorer does with what is found and marked: a version, a comparison, diagnoses; without a server."""

from urllib.parse import parse_qs, urlsplit

from data_catalog.signals import SignalQuery
from pfd_panel.components.html_tree import Node, parsed
from pfd_panel.services import collections, diagnosing, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import RIG
from tests.pfd_panel.pages.conftest import Toast
from tests.pfd_panel.pages.test_explorer import explore


def test_only_what_is_found_is_kept_in_a_new_version(filled_copy: Context, toasts: list[Toast]) -> None:
    view = explore(filled_copy, text="DE")
    view.selection.toggle()
    view.selection.view.on["keep-only"]("")
    assert "holds these 9 only" in view.selection.view.html
    view.selection.view.on["keep-all"]("")
    assert "holds these" not in view.selection.view.html
    assert collections.get(filled_copy, RIG).version == 1
    view.selection.view.on["keep-only"]("")
    view.selection.view.on["keep-selection"]("")
    assert (view.summary.version, view.summary.signals, view.table.total) == (2, 9, 9)
    assert "9 of 9 signals" in view._head.html
    assert "Version 2 holds 9 signals" in str(toasts)
    view.clear()
    assert view.table.total == 9
    view.selection.view.on["keep-selection"]("")
    assert "All 9 signals were chosen" in view.selection.view.html
    here = SignalQuery(dataset_id=view.summary.id, version=1)
    assert viewing.page(filled_copy, here).total == 18


def test_marked_signals_go_to_a_comparison_in_their_order(filled: Context) -> None:
    view = explore(filled)
    rows = viewing.page(filled, SignalQuery(dataset_id=view.summary.id, limit=3)).rows
    view.table.chosen = [rows[2].signal_id, rows[0].signal_id]
    links = [node for top in parsed(view.bulk.view.html) if isinstance(top, Node) for node in top.below()]
    (href,) = [node.get("href") for node in links if node.tag == "a"]
    asked = urlsplit(href)
    assert asked.path == "/compare"
    assert parse_qs(asked.query) == {"dataset": [RIG], "ids": [f"{rows[2].signal_id},{rows[0].signal_id}"]}


def test_marked_signals_are_diagnosed_and_shown(filled_copy: Context) -> None:
    view = explore(filled_copy, text="130@6_0")
    rows = viewing.page(filled_copy, view.present).rows
    view.table.chosen = [row.signal_id for row in rows]
    assert diagnosing.known(filled_copy, rows) == {}
    view.bulk.view.on["diagnose"]("")
    known = diagnosing.known(filled_copy, rows)
    assert set(known) == {row.signal_id for row in rows}
    faulty = sum(one.verdict == "fault" for one in known.values())
    assert f"2 signals diagnosed: {faulty} faulty" in view.bulk.view.html
    assert f"{known[rows[0].signal_id].evidence[0].score:.1f}" in view.table._body.html
    assert view.table.chosen == [row.signal_id for row in rows]
