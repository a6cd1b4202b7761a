"""The quick way to make models makes the same models."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Range1d
from bokeh.protocol import Protocol
from bokeh.themes import Theme

from pfd_panel.components.card import card
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button
from pfd_panel.components.plots import LinePlot
from pfd_panel.components.plots.lines import MarkerLines, array_overview
from pfd_panel.server import quick_models

Ways = tuple[tuple[type, str, Any], ...]
THEME = Theme(json={"attrs": {"Axis": {"axis_line_alpha": 0.5}, "Grid": {"grid_line_dash": [4, 2]}}})


def page(_: object = None) -> str:
    """A card with a plot and controls, as it is sent to the browser, whose models are numbered from one."""
    values = np.arange(50, dtype=np.float32) ** 2
    marks = [MarkerLines("BPFI", [5.0, 10.0], "#aa0000")]
    plot = LinePlot(array_overview(values, 0.0, 1.0), (0.0, 49.0), x_label="x", y_label="y", markers=marks)
    plot.figure.name = plot.feeder.target = "plot"
    controls = Live(button("Again", send="again"), on={"again": print}, css_classes=["own"], margin=3)
    document = Document(theme=THEME)
    shown = card("A card", plot, controls, pn.pane.HTML("<b>words</b>"), qualifier="and more")
    document.add_root(shown.get_root(document))
    message = Protocol().create("PULL-DOC-REPLY", "question", document)
    told = message.content_json + repr([buffer.to_bytes() for buffer in message.buffers])
    numbers: dict[str, str] = {}
    return re.sub(r"p\d{4,}|[A-Za-z]+\d{5}", lambda found: numbers.setdefault(found[0], str(len(numbers) + 1)), told)


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Callable[[Ways], None]:
    def use(ways: Ways) -> None:
        for kind, name, act in ways:
            monkeypatch.setattr(kind, name, act)

    return use


def test_the_same_document_is_sent_to_the_browser(way: Callable[[Ways], None]) -> None:
    way(quick_models._THOROUGH)
    page()  # a component is described to the browser once a process
    thorough = page()
    way(quick_models._QUICK)
    assert page() == thorough
    assert all(told in thorough for told in ('"axis_line_alpha":0.5', "BPFI", "and more", "Again"))


def test_defaults_that_can_be_changed_belong_to_one_model(way: Callable[[Ways], None]) -> None:
    way(quick_models._QUICK)
    one, other = ColumnDataSource(), ColumnDataSource()
    one.tags.append("mine")
    one.data["x"] = [1]
    assert (list(other.tags), dict(other.data)) == ([], {})
    assert one.selected is not other.selected
    seen: list[object] = []
    other.on_change("tags", lambda _attr, _old, new: seen.append(list(new)))
    other.tags.append("heard")
    assert seen == [["heard"]]


def test_a_theme_holds_where_nothing_was_set_and_ends_with_it(way: Callable[[Ways], None]) -> None:
    way(quick_models._QUICK)
    themed, set_by_hand = Range1d(), Range1d(start=3)
    for one in (themed, set_by_hand):
        one.apply_theme({"start": 7})
    assert (themed.start, set_by_hand.start) == (7, 3)
    themed.unapply_theme()
    assert themed.start == Range1d().start


def test_components_share_their_parameters_but_no_values_and_no_watchers() -> None:
    one, other = Live("one"), Live("other")
    heard: list[str] = []
    one.param.watch(lambda event: heard.append(event.new), "html")
    other.html = "changed"
    one.html = "mine"
    assert (one.html, other.html, heard) == ("mine", "changed", ["mine"])
