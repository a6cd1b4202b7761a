"""Downloads that a spreadsheet may open."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.spreadsheets import FORMULA_STARTS

WORDS = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=12)


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode())))


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_name_becomes_a_formula(start: str) -> None:
    name = f'{start}HYPERLINK("http://example.org","inner race")'
    content = csv_file("a.csv", [name], [[name]]).content
    assert isinstance(content, bytes)
    assert [one.startswith("'") for row in cells(content) for one in row] == [True, True]


@given(st.lists(st.tuples(WORDS, st.floats(allow_nan=False, allow_infinity=False)), max_size=6))
def test_words_and_numbers_come_back(rows: list[tuple[str, float]]) -> None:
    content = csv_file("a.csv", ["name", "value"], rows).content
    assert isinstance(content, bytes)
    _, *told = cells(content)
    assert [one.removeprefix("'") if one[1:].startswith(FORMULA_STARTS) else one for one, _ in told] == [
        name.removeprefix("'") if name[1:].startswith(FORMULA_STARTS) else name for name, _ in rows
    ]
    assert [float(value) for _, value in told] == [value for _, value in rows], "a negative number stays a number"
