"""Plans."""

import pytest

from dask_cluster.jobs import Plan, Step


def test_a_plan_refuses_a_key_twice() -> None:
    with pytest.raises(ValueError, match="'a' appears more than once"):
        Plan([Step("a", {}), Step("b", {}), Step("a", {})])


def test_a_plan_adds_up_its_units() -> None:
    assert Plan([Step("a", {}, 3), Step("b", {}, 4)]).units == 7
