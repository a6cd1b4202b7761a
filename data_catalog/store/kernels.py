"""The inner loops of storing and showing samples; compiled, without the interpreter lock."""

import numpy as np
from numba import njit

_FAST = {"reassoc", "contract", "nsz"}
"""Sums may be taken in any order, so that they run in vector registers; NaN and infinity keep their meaning."""

STATE = 12
"""Length of the state of `scan`: count, mean, M2, M3, M4, not finite; then value, clipped, run of max, and of min."""

_CHECKED = 4096
"""Samples that a loop takes before it looks whether to go on."""


def new_state() -> np.ndarray:
    """The state of a signal before its first sample, float64 (STATE,)."""
    state = np.zeros(STATE)
    state[6], state[9] = -np.inf, np.inf
    return state


@njit(cache=True, nogil=True, fastmath=_FAST)
def _sum(x: np.ndarray) -> float:
    total = 0.0
    for value in x:
        total += value
    return total


@njit(cache=True, nogil=True, fastmath=_FAST)
def _central_sums(x: np.ndarray, mean: float) -> tuple[float, float, float]:
    second = third = fourth = 0.0
    for value in x:
        deviation = value - mean
        square = deviation * deviation
        second += square
        third += square * deviation
        fourth += square * square
    return second, third, fourth


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz", "nnan"})
def _bounds(x: np.ndarray) -> tuple[float, float]:
    low = x[0]
    high = x[0]
    for value in x:
        low = min(low, value)
        high = max(high, value)
    return low, high


@njit(cache=True, nogil=True)
def _finite_bounds(x: np.ndarray) -> tuple[np.float32, np.float32]:
    low = np.float32(np.nan)
    high = np.float32(np.nan)
    for value in x:
        if np.isfinite(value):
            if not low <= value:
                low = value
            if not high >= value:
                high = value
    return low, high


@njit(cache=True, nogil=True)
def _count_clipped(
    x: np.ndarray, block: int, bounds: np.ndarray, sign: float, extreme: float, state: np.ndarray, at: int
) -> None:
    """Runs of three and more samples at the largest sign * x so far; `extreme` is that of `x`, `bounds` of its blocks.

    Only blocks that reach the extreme are looked at sample by sample: hardly any does.
    """
    if extreme < state[at] or not np.isfinite(extreme):
        state[at + 2] = 0.0
        return
    if extreme > state[at]:
        state[at] = extreme
        state[at + 1] = 0.0
        state[at + 2] = 0.0
    clipped = state[at + 1]
    run = state[at + 2]
    for index in range(bounds.size):
        if sign * bounds[index] != extreme:
            run = 0.0
            continue
        for value in x[index * block : min((index + 1) * block, x.size)]:
            if sign * value == extreme:
                run += 1.0
                if run == 3.0:
                    clipped += 3.0
                elif run > 3.0:
                    clipped += 1.0
            else:
                run = 0.0
    state[at + 1] = clipped
    state[at + 2] = run


@njit(cache=True, nogil=True)
def scan(x: np.ndarray, block: int, low: np.ndarray, high: np.ndarray, state: np.ndarray) -> None:
    """Bounds of every block of `x` and the running moments of the signal it is a part of.

    Parameters
    ----------
    x : float32 (N,)
        The next samples; N is a multiple of `block` unless they are the last.
    block : int
        Samples a block.
    low, high : float32 (ceil(N / block),)
        Filled with the smallest and largest finite sample of each block; NaN where there is none.
    state : float64 (STATE,)
        From `new_state`, carried from call to call.

    Notes
    -----
    Two passes over `x` (mean first, then central sums), merged with what came before by the pairwise formulas of
    Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical
    moments", SAND2008-6212, eqs. 2.1 to 2.3.
    """
    total = _sum(x)
    finite = x
    clean = np.isfinite(total)
    if not clean:
        finite = x[np.isfinite(x)]
        total = _sum(finite)
        state[5] += x.size - finite.size
    largest = np.float32(-np.inf)
    smallest = np.float32(np.inf)
    for index in range(low.size):
        part = x[index * block : min((index + 1) * block, x.size)]
        if clean:
            low[index], high[index] = _bounds(part)
        else:
            low[index], high[index] = _finite_bounds(part)
        largest = max(largest, high[index]) if high[index] == high[index] else largest
        smallest = min(smallest, low[index]) if low[index] == low[index] else smallest
    n_b = finite.size
    if n_b == 0:
        return
    _count_clipped(x, block, high, np.float32(1.0), largest, state, 6)
    _count_clipped_low(x, block, low, smallest, state)
    mean_b = total / n_b
    m2_b, m3_b, m4_b = _central_sums(finite, mean_b)
    n_a, mean_a, m2_a, m3_a, m4_a = state[0], state[1], state[2], state[3], state[4]
    n = n_a + n_b
    delta = mean_b - mean_a
    state[0] = n
    state[1] = mean_a + delta * n_b / n
    state[2] = m2_a + m2_b + delta**2 * n_a * n_b / n
    state[3] = m3_a + m3_b + delta**3 * n_a * n_b * (n_a - n_b) / n**2 + 3.0 * delta * (n_a * m2_b - n_b * m2_a) / n
    state[4] = (
        m4_a
        + m4_b
        + delta**4 * n_a * n_b * (n_a**2 - n_a * n_b + n_b**2) / n**3
        + 6.0 * delta**2 * (n_a**2 * m2_b + n_b**2 * m2_a) / n**2
        + 4.0 * delta * (n_a * m3_b - n_b * m3_a) / n
    )


