import numpy as np
import pytest

from pipelines.diagnose.comb import CombShape, best_combs, comb_means, measure_comb, plain_teeth, sideband_teeth
from pipelines.diagnose.config import DEFAULT


def lines_at(*places: float, size: int = 4000) -> np.ndarray:
    excess = np.abs(np.random.default_rng(0).normal(0, 0.05, size)).astype(np.float32)
    excess[(np.array(places) + 0.5).astype(int)] = 3.0
    return excess


def value_of(excess: np.ndarray, order: float, shape: CombShape) -> float:
    result = measure_comb(excess, order, 50.0, np.array([order]), shape, DEFAULT)
    return result.score(0.05)


RACE = CombShape.of_harmonics(DEFAULT.harmonics, odd=True)


def test_a_comb_at_its_own_frequency_stands_out():
    excess = lines_at(*(179.0 * np.arange(1, 6)))
    assert value_of(excess, 179.0 / 50, RACE) > 10


@pytest.mark.parametrize("factor", [2, 3, 0.5])
def test_a_comb_at_a_multiple_or_half_of_the_true_frequency_does_not(factor):
    excess = lines_at(*(179.0 * np.arange(1, 20)))
    plain = CombShape(plain_teeth(DEFAULT.harmonics))
    assert value_of(excess, factor * 179.0 / 50, plain) > 3
    assert value_of(excess, factor * 179.0 / 50, RACE) < 3


def test_sidebands_count_with_their_weight():
    teeth = sideband_teeth(2, 0.1, 0.5)
    assert teeth[:, 0] == pytest.approx([1, 2, 0.9, 1.9, 1.1, 2.1])
    assert teeth[:, 1] == pytest.approx([1, 1, 0.5, 0.5, 0.5, 0.5])
    only_sides = lines_at(90, 110, 190, 210, size=300)
    assert comb_means(only_sides, np.array([100.0]), np.zeros(1), teeth, 0.0)[0] == pytest.approx(6 / 4, abs=0.1)


def test_one_line_alone_is_no_comb():
    excess = lines_at(179.0)
    values, _ = best_combs(excess, np.array([179.0]), plain_teeth(5), 0.0, np.inf, 1.0)
    assert values[0] < 0.2
