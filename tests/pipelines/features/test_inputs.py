from collections.abc import Callable

import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.features import FaultOrders, extract, extract_reference

BOTH = pytest.mark.parametrize("compute", [extract, extract_reference])


@BOTH
def test_nan_samples_are_counted_in_the_refusal(compute: Callable[..., np.ndarray]) -> None:
    x = np.ones((2, 100))
    x[1, 3:8] = np.nan
    x[0, 0] = np.inf
    with pytest.raises(InputError, match="5 NaN and 1 infinite of 200 samples"):
        compute(x, 1000.0)


@BOTH
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("position", [0, 50, 99])
def test_a_single_bad_sample_is_found_wherever_it_is(
    compute: Callable[..., np.ndarray], bad: float, position: int
) -> None:
    x = np.random.default_rng(0).standard_normal(100).astype(np.float32)
    x[position] = bad
    with pytest.raises(InputError, match=r"1 (NaN|infinite)|and 1 infinite"):
        compute(x, 1000.0)


@BOTH
@pytest.mark.parametrize(
    ("x", "rate", "known", "message"),
    [
        (np.ones(63), 1000.0, {}, "63 samples, expected at least 64"),
        (np.ones(0), 1000.0, {}, "0 samples"),
        (np.ones((2, 2, 100)), 1000.0, {}, "shape"),
        (np.ones(100, dtype=complex), 1000.0, {}, "complex128"),
        (np.array(["a"] * 100), 1000.0, {}, "expected real numbers"),
        (np.ones(100), 0.0, {}, "sampling rate 0"),
        (np.ones(100), -5.0, {}, "sampling rate -5"),
        (np.ones(100), float("nan"), {}, "sampling rate nan"),
        (np.ones(100) * 1e39, 1000.0, {}, "magnitudes below"),
        (np.ones(100), 1000.0, {"speed_rpm": 0.0}, "shaft speed"),
        (np.ones(100), 1000.0, {"speed_rpm": -60.0}, "shaft speed"),
        (np.ones(100), 1000.0, {"speed_rpm": [60.0, 60.0]}, "expected one number or one for each of 1 signals"),
        (np.ones(100), 1000.0, {"orders": FaultOrders(3.5, 5.4, -1.0, 0.4)}, "fault order bsf"),
    ],
)
def test_unusable_input_is_refused_with_what_was_wrong(
    compute: Callable[..., np.ndarray], x: np.ndarray, rate: float, known: dict, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        compute(x, rate, **known)


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.uint8, np.float16, np.float32, np.float64, bool])
def test_every_real_type_gives_the_features_of_its_numbers(dtype: type) -> None:
    x = (np.random.default_rng(0).standard_normal(500) * 20 + 100).astype(dtype)
    np.testing.assert_allclose(extract(x, 1000.0), extract(x.astype(np.float64), 1000.0), rtol=1e-4, atol=1e-4)


def test_an_empty_block_gives_no_rows() -> None:
    assert extract(np.empty((0, 100)), 1000.0).shape == extract_reference(np.empty((0, 100)), 1000.0).shape == (0, 42)
