import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from pipelines.errors import InputError
from pipelines.statistics import correlation


@pytest.fixture
def table() -> np.ndarray:
    rng = np.random.default_rng(5)
    first, second = rng.normal(size=(2, 80))
    grown = np.exp(3 * first)
    return np.stack([first, second, grown, -second + 0.1 * rng.normal(size=80), np.round(first)], axis=1)


@pytest.mark.parametrize(("kind", "reference"), [("pearson", pearsonr), ("spearman", spearmanr)])
def test_coefficients_are_those_of_scipy_with_ties(kind, reference, table: np.ndarray) -> None:
    found = correlation(table, kind=kind)
    for row in range(5):
        for column in range(5):
            expected = 1.0 if row == column else reference(table[:, row], table[:, column]).statistic
            assert found.coefficients[row, column] == pytest.approx(expected, abs=1e-12)
    assert found.count == 80


def test_a_curve_that_rises_is_one_for_spearman_alone(table: np.ndarray) -> None:
    assert correlation(table, kind="spearman").coefficients[0, 2] == pytest.approx(1.0)
    assert correlation(table).coefficients[0, 2] < 0.8


def test_features_that_say_the_same_stand_together_whatever_their_sign(table: np.ndarray) -> None:
    order = correlation(table, kind="spearman").order.tolist()
    assert sorted(order) == [0, 1, 2, 3, 4]
    assert abs(order.index(1) - order.index(3)) == 1
    assert {abs(order.index(0) - order.index(2)), abs(order.index(0) - order.index(4))} <= {1, 2}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(np.ones((4, 2)), "same for every"), (np.ones((2, 2)), "shape"), (np.full((4, 2), np.nan), "not finite")],
)
def test_what_cannot_be_correlated_is_refused(wrong: np.ndarray, said: str) -> None:
    with pytest.raises(InputError, match=said):
        correlation(wrong)
    with pytest.raises(InputError, match="no correlation is called"):
        correlation(np.eye(4), kind="kendall")  # type: ignore[arg-type]
