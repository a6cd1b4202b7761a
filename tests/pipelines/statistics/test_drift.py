from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import kstest

from pipelines.errors import NotEnoughDataError
from pipelines.statistics import feature_drift, stability_index


def slow_ks(first: np.ndarray, second: np.ndarray) -> float:
    return max(abs(np.mean(first <= one) - np.mean(second <= one)) for one in [*first, *second])


def slow_index(first: np.ndarray, second: np.ndarray) -> float:
    bounds = [-np.inf, *np.quantile(first, np.arange(1, 10) / 10), np.inf]
    total = 0.0
    for low, high in pairwise(bounds):
        p, q = ((np.sum((side >= low) & (side < high)) + 0.5) / (len(side) + 5) for side in (first, second))
        total += (q - p) * np.log(q / p)
    return total


@pytest.fixture
def sides() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    rng = np.random.default_rng(11)
    names = ("same", "shifted", "moved")
    before = {name: rng.normal(size=900) for name in names} | {"rare": np.arange(5.0)}
    after = {name: rng.normal(offset, size=700) for name, offset in zip(names, (0.0, 0.4, 2.0), strict=True)}
    return before, after | {"rare": np.arange(5.0) + 9}


def test_both_numbers_are_those_of_their_definitions(sides) -> None:
    before, after = sides
    for one in feature_drift(before, after).features:
        if one.word != "not compared":
            first, second = before[one.name], after[one.name]
            assert one.statistic == pytest.approx(slow_ks(first, second), abs=1e-12)
            assert one.p_value == pytest.approx(kstest(first, second, method="asymp").pvalue, rel=1e-9)
            assert one.stability_index == pytest.approx(slow_index(first, second), rel=1e-12)
            assert one.medians == (np.median(first), np.median(second))


def test_what_moved_comes_first_and_the_verdict_names_it(sides) -> None:
    found = feature_drift(*sides)
    words = {one.name: one.word for one in found.features}
    assert words == {"moved": "moved", "shifted": "shifted", "same": "stable", "rare": "not compared"}
    assert list(words) == ["moved", "shifted", "same", "rare"]
    assert found.verdict == "Drift: 1 of 3 features moved far (moved), 1 shifted a little (shifted)."


def test_few_values_and_many_small_differences_are_no_drift() -> None:
    rng = np.random.default_rng(2)
    few = feature_drift({"x": rng.normal(size=20)}, {"x": rng.normal(size=20)}).features[0]
    # the index alone would say so: chance makes it that great of twenty values
    assert few.stability_index > 0.1
    assert few.word == "stable"
    many = feature_drift({"x": rng.normal(size=100_000)}, {"x": rng.normal(0.05, size=100_000)})
    assert many.features[0].p_value < 1e-9
    assert many.features[0].word == "stable"
    assert many.verdict.startswith("No drift: none of 1 features")


def test_chance_finds_no_drift_among_forty_features() -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        before, after = ({str(at): rng.normal(size=60) for at in range(40)} for _ in range(2))
        assert {one.word for one in feature_drift(before, after).features} == {"stable"}


def test_a_side_without_values_is_said() -> None:
    with pytest.raises(NotEnoughDataError):
        stability_index([1.0, 2.0], [np.nan])
    found = feature_drift({"x": [1.0] * 9}, {"x": []})
    assert found.features[0].counts == (9, 0)
    assert found.verdict == "No feature has 8 values on both sides, so nothing is compared."
