"""One pair of models under each of the tests, with its effect sizes and its sentence."""

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.paired.effects import Effect, cliffs_delta, cohens_d, odds_ratio
from pipelines.learn.paired.friedman import Friedman, Nemenyi
from pipelines.learn.paired.mcnemar import mcnemar
from pipelines.learn.paired.resampled_t import corrected_resampled_t
from pipelines.learn.paired.result import PairTest
from pipelines.learn.paired.rules import LEAST_BLOCKS
from pipelines.learn.paired.signed_rank import wilcoxon_signed_rank
from pipelines.learn.paired.words import p_words

Names = tuple[str, ...]
Scores = NDArray[np.float64]


def by_mcnemar(names: Names, correct: NDArray[np.bool_], a: int, b: int) -> PairTest:
    """Compare two columns of right and wrong, shape (n, models)."""
    of_a, of_b = correct[:, a], correct[:, b]
    found = mcnemar(int((of_a & ~of_b).sum()), int((of_b & ~of_a).sum()))
    words = (
        f"{found.only_a} of {len(of_a)} recordings came out right only with {names[a]!r} and {found.only_b} only with "
        f"{names[b]!r}: exact McNemar test {p_words(found.exact)}, mid-p {p_words(found.mid_p)}."
    )
    if found.only_a + found.only_b < LEAST_BLOCKS:
        words += " So few could not be beyond chance, however they fell."
    return PairTest(
        a=names[a],
        b=names[b],
        test="Exact McNemar",
        difference=float(of_a.mean() - of_b.mean()),
        interval=None,
        statistic=float(min(found.only_a, found.only_b)),
        p=found.exact,
        p_adjusted=found.exact,
        significant=False,
        effects=(odds_ratio(found.only_a, found.only_b),),
        words=words,
    )


def by_resampled_t(names: Names, scores: Scores, a: int, b: int, tested_over_trained: float) -> PairTest:
    """Compare two columns of scores by split, shape (splits, models)."""
    found = corrected_resampled_t(scores[:, a] - scores[:, b], tested_over_trained)
    mean = found.difference
    words = (
        f"Over {len(scores)} splits {names[a]!r} gets {100 * abs(mean.value):.1f} points "
        f"{'more' if mean.value >= 0 else 'less'} than {names[b]!r} (95 % interval {100 * mean.low:+.1f} to "
        f"{100 * mean.high:+.1f}): corrected resampled t test {p_words(found.p)}."
    )
    return PairTest(
        a=names[a],
        b=names[b],
        test="Corrected resampled t",
        difference=mean.value,
        interval=mean,
        statistic=found.statistic,
        p=found.p,
        p_adjusted=found.p,
        significant=False,
        effects=_effects(scores, a, b),
        words=words,
    )


def by_signed_rank(names: Names, scores: Scores, a: int, b: int) -> PairTest:
    """Compare two columns of scores by block, shape (blocks, models)."""
    differences = scores[:, a] - scores[:, b]
    found = wilcoxon_signed_rank(differences)
    ahead, behind = int((differences > 0).sum()), int((differences < 0).sum())
    words = (
        f"{names[a]!r} is ahead on {ahead} and {names[b]!r} on {behind} of {len(differences)}: "
        f"Wilcoxon signed rank test {p_words(found.p)}."
    )
    return PairTest(
        a=names[a],
        b=names[b],
        test="Wilcoxon signed rank",
        difference=float(differences.mean()),
        interval=None,
        statistic=min(found.positive, found.negative),
        p=found.p,
        p_adjusted=found.p,
        significant=False,
        effects=_effects(scores, a, b),
        words=words,
    )


def by_nemenyi(names: Names, scores: Scores, a: int, b: int, ranked: Friedman, ranges: Nemenyi) -> PairTest:
    """Compare the mean ranks of two of many models over blocks."""
    of_a, of_b, p = ranked.mean_ranks[a], ranked.mean_ranks[b], float(ranges.p[a, b])
    words = (
        f"Mean rank {of_a:.2f} of {names[a]!r} and {of_b:.2f} of {names[b]!r} (1 is best), beyond chance from "
        f"{ranges.critical_difference:.2f} apart: Nemenyi test {p_words(p)}."
    )
    return PairTest(
        a=names[a],
        b=names[b],
        test="Nemenyi",
        difference=float((scores[:, a] - scores[:, b]).mean()),
        interval=None,
        statistic=abs(of_a - of_b),
        p=p,
        p_adjusted=p,
        significant=False,
        effects=_effects(scores, a, b),
        words=words,
    )


def _effects(scores: Scores, a: int, b: int) -> tuple[Effect, ...]:
    return cohens_d(scores[:, a] - scores[:, b]), cliffs_delta(scores[:, a], scores[:, b])
