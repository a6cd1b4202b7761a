import numpy as np

from pipelines.learn.pooling import agreement, mean_by, recording_weights


def test_rows_are_averaged_by_owner_and_an_owner_without_rows_is_nan():
    pooled = mean_by(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 2]), 3)
    np.testing.assert_array_equal(pooled, [[2.0], [np.nan], [5.0]])


def test_agreement_is_the_share_of_windows_with_the_pooled_label():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.0, 1.0]])
    np.testing.assert_allclose(agreement(probabilities, np.array([0, 0, 0, 1]), np.array([0, 1])), [2 / 3, 1.0])


def test_every_class_and_every_recording_of_a_class_weighs_the_same():
    owner = np.array([0, 0, 0, 1, 2, 2])
    label = np.array([0, 0, 0, 0, 1, 1])
    weights = recording_weights(owner, label, 2)
    by_recording = np.bincount(owner, weights=weights)
    np.testing.assert_allclose(by_recording[0], by_recording[1])
    np.testing.assert_allclose(by_recording[0] + by_recording[1], by_recording[2])
    np.testing.assert_allclose(weights.mean(), 1.0)
