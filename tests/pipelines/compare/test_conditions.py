"""Which recordings come nearest: in speed first, then in load, and how far off they are."""

import pytest

from pipelines.compare import Condition, nearest_condition
from pipelines.errors import NotEnoughDataError

KNOWN = [Condition(1797, 0), Condition(1772, 1), Condition(1750, 2), Condition(1730, 3), Condition(None, 1)]


@pytest.mark.parametrize(
    ("wanted", "chosen", "words"),
    [
        (Condition(1796, 0), (0,), "1797 rpm, 0.1 % faster; load 0, the same"),
        (Condition(1700, 3), (3,), "1730 rpm, 1.8 % faster; load 3, the same"),
        (Condition(1760, 1), (1,), "1772 rpm, 0.7 % faster; load 1, the same"),
        (Condition(3000, None), (0,), "1797 rpm, 40.1 % slower; load not compared (not known)"),
        (Condition(None, 2.4), (2,), "speed not compared (not known); load 2, 0.4 less"),
        (Condition(), (0, 1, 2, 3, 4), "speed not compared (not known); load not compared (not known)"),
    ],
)
def test_the_nearest_condition_is_chosen_and_told(wanted: Condition, chosen: tuple[int, ...], words: str) -> None:
    found = nearest_condition(wanted, KNOWN)
    assert found.words == words
    assert set(chosen) == set(found.chosen)


def test_nothing_is_nearest_of_nothing() -> None:
    with pytest.raises(NotEnoughDataError):
        nearest_condition(Condition(1), [])
