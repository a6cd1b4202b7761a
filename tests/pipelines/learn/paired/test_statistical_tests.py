"""Each statistical test against scipy where it has it, and against the worked examples of its papers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.paired import (
    cliffs_delta,
    cohens_d,
    corrected_resampled_t,
    friedman,
    holm,
    mcnemar,
    nemenyi,
    odds_ratio,
    wilcoxon_signed_rank,
)

DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)
"""AUC of four variants of C4.5 on 14 data sets: J. Demsar, JMLR 7 (2006) 1-30, table 6."""


@given(st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_the_exact_mcnemar_test_is_the_binomial_test_of_what_differs(only_a: int, only_b: int):
    found = mcnemar(only_a, only_b)
    expected = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert found.exact == pytest.approx(expected)
    assert found.mid_p <= found.exact + 1e-12
    assert mcnemar(only_b, only_a).mid_p == pytest.approx(found.mid_p)


def test_mcnemar_gives_the_values_of_the_airway_example():
    # M. Fagerland, S. Lydersen, P. Laake (2013), table 1: 1 against 7 discordant pairs
    found = mcnemar(1, 7)
    assert found.exact == pytest.approx(0.0703, abs=5e-5)
    assert found.mid_p == pytest.approx(0.0391, abs=5e-5)


@given(st.integers(0, 10_000), st.integers(3, 30))
@settings(max_examples=30, deadline=None)
def test_without_overlap_the_resampled_t_test_is_the_paired_t_test(seed: int, size: int):
    a, b = np.random.default_rng(seed).normal(size=(2, size))
    expected = stats.ttest_rel(a, b)
    found = corrected_resampled_t(a - b, 0.0)
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    interval = expected.confidence_interval(0.95)
    assert (found.difference.low, found.difference.high) == pytest.approx((interval.low, interval.high))


def test_the_correction_widens_the_variance_by_tested_over_trained():
    # ten times ten-fold cross-validation: 1/100 becomes 1/100 + 1/9
    differences = np.random.default_rng(0).normal(0.02, 0.03, 100)
    naive, honest = (corrected_resampled_t(differences, share).statistic for share in (0.0, 1 / 9))
    assert naive / honest == pytest.approx(np.sqrt((1 / 100 + 1 / 9) * 100))


def test_equally_good_models_are_rarely_told_apart_by_the_corrected_test_and_often_by_the_plain_one():
    rng = np.random.default_rng(1)
    naive = honest = 0
    for _ in range(300):
        # what each of 60 recordings says of the difference; 15 random splits that test a third of them
        of_recording = rng.normal(size=60)
        differences = [of_recording[rng.permutation(60)[:20]].mean() for _ in range(15)]
        naive += corrected_resampled_t(differences, 0.0).p < 0.05
        honest += corrected_resampled_t(differences, 0.5).p < 0.05
    assert naive / 300 > 0.3
    assert honest / 300 < 0.12


def test_splits_that_all_say_the_same_need_no_spread():
    assert corrected_resampled_t([0.1, 0.1, 0.1], 0.25).p == 0.0
    assert corrected_resampled_t([0.0, 0.0, 0.0], 0.25).p == 1.0
    with pytest.raises(NotEnoughDataError, match="at least two splits"):
        corrected_resampled_t([0.1], 0.25)


@given(st.integers(0, 10_000), st.integers(6, 24))
@settings(max_examples=30, deadline=None)
def test_wilcoxon_without_ties_equals_scipys_exact_test(seed: int, size: int):
    differences = np.random.default_rng(seed).normal(0.3, 1.0, size)
    expected = stats.wilcoxon(differences, method="exact")
    found = wilcoxon_signed_rank(differences)
    assert min(found.positive, found.negative) == expected.statistic
    assert found.p == pytest.approx(expected.pvalue)


def test_wilcoxon_with_ties_and_zeros_counts_every_choice_of_signs():
    differences = np.array([0.5, 0.5, -0.5, 1.0, 1.0, 0.0, -2.0, 1.5])
    nonzero = differences[differences != 0]
    ranks = stats.rankdata(np.abs(nonzero))
    choices = (np.arange(2**7)[:, None] >> np.arange(7)) & 1
    sums = choices @ ranks
    smaller = min(ranks[nonzero > 0].sum(), ranks[nonzero < 0].sum())
    assert wilcoxon_signed_rank(differences).p == pytest.approx(2 * (sums <= smaller).mean())
    assert wilcoxon_signed_rank(differences).counted == 7


def test_wilcoxon_tells_the_two_variants_apart_as_demsar_does():
    # table 2 of the paper gives rank sums 93 and 12 with the two zeros ranked below all others and shared by both sides
    found = wilcoxon_signed_rank(DEMSAR[:, 1] - DEMSAR[:, 0])
    assert (found.positive + 2 * 10 + 1.5, found.negative + 2 * 2 + 1.5, found.counted) == (93.0, 12.0, 12)
    assert found.p < 0.05


def test_many_differences_meet_the_normal_curve():
    differences = np.random.default_rng(2).normal(0.1, 1.0, 400)
    expected = stats.wilcoxon(differences, method="approx", correction=False).pvalue
    assert wilcoxon_signed_rank(differences).p == pytest.approx(expected)
    assert not wilcoxon_signed_rank(differences).exact


def test_friedman_and_nemenyi_give_the_numbers_of_demsars_example():
    found = friedman(DEMSAR)
    assert found.mean_ranks == pytest.approx((3.143, 2.000, 2.893, 1.964), abs=5e-4)
    # the paper leaves the ties of iris, lung cancer, primary tumor (2 each) and mushroom (4) uncorrected: 9.28
    assert found.chi_squared * (1 - (3 * 6 + 60) / (14 * 4 * 15)) == pytest.approx(9.28, abs=0.005)
    assert found.f == pytest.approx(13 * found.chi_squared / (14 * 3 - found.chi_squared))
    assert found.p == pytest.approx(stats.f.sf(found.f, 3, 39))
    assert nemenyi(found).critical_difference == pytest.approx(1.25, abs=0.005)
    assert nemenyi(found).p.min() > 0.05


@given(st.integers(0, 10_000), st.integers(3, 6), st.integers(5, 20))
@settings(max_examples=30, deadline=None)
def test_friedman_with_ties_equals_scipys(seed: int, models: int, blocks: int):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (blocks, models)) / 4
    scores[0] = np.arange(models)
    expected = stats.friedmanchisquare(*scores.T)
    found = friedman(scores)
    assert (found.chi_squared, found.p_chi_squared) == pytest.approx((expected.statistic, expected.pvalue))


def test_friedman_on_right_and_wrong_is_cochrans_q():
    # W. Cochran, Biometrika 37 (1950) 256: Q = (k - 1)(k sum G^2 - T^2) / (k T - sum L^2)
    right = np.random.default_rng(3).random((40, 4)) < np.array([0.5, 0.6, 0.7, 0.9])
    columns, rows = right.sum(axis=0), right.sum(axis=1)
    q = 3 * (4 * (columns**2).sum() - right.sum() ** 2) / (4 * right.sum() - (rows**2).sum())
    assert friedman(right.astype(float)).chi_squared == pytest.approx(q)


@pytest.mark.parametrize(("models", "q"), [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (10, 3.164)])
def test_the_critical_values_of_nemenyi_are_those_of_the_table(models: int, q: float):
    # J. Demsar (2006), table 5 (a); the table is for pairs out of k
    scores = np.tile(np.arange(max(models, 3), dtype=float), (4, 1))
    if models > 2:
        error = np.sqrt(models * (models + 1) / (6 * 4))
        assert nemenyi(friedman(scores)).critical_difference / error == pytest.approx(q, abs=1.5e-3)
    else:
        with pytest.raises(NotEnoughDataError, match="three models"):
            friedman(scores[:, :2])


def test_holm_adjusts_as_published():
    # S. Holm's procedure as in R's p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm"), in any order
    order = [3, 0, 4, 1, 2]
    expected = np.array([0.05, 0.08, 0.09, 0.09, 0.09])
    np.testing.assert_allclose(holm(np.array([0.01, 0.02, 0.03, 0.04, 0.05])[order]), expected[order])
    np.testing.assert_allclose(holm([0.5, 0.9]), [1.0, 1.0])
    with pytest.raises(InputError, match="between 0 and 1"):
        holm([0.1, np.nan])


def test_effect_sizes_are_those_of_their_definitions():
    rng = np.random.default_rng(4)
    a, b = np.round(rng.normal(0.4, 1.0, 30), 1), np.round(rng.normal(0.0, 1.0, 30), 1)
    assert cohens_d(a - b).value == pytest.approx(stats.ttest_rel(a, b).statistic / np.sqrt(30))
    signs = np.sign(a[:, None] - b[None, :])
    assert cliffs_delta(a, b).value == pytest.approx(signs.mean())
    u = stats.mannwhitneyu(a, b).statistic
    assert cliffs_delta(a, b).value == pytest.approx(2 * u / 900 - 1)


def test_the_odds_ratio_is_that_of_the_airway_example():
    found = odds_ratio(7, 1)
    assert found.value == 7.0
    share = stats.binomtest(7, 8).proportion_ci(method="exact")
    assert found.low == pytest.approx(share.low / (1 - share.low))
    assert found.high == pytest.approx(share.high / (1 - share.high))
    assert odds_ratio(4, 0).high == np.inf
    assert np.isnan(odds_ratio(0, 0).value)


@pytest.mark.parametrize(("value", "word"), [(0.1, "negligible"), (0.3, "small"), (0.6, "medium"), (1.0, "large")])
def test_the_size_has_cohens_words(value: float, word: str):
    assert cohens_d([value - 1, value, value + 1]).size == word
