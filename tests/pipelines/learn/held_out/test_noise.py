"""Noise of the asked ratio, and scores with the intervals of scipy."""

import numpy as np
import pytest
from scipy.stats import binomtest

from pipelines.errors import InputError
from pipelines.learn.held_out import CLEAN, add_noise, judge_noise, noise_words


@pytest.mark.parametrize("snr_db", [20.0, 0.0, -6.0])
def test_the_noise_has_the_asked_share_of_the_power(snr_db: float) -> None:
    x = 3.0 + 2.0 * np.sin(np.arange(200_000) * 0.1)
    noise = add_noise(x, snr_db, np.random.default_rng(0)) - x
    assert 10 * np.log10(x.var() / noise.var()) == pytest.approx(snr_db, abs=0.1)
    assert abs(noise.mean()) < 0.03 * noise.std()
    again = add_noise(x, snr_db, np.random.default_rng(0)) - x
    np.testing.assert_array_equal(noise, again)


def test_clean_is_the_signal_itself_and_no_ratio_is_refused() -> None:
    x = np.arange(10.0)
    np.testing.assert_array_equal(add_noise(x, CLEAN, np.random.default_rng(0)), x.astype(np.float32))
    with pytest.raises(InputError, match="nan dB"):
        add_noise(x, float("nan"), np.random.default_rng(0))


def test_levels_are_scored_from_clean_to_loud() -> None:
    label = np.repeat([0, 1], 20)
    good = np.eye(2)[label]
    bad = good.copy()
    bad[:8] = [0.0, 1.0]
    found = judge_noise({0.0: bad, CLEAN: good, 10.0: good}, label, np.arange(40))
    assert [one.snr_db for one in found] == [CLEAN, 10.0, 0.0]
    assert [one.right for one in found] == [40, 40, 32]
    exact = binomtest(32, 40).proportion_ci(method="exact")
    assert (found[2].accuracy.low, found[2].accuracy.high) == pytest.approx((exact.low, exact.high))
    assert found[2].balanced_accuracy == pytest.approx((12 / 20 + 1) / 2)
    assert "At 0 dB 32 of 40 are right" in noise_words(found)
    assert "down to 10 dB" in noise_words(found)
    assert "Down to 10 dB" in noise_words(found[:2])


def test_recordings_of_one_group_are_not_independent() -> None:
    label = np.repeat([0, 1], 20)
    told = np.eye(2)[label]
    told[:10] = [0.0, 1.0]
    groups = np.arange(40) // 10
    (alone,) = judge_noise({CLEAN: told}, label, np.arange(40))
    (together,) = judge_noise({CLEAN: told}, label, groups)
    assert together.accuracy.high - together.accuracy.low > 1.5 * (alone.accuracy.high - alone.accuracy.low)
