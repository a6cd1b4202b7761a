import numpy as np
import pytest
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression

from pipelines.errors import InputError
from pipelines.learn.models.experts import MixtureOfExperts, loss_and_gradient


def two_conditions(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The sign that tells the classes apart turns over with the condition, which is in the features."""
    values = rng.normal(size=(size, 3))
    condition = np.where(rng.random(size) < 0.5, -2.0, 2.0)
    values[:, 2] += condition
    return values, (values[:, 0] * condition > 0).astype(np.int64)


def test_the_gradient_is_that_of_the_loss():
    rng = np.random.default_rng(0)
    inputs = np.hstack([rng.normal(size=(20, 3)), np.ones((20, 1))])
    label, weight = rng.integers(0, 3, 20), rng.dirichlet(np.ones(20))
    arguments = (inputs, label, weight, 2, 0.3)
    for _ in range(3):
        error = check_grad(
            lambda x: loss_and_gradient(x, *arguments)[0],
            lambda x: loss_and_gradient(x, *arguments)[1],
            rng.normal(size=4 * 2 * 4),
        )
        assert error < 1e-5


def test_experts_share_out_conditions_that_one_line_cannot_serve():
    rng = np.random.default_rng(1)
    values, label = two_conditions(rng, 600)
    unseen, truth = two_conditions(rng, 400)
    mixture = MixtureOfExperts(2, 0.1, 200, seed=0).fit(values, label)
    right = (mixture.predict_proba(unseen).argmax(axis=1) == truth).mean()
    linear = (LogisticRegression().fit(values, label).predict(unseen) == truth).mean()
    assert right > 0.9
    assert linear < 0.7
    np.testing.assert_allclose(mixture.predict_proba(unseen).sum(axis=1), 1.0)


def test_the_seed_decides_and_weights_count():
    rng = np.random.default_rng(2)
    values, label = two_conditions(rng, 100)
    one, same, other = (MixtureOfExperts(3, 1.0, 40, seed).fit(values, label).weights for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-3
    heavy = MixtureOfExperts(2, 1.0, 60, 0).fit(values, label, np.where(label == 1, 9.0, 1.0))
    light = MixtureOfExperts(2, 1.0, 60, 0).fit(values, label)
    assert heavy.predict_proba(values)[:, 1].mean() > light.predict_proba(values)[:, 1].mean() + 0.02


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(InputError, match="at least one window"):
        MixtureOfExperts(2, 1.0, 10, 0).fit(np.empty((0, 2)), np.empty(0, dtype=np.int64))
