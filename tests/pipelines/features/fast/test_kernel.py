import numpy as np

from pipelines.features.fast.kernel import kernel, log32


@kernel
def logarithms(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(x)):
        out[i] = log32(x[i])


def test_the_vectorised_logarithm_is_right_over_the_range_of_float32() -> None:
    x = np.concatenate([np.geomspace(1.2e-38, 3e38, 20_001), 1 + np.linspace(-1e-3, 1e-3, 2001)]).astype(np.float32)
    out = np.empty_like(x)
    logarithms(x, out)
    exact = np.log(x.astype(np.float64))
    np.testing.assert_allclose(out, exact, rtol=2e-7, atol=5e-7)
