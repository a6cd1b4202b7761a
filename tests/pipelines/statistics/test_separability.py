import numpy as np
import pytest
from scipy.stats import f_oneway
from sklearn.feature_selection import mutual_info_classif
from sklearn.metrics import mutual_info_score

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.statistics import ranking
from pipelines.statistics.separability import MOST_SIGNALS, equal_frequency

LABELS = np.repeat(["ball", "healthy", "inner"], [40, 50, 30])


@pytest.fixture
def table() -> np.ndarray:
    """Noise; a class mean; a copy of it; a class variance, whose mean tells nothing; an offset that is huge."""
    rng = np.random.default_rng(7)
    noise, spread, mean = rng.normal(size=(3, 120))
    mean = mean + 2.5 * (LABELS == "ball")
    spread = spread * np.where(LABELS == "inner", 0.05, 1.0)
    return np.stack([noise, mean, mean + 0.05 * rng.normal(size=120), spread, 1e6 + mean], axis=1)


def test_anova_is_that_of_scipy_also_beside_a_large_offset(table: np.ndarray) -> None:
    found = ranking(table, LABELS, method="anova")
    expected = f_oneway(*(table[one == LABELS] for one in np.unique(LABELS))).statistic
    np.testing.assert_allclose(found.scores, expected[found.order], rtol=1e-7)
    assert np.all(np.diff(found.scores) <= 0)
    assert set(found.order[:3].tolist()) == {1, 2, 4}


def test_mutual_information_is_that_of_sklearn_and_sees_a_spread(table: np.ndarray) -> None:
    found = ranking(table, LABELS, method="mutual_information", seed=4)
    expected = mutual_info_classif(table, LABELS, random_state=4)
    np.testing.assert_array_equal(found.scores, expected[found.order])
    place = {"spread": found.order.tolist().index(3), "noise": found.order.tolist().index(0)}
    assert place["spread"] < place["noise"]
    assert ranking(table, LABELS, method="anova").order.tolist().index(3) >= 3
    again = ranking(table, LABELS, method="mutual_information", seed=4)
    np.testing.assert_array_equal(found.scores, again.scores)


def test_mrmr_is_that_of_its_definition_and_takes_a_copy_late(table: np.ndarray) -> None:
    found = ranking(table, LABELS, method="mrmr")
    binned = [equal_frequency(column) for column in table.T]
    chosen: list[int] = []
    for place in range(5):
        worth = {
            one: mutual_info_score(LABELS, binned[one])
            - (np.mean([mutual_info_score(binned[one], binned[other]) for other in chosen]) if chosen else 0.0)
            for one in range(5)
            if one not in chosen
        }
        best = max(worth, key=lambda one: (worth[one], -one))
        assert found.order[place] == best
        assert found.scores[place] == pytest.approx(worth[best], abs=1e-12)
        chosen.append(best)
    # three columns say the same: only one of them is among the first two
    assert len({1, 2, 4} & set(found.order[:2].tolist())) == 1


def test_more_signals_than_an_estimate_takes_are_drawn_with_the_seed() -> None:
    rng = np.random.default_rng(0)
    labels = np.where(np.arange(MOST_SIGNALS + 500) % 2, "a", "b")
    values = rng.normal(size=(len(labels), 2)) + (labels == "a")[:, None] * [1.0, 0.0]
    one, same, other = (ranking(values, labels, method="mrmr", seed=seed) for seed in (1, 1, 2))
    assert (one.drawn, one.count) == (True, MOST_SIGNALS)
    np.testing.assert_array_equal(one.scores, same.scores)
    assert one.scores[0] != other.scores[0]
    whole = ranking(values, labels, method="anova")
    assert (whole.drawn, whole.count) == (False, len(labels))


def test_what_cannot_be_ranked_is_refused(table: np.ndarray) -> None:
    with pytest.raises(NotEnoughDataError, match="120 signals of 1 classes"):
        ranking(table, ["a"] * 120, method="anova")
    with pytest.raises(InputError, match="do not fit"):
        ranking(table, LABELS[:5], method="anova")
    with pytest.raises(InputError, match="no ranking is called"):
        ranking(table, LABELS, method="relief")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="not finite"):
        ranking(np.full((120, 1), np.nan), LABELS, method="anova")
