"""Settings are read from values and from words alike."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.analyses import ANALYSES, Setting, in_words
from pipelines.analyses.settings import SettingError

NUMBERS = st.floats(-1e9, 1e9).map(lambda value: value + 0.0)
VALUES = {
    "number": NUMBERS,
    "whole": st.integers(-(10**9), 10**9),
    "band": st.tuples(st.floats(0, 1e6), st.floats(1e-3, 1e6)).map(lambda pair: (pair[0], pair[0] + pair[1] + 1)),
    "points": st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5).map(tuple),
    "list": st.lists(NUMBERS, min_size=1, max_size=5).map(tuple),
}


@given(st.data())
@pytest.mark.parametrize("kind", VALUES)
def test_what_is_put_into_words_is_read_back(kind: Any, data: st.DataObject) -> None:
    value = data.draw(VALUES[kind])
    setting = Setting("one", "One", kind)
    assert setting.read(value) == value
    if kind != "band":
        assert setting.read(in_words(value)) == value
    else:
        assert setting.read(in_words(value)) == pytest.approx(value)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_means_the_default(nothing: Any) -> None:
    assert Setting("one", "One", "number", 2.5).read(nothing) == 2.5


@pytest.mark.parametrize(
    ("kind", "bad"), [("number", "nan"), ("number", "x"), ("whole", "1.5"), ("band", "3"), ("band", "5-5"),
                      ("points", "1"), ("list", "1, x")],
)  # fmt: skip
def test_what_cannot_be_read_names_the_setting_and_an_example(kind: Any, bad: str) -> None:
    with pytest.raises(SettingError, match="One: ") as told:
        Setting("one", "One", kind).read(bad)
    assert (told.value.setting, "Write it as" in told.value.hint) == ("one", True)


def test_every_default_can_be_read_and_every_condition_names_a_choice_there_is() -> None:
    for analysis in ANALYSES.values():
        known = {one.name: one for one in analysis.settings}
        for setting in analysis.settings:
            assert setting.read(setting.default) == setting.default
            assert setting.default is not None or setting.automatic or setting.kind in ("channel", "points", "number")
            if setting.only is not None:
                name, values = setting.only
                assert set(values) <= {value for value, _ in known[name].choices}
