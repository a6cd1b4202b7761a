import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from pipelines.learn.metrics import score


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(5, 60))
@settings(max_examples=40, deadline=None)
def test_scores_equal_those_of_scikit_learn(seed: int, classes: int, size: int):
    rng = np.random.default_rng(seed)
    label = np.concatenate([np.arange(classes), rng.integers(0, classes, size)])
    probabilities = rng.dirichlet(np.ones(classes), len(label))
    predicted = probabilities.argmax(axis=1)
    found = score("recording", probabilities, label, tuple(f"c{i}" for i in range(classes)))
    assert found.accuracy == pytest.approx(reference.accuracy_score(label, predicted))
    assert found.balanced_accuracy == pytest.approx(reference.balanced_accuracy_score(label, predicted))
    assert found.macro_f1 == pytest.approx(reference.f1_score(label, predicted, average="macro"))
    assert found.log_loss == pytest.approx(reference.log_loss(label, probabilities))
    assert found.confusion == tuple(map(tuple, reference.confusion_matrix(label, predicted)))
    precision, recall, _, tested = reference.precision_recall_fscore_support(label, predicted, zero_division=np.nan)
    np.testing.assert_allclose([s.precision for s in found.per_class], precision)
    np.testing.assert_allclose([s.recall for s in found.per_class], recall)
    assert [s.tested for s in found.per_class] == tested.tolist()


def test_a_class_never_tested_has_no_recall_and_does_not_count():
    found = score("recording", np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]), np.array([0, 1]), ("a", "b", "c"))
    assert np.isnan(found.per_class[2].recall)
    assert found.balanced_accuracy == 1.0
    assert found.right == found.tested == 2
