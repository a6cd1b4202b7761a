"""What is remembered of a page's scripts and styles is what Panel would work out."""

from collections.abc import Callable

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import DataTable, ImportedStyleSheet
from bokeh.resources import Resources as BokehResources
from panel.io import resources as panel_resources
from panel.io import server as panel_server
from panel.io.state import set_curdoc

from pfd_panel.components.live import Live
from pfd_panel.server.page_resources import keep_page_resources

keep_page_resources()


def page(*parts: object) -> Document:
    document = Document()
    with set_curdoc(document):
        for part in parts:
            model = part if isinstance(part, DataTable) else pn.panel(part).get_root(document)
            document.add_root(model)
    return document


@pytest.mark.parametrize(
    "make",
    [lambda: page(Live("<p>words</p>")), lambda: page(pn.Column("a"), Live("b")), lambda: page(DataTable())],
    ids=["component", "two roots", "table"],
)
def test_the_tags_of_a_page_are_those_that_panel_writes(make: Callable[[], Document]) -> None:
    asked = BokehResources(mode="server", root_url="/")
    for _ in range(2):
        document = make()
        with set_curdoc(document):
            kept = panel_server.bundle_resources(document.roots, asked)
            fresh = tuple(panel_resources.bundle_resources(document.roots, asked, enable_mathjax=False))
        assert tuple(kept) == fresh
        assert "panel.min.js" in kept[0]


def test_pages_with_other_kinds_of_model_get_other_scripts() -> None:
    asked = BokehResources(mode="server", root_url="/")
    plain, table = (
        panel_server.bundle_resources(document.roots, asked) for document in (page(Live("x")), page(DataTable()))
    )
    assert "bokeh-tables" in table[0]
    assert "bokeh-tables" not in plain[0]


def test_every_style_sheet_of_a_page_is_pointed_at_this_server() -> None:
    def urls(patch: Callable[..., None]) -> list[str]:
        document = page(pn.Column("a", Live("b")), pn.widgets.Button(label="c"))
        for root in document.roots:
            patch(root, dist_url="../static/extensions/panel/")
        return sorted(one.url for one in document.models if isinstance(one, ImportedStyleSheet))

    found = urls(panel_server.patch_model_css)
    assert found == urls(panel_resources.patch_model_css)
    assert any(one.startswith("../static/extensions/panel/") for one in found)
