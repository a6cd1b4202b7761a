"""McNemar's test: of the records that only one of two models got right, is the share of one beyond chance?"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from pipelines.errors import InputError


@dataclass(frozen=True)
class McNemar:
    """Discordant counts and the two-sided p values of the exact test and of its mid-p form."""

    only_a: int
    only_b: int
    exact: float
    mid_p: float


def mcnemar(only_a: int, only_b: int) -> McNemar:
    """Test whether records that only one model got right fall on either side like a fair coin.

    The exact conditional test is Q. McNemar, Psychometrika 12 (1947) 153, without its normal approximation. It is
    conservative; the mid-p form takes half of the probability of what was met and keeps close to its level (M.
    Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology 13 (2013) 91, who advise it).

    Parameters
    ----------
    only_a, only_b : int
        Records that only the first, only the second model got right.

    Raises
    ------
    InputError
        When a count is negative.
    """
    if only_a < 0 or only_b < 0:
        raise InputError(f"counts of records cannot be negative: {only_a} and {only_b}")
    discordant, fewer = only_a + only_b, min(only_a, only_b)
    if only_a == only_b:
        # the whole distribution lies at or beyond what was met; half of the middle is all that mid-p takes off
        middle = float(binom.pmf(fewer, discordant, 0.5)) if discordant else 0.0
        return McNemar(only_a, only_b, 1.0, 1.0 - middle / 2.0)
    exact = float(np.minimum(2.0 * binom.cdf(fewer, discordant, 0.5), 1.0))
    return McNemar(only_a, only_b, exact, exact - float(binom.pmf(fewer, discordant, 0.5)))
