import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.features import FaultOrders, FeatureConfig, extract, extract_record, feature_names, windows

ORDERS = FaultOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.357, ftf=0.39828)


def test_windows_are_whole_and_the_rest_is_left_out() -> None:
    assert windows(2500, 1000.0, FeatureConfig()) == [(0, 1000), (1000, 2000)]
    assert windows(2000, 1000.0, FeatureConfig(overlap=0.5)) == [(0, 1000), (500, 1500), (1000, 2000)]


def test_a_short_record_and_a_configuration_without_windows_have_none() -> None:
    assert windows(999, 1000.0, FeatureConfig()) == []
    assert windows(5000, 1000.0, FeatureConfig(window_s=None)) == []


def test_a_window_of_too_few_samples_is_refused() -> None:
    with pytest.raises(InputError, match=r"window of 0\.01 s is 10 samples"):
        windows(5000, 1000.0, FeatureConfig(window_s=0.01))


def test_a_record_gives_the_features_of_the_whole_and_of_each_window() -> None:
    x = np.random.default_rng(0).standard_normal(5500)
    config = FeatureConfig(overlap=0.25)
    record = extract_record(x, 2000.0, 600.0, ORDERS, config)
    assert record.starts.tolist() == [0, 1500, 3000]
    np.testing.assert_array_equal(record.whole, extract(x, 2000.0, speed_rpm=600.0, orders=ORDERS)[0])
    for start, row in zip(record.starts, record.windows, strict=True):
        alone = extract(x[start : start + 2000], 2000.0, speed_rpm=600.0, orders=ORDERS)[0]
        np.testing.assert_allclose(row, alone, rtol=1e-5)


def test_only_the_chosen_domains_are_computed() -> None:
    x = np.random.default_rng(0).standard_normal(3000)
    record = extract_record(x, 1000.0, None, None, FeatureConfig(domains=("time", "cepstrum")))
    assert record.windows.shape == (3, len(feature_names(("time", "cepstrum"))))
    assert np.isfinite(record.windows).all()


def test_many_windows_are_cut_part_by_part_into_the_same_rows() -> None:
    x = np.random.default_rng(0).standard_normal(40_000).astype(np.float32)
    config = FeatureConfig(domains=("time",), window_s=0.1, overlap=0.9)
    record = extract_record(x, 1000.0, None, None, config)
    assert len(record.starts) == 3991
    last = x[39_900:]
    assert record.windows[-1, 0] == pytest.approx(np.sqrt(np.mean(last.astype(np.float64) ** 2)), rel=1e-6)


def test_a_record_of_several_channels_is_refused() -> None:
    with pytest.raises(InputError, match="expected one channel"):
        extract_record(np.ones((2, 5000)), 1000.0)
