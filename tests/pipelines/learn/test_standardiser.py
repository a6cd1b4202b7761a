import numpy as np

from pipelines.learn.standardiser import Standardiser


def test_features_without_any_training_value_are_dropped():
    fitted = Standardiser.fit(np.array([[1.0, np.nan], [3.0, np.nan]]))
    assert fitted.kept.tolist() == [True, False]
    np.testing.assert_allclose(fitted.transform(np.array([[1.0, 9.0]])), [[-1.0]])


def test_gaps_are_filled_with_the_training_median_and_counted():
    fitted = Standardiser.fit(np.array([[1.0, 0.0], [2.0, 1.0], [9.0, 2.0]]))
    gap = np.array([[np.nan, 1.0]])
    np.testing.assert_allclose(fitted.transform(gap), fitted.transform(np.array([[2.0, 1.0]])))
    assert fitted.missing(gap).tolist() == [0.5]


def test_training_windows_come_out_with_zero_mean_and_unit_spread():
    values = np.random.default_rng(0).normal(5.0, 3.0, (200, 4))
    prepared = Standardiser.fit(values).transform(values)
    np.testing.assert_allclose(prepared.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(prepared.std(axis=0), 1.0)


def test_a_constant_feature_does_not_blow_up():
    values = np.full((10, 1), 0.1) * 3
    assert np.abs(Standardiser.fit(values).transform(values)).max() < 1e-9
