import re

from markupsafe import Markup

from pfd_panel.components.table import Column, DataTable, Rows

ROWS = [{"name": f"r{i:02d}", "value": (7 * i) % 25} for i in range(25)]


def make(**params):
    asked = []

    def fetch(sort, descending, offset, limit):
        asked.append((sort, descending, offset, limit))
        ordered = sorted(ROWS, key=lambda row: row[sort], reverse=descending) if sort else ROWS
        return Rows(ordered[offset : offset + limit], len(ROWS))

    columns = [
        Column("name", "Name", lambda row: row["name"]),
        Column("value", "Value (g)", lambda row: str(row["value"]), numeric=True),
    ]
    return DataTable(columns, fetch, **params), asked


def use(table, send, value="", **more):
    table.__panel__()._handle_msg({"send": send, "value": value, **more})


def shown(table):
    return re.findall(r">(r\d\d)<", table.__panel__().html)


def test_only_the_page_that_is_looked_at_is_fetched():
    table, asked = make()
    use(table, "page", "2")
    assert asked == [("", False, 0, 10), ("", False, 20, 10)]
    assert shown(table) == [f"r{i:02d}" for i in range(20, 25)]
    assert "21–25 of 25" in table.__panel__().html


def test_a_header_sorts_turns_round_and_returns_to_the_first_page():
    table, asked = make(page=2)
    use(table, "sort", "value")
    assert asked[-1] == ("value", True, 0, 10)
    assert 'aria-sort="descending"' in table.__panel__().html
    use(table, "sort", "value")
    assert asked[-1] == ("value", False, 0, 10)


def test_marks_survive_paging():
    table, _ = make(key=lambda row: row["name"])
    use(table, "mark", "r01", checked=True, box=True)
    use(table, "page", "1")
    use(table, "mark", "r11", checked=True, box=True)
    use(table, "mark", "r01", checked=False, box=True)
    assert table.chosen == ["r11"]


def test_a_page_beyond_the_end_shows_the_last_one():
    table, _ = make(page=9)
    assert table.page == 2
    assert shown(table)


def test_cells_are_escaped_unless_they_are_markup():
    columns = [Column("a", "A", lambda _: "<script>x</script>"), Column("b", "B", lambda _: Markup("<i>y</i>"))]
    html = DataTable(columns, lambda *_: Rows([1], 1)).__panel__().html
    assert "<script>" not in html
    assert "<i>y</i>" in html


def test_no_rows_are_said_in_words():
    html = DataTable([], lambda *_: Rows([], 0), nothing=("No signal matches", "Loads are 0 to 3 hp.")).__panel__().html
    assert "No signal matches" in html
    assert "<table" not in html
