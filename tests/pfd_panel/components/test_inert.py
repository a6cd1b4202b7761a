"""What is shown to others says the same and does nothing."""

import pytest

from pfd_panel.components import markup as m
from pfd_panel.components.inert import inert
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.components.tabs import tabs


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p>RMS <b class="strong">0.2</b> g</p>', '<p>RMS <b class="strong">0.2</b> g</p>'),
        ('<a href="/signal?id=1" class="name">run0</a>', '<span class="name">run0</span>'),
        ('<a class="button primary" href="/train">Train</a>', ""),
        ('<a class="tool" href="/download/x" download>x</a>', ""),
        ('<span class="right"><a href="/jobs">All jobs</a></span>', '<span class="right"></span>'),
        ('<button type="button" data-send="go">Go</button>', ""),
        ('<td><button class="link" data-send="cell" data-value="x">3 wrong</button></td>',
         '<td><span>3 wrong</span></td>'),
        ('<label>Feature <select data-send="f"><option>a</option><option selected>b &lt;</option></select></label>',
         "<span>Feature <span>b &lt;</span></span>"),
        ('<label><input type="checkbox" data-send="m" checked>BPFO</label>', "<span>BPFO</span>"),
        ('<label><input type="checkbox" data-send="m">BPFI</label>', ""),
        ('<details class="help"><summary class="tool">?</summary><div>why</div></details>',
         '<details class="help"><summary class="tool">?</summary><div>why</div></details>'),
        ('<tr data-send="row" onclick="x()" tabindex="0"><td>1</td></tr>', "<tr><td>1</td></tr>"),
        ('<div class="facet"><h3>Fault</h3><label><input type="checkbox">Ball</label></div>', ""),
        ('<div class="facet"><h3>Fault</h3><label><input type="checkbox" checked>Ball</label></div>',
         '<div class="facet"><h3>Fault</h3><span>Ball</span></div>'),
        ("<script>alert(1)</script><style>x</style><iframe src='/'></iframe><p>left</p>", "<p>left</p>"),
        ("a &amp; b &lt;i&gt; <br> c", "a &amp; b &lt;i&gt; <br> c"),
        ('<p title="&quot;x&quot; &lt;">y</p>', '<p title="&quot;x&quot; &lt;">y</p>'),
        ("<p>never closed", "<p>never closed</p>"),
        ("</p>closed", "closed"),
    ],
)  # fmt: skip
def test_words_stay_and_controls_go(html: str, left: str) -> None:
    assert inert(html) == left


def test_a_table_keeps_its_headers_and_cells_and_loses_its_pages() -> None:
    columns = [Column("name", "Name", lambda one: m.Markup('<a href="/x">{}</a>').format(one)), Column("n", "N", str)]
    table = DataTable(columns, lambda *_: Rows(["a<b", "c"], 40), key=str, sort="name")
    left = inert(table._body.html)
    for kept in ("Name ↑", "N", "a&lt;b", "c", "1–2 of 40"):
        assert kept in left
    for gone in ("button", "input", "href", "data-send", "Next page", "chevron"):
        assert gone not in left


def test_of_tabs_the_open_one_is_told() -> None:
    left = inert(str(tabs("tab", [("a", "Overview"), ("b", "Mistakes")], "b")))
    assert "Mistakes" in left
    assert "Overview" not in left
