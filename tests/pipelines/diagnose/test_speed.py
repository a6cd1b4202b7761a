import numpy as np
import pytest

from pipelines.diagnose import estimate_speed
from pipelines.errors import InputError

RATE = 10_000.0
TIME = np.arange(60_000) / RATE


@pytest.mark.parametrize("rpm", [900, 1473, 2955])
def test_shaft_harmonics_in_noise_give_the_speed(rpm):
    rng = np.random.default_rng(rpm)
    x = rng.standard_normal(TIME.size)
    x += sum(0.5 / k * np.cos(2 * np.pi * k * rpm / 60 * TIME + k) for k in range(1, 6))
    estimate = estimate_speed(x, RATE)
    assert estimate.rpm == pytest.approx(rpm, rel=0.01)
    assert estimate.confidence > 0.5
    assert "estimated" in estimate.how


def test_noise_alone_gives_no_confidence():
    estimate = estimate_speed(np.random.default_rng(1).standard_normal(TIME.size), RATE)
    assert estimate.confidence < 0.3


def test_a_narrow_range_is_respected():
    x = (
        np.cos(2 * np.pi * 25 * TIME)
        + np.cos(2 * np.pi * 50.5 * TIME)
        + np.random.default_rng(2).normal(size=TIME.size)
    )
    assert 1400 <= estimate_speed(x, RATE, search_rpm=(1400, 1600)).rpm <= 1600


def test_a_record_too_short_or_an_empty_range_is_refused():
    with pytest.raises(InputError, match="empty"):
        estimate_speed(TIME, RATE, search_rpm=(2000, 1000))
    with pytest.raises(InputError, match="cannot show"):
        estimate_speed(np.random.default_rng(3).standard_normal(2000), RATE)
