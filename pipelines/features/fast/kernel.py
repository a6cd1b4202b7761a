"""How the kernels are compiled, and the tricks they share."""

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

#: Elements summed in float32 before the sum goes into a float64: long enough to vectorise, short enough to be exact
#: to about 1e-7 of the sum of magnitudes.
CHUNK = 512

_LN2 = 0.6931471805599453


def kernel(function: Callable[..., Any]) -> Any:
    """Compile for vector units; sums may be reassociated, values are finite by contract."""
    return numba.njit(cache=True, nogil=True, fastmath=True, error_model="numpy")(function)


@intrinsic
def bits(typing_context: Any, value: Any) -> Any:
    """Bits of a float32 as int32: non-negative numbers sort alike, and only integer maxima vectorise."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(32))

    return types.int32(types.float32), generate


@intrinsic
def from_bits(typing_context: Any, value: Any) -> Any:
    """The float32 of the bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.int32), generate


@numba.njit(inline="always", fastmath=True)
def log32(value: float) -> float:
    """Natural logarithm of a positive, normal float32 to about 2e-7; vectorises, unlike math.log.

    The exponent is read from the bits so that the mantissa m lies in [√½, √2); ln m = 2 artanh((m-1)/(m+1)) by its
    series.
    """
    pattern = bits(numba.float32(value))
    exponent = (pattern - numba.int32(0x3F3504F3)) >> numba.int32(23)
    m = from_bits(numba.int32(pattern - (exponent << numba.int32(23))))
    z = (m - numba.float32(1)) / (m + numba.float32(1))
    q = z * z
    series = numba.float32(2 / 9) * q + numba.float32(2 / 7)
    series = series * q + numba.float32(2 / 5)
    series = series * q + numba.float32(2 / 3)
    series = series * q + numba.float32(2)
    return z * series + numba.float32(exponent) * numba.float32(_LN2)