@njit(cache=True, nogil=True)
def _count_clipped_low(x: np.ndarray, block: int, low: np.ndarray, smallest: float, state: np.ndarray) -> None:
    state[9] = -state[9]
    _count_clipped(x, block, low, np.float32(-1.0), -smallest, state, 9)
    state[9] = -state[9]


@njit(cache=True, nogil=True)
def _quantise_some(x: np.ndarray, step: float, inverse: float, out: np.ndarray) -> bool:
    # no way out of the loop and one type a quantity, so that it runs in vector registers
    wrong = np.int32(0)
    for index in range(x.size):
        ratio = np.rint(x[index] * inverse)
        # what is too large, or no number, becomes a number that does not give the sample back
        ratio = ratio if ratio <= 32767.0 else 32767.0
        ratio = ratio if ratio >= -32767.0 else -32767.0
        out[index] = np.int32(ratio)
        wrong += np.float32(ratio * step) != x[index]
    return wrong == 0


@njit(cache=True, nogil=True)
def quantise(x: np.ndarray, step: float, out: np.ndarray) -> bool:
    """Write x / step as int16 (N,) into `out`; False, and `out` is worthless, unless float32(out * step) == x exactly.

    `x` is float32 (N,); `step` a float64.
    """
    inverse = 1.0 / step
    for start in range(0, x.size, _CHECKED):
        if not _quantise_some(x[start : start + _CHECKED], step, inverse, out[start : start + _CHECKED]):
            return False
    return True


@njit(cache=True, nogil=True)
def restore(numbers: np.ndarray, step: float) -> np.ndarray:
    """float32(numbers * step), (N,), from int16 (N,)."""
    out = np.empty(numbers.size, np.float32)
    for index in range(numbers.size):
        out[index] = np.float32(numbers[index] * step)
    return out


@njit(cache=True, nogil=True)
def best_step(x: np.ndarray, step: float) -> float:
    """The step that fits best, in the least-squares sense, the whole multiples nearest to those of `step`."""
    inverse = 1.0 / step
    products = squares = 0.0
    for value in x:
        number = np.rint(value * inverse)
        products += value * number
        squares += number * number
    return products / squares if squares > 0.0 else step


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "nnan"})
def _interval_of_some(x: np.ndarray, powers: np.ndarray, inverse: float) -> tuple[float, float, bool]:
    smallest = 0.0
    largest = np.inf
    beyond = np.int32(0)
    for index in range(x.size):
        size = np.float64(abs(x[index]))
        half = np.float64(powers[index]) * 2.0**-24
        number = np.rint(size * inverse)
        beyond += (number > 32767.0) | ((number < 1.0) & (size > 0.0))
        per_number = 1.0 / number if number >= 1.0 else 0.0
        smallest = max(smallest, (size - half) * per_number)
        largest = min(largest, (size + half) * per_number if number >= 1.0 else np.inf)
    return smallest, largest, beyond == 0


@njit(cache=True, nogil=True)
def step_interval(x: np.ndarray, powers: np.ndarray, step: float) -> tuple[float, float]:
    """The smallest and largest step whose multiples nearest to those of `step` round to `x` exactly.

    The interval is empty (smallest > largest) where no single step does; it means nothing where `x` is not finite.

    Parameters
    ----------
    x : float32 (N,)
    powers : float32 (N,)
        The power of two at or below each |x|; half a unit in the last place of x is 2^-24 of it.
    step : float
    """
    inverse = 1.0 / step
    smallest = 0.0
    largest = np.inf
    for start in range(0, x.size, _CHECKED):
        stop = start + _CHECKED
        low, high, fits = _interval_of_some(x[start:stop], powers[start:stop], inverse)
        smallest = max(smallest, low)
        largest = min(largest, high)
        if not fits or smallest > largest:
            return 1.0, 0.0
    return smallest, largest


@njit(cache=True, nogil=True)
def bucket_bounds(low: np.ndarray, high: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of buckets: bucket i covers entries edges[i] to edges[i + 1] of `low` and `high`; NaN if all are NaN."""
    count = edges.size - 1
    lower = np.full(count, np.float32(np.nan))
    upper = np.full(count, np.float32(np.nan))
    for bucket in range(count):
        for index in range(edges[bucket], edges[bucket + 1]):
            if not lower[bucket] <= low[index] and np.isfinite(low[index]):
                lower[bucket] = low[index]
            if not upper[bucket] >= high[index] and np.isfinite(high[index]):
                upper[bucket] = high[index]
    return lower, upper
