import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from pipelines.errors import InputError
from pipelines.learn.models.weighted_neighbours import WeightedNeighbours


@pytest.fixture
def windows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(700, 4))
    return values, (values[:, 0] > 0).astype(np.int64) * 2, rng.normal(size=(600, 4))


@pytest.mark.parametrize(("by_distance", "weights"), [(False, "uniform"), (True, "distance")])
def test_without_weights_the_votes_are_scikit_learns(windows, by_distance: bool, weights: str):
    values, label, unseen = windows
    expected = KNeighborsClassifier(5, weights=weights).fit(values, label)
    found = WeightedNeighbours(5, by_distance).fit(values, label)
    np.testing.assert_allclose(found.predict_proba(unseen), expected.predict_proba(unseen), atol=1e-12)
    np.testing.assert_array_equal(found.classes_, [0, 2])


def test_a_neighbour_votes_with_its_weight():
    values, label = np.array([[0.0], [1.0], [2.0]]), np.array([0, 0, 1])
    found = WeightedNeighbours(3, by_distance=False).fit(values, label, np.array([1.0, 1.0, 6.0]))
    np.testing.assert_allclose(found.predict_proba(np.array([[1.0]])), [[0.25, 0.75]])


def test_a_window_met_in_training_decides_alone(windows):
    values, label, _ = windows
    found = WeightedNeighbours(5, by_distance=True).fit(values, label).predict_proba(values)
    np.testing.assert_allclose(found[np.arange(700), label // 2], 1.0, atol=1e-6)


def test_more_neighbours_than_windows_all_vote_and_none_are_refused():
    found = WeightedNeighbours(9, by_distance=False).fit(np.zeros((4, 1)), np.array([0, 0, 0, 1]))
    np.testing.assert_allclose(found.predict_proba(np.ones((1, 1))), [[0.75, 0.25]])
    with pytest.raises(InputError, match="at least one window"):
        WeightedNeighbours(3, by_distance=False).fit(np.empty((0, 2)), np.empty(0, dtype=np.int64))
