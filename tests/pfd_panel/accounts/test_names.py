"""One spelling a name, and none that passes for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.accounts.names import LONGEST, folded, new_name
from pfd_panel.errors import RequestError


@pytest.mark.parametrize("name", ["Ada", " ada\n", "ADA", "\uff41da"])
def test_spellings_of_a_name_are_one_name(name: str) -> None:
    assert new_name(name) == folded(name) == "ada"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "local",
        "LOCAL",
        "coordinator",
        "\u0430da",
        "a b",
        "<b>",
        "../x",
        "-a",
        "a-",
        "a\0",
        "x" * (LONGEST + 1),
    ],
)
def test_empty_reserved_long_and_lookalike_names_are_refused(name: str) -> None:
    with pytest.raises(RequestError):
        new_name(name)


@given(st.text(max_size=80))
def test_an_accepted_name_is_plain_and_stays_itself(name: str) -> None:
    try:
        found = new_name(name)
    except RequestError:
        return
    assert new_name(found) == found
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789._@+-")
