"""Comparing 2 to 10 models on the same tests, with the test that fits the data and its words.

``compare_models(pd.concat([verdicts_of(result_a, "forest"), verdicts_of(result_b, "svm")]))``
"""

from pipelines.learn.paired.comparing import compare_models
from pipelines.learn.paired.effects import Effect, cliffs_delta, cohens_d, odds_ratio
from pipelines.learn.paired.friedman import Friedman, Nemenyi, friedman, nemenyi
from pipelines.learn.paired.holm import holm
from pipelines.learn.paired.mcnemar import McNemar, mcnemar
from pipelines.learn.paired.resampled_t import ResampledT, corrected_resampled_t
from pipelines.learn.paired.result import Comparison, ModelScore, Omnibus, PairTest
from pipelines.learn.paired.rules import RULES, Rule
from pipelines.learn.paired.signed_rank import SignedRank, wilcoxon_signed_rank
from pipelines.learn.paired.verdicts import verdicts, verdicts_of

__all__ = [
    "RULES",
    "Comparison",
    "Effect",
    "Friedman",
    "McNemar",
    "ModelScore",
    "Nemenyi",
    "Omnibus",
    "PairTest",
    "ResampledT",
    "Rule",
    "SignedRank",
    "cliffs_delta",
    "cohens_d",
    "compare_models",
    "corrected_resampled_t",
    "friedman",
    "holm",
    "mcnemar",
    "nemenyi",
    "odds_ratio",
    "verdicts",
    "verdicts_of",
    "wilcoxon_signed_rank",
]
