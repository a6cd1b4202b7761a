"""Comparing 2 to 10 models: choose the test by the layout of the data, test, correct, say it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.paired.friedman import Friedman, Nemenyi, friedman, nemenyi
from pipelines.learn.paired.holm import holm
from pipelines.learn.paired.layout import layout_of, scores_by, tested_over_trained
from pipelines.learn.paired.pair_tests import by_mcnemar, by_nemenyi, by_resampled_t, by_signed_rank
from pipelines.learn.paired.result import SIGNIFICANCE, Comparison, ModelScore, Omnibus, PairTest
from pipelines.learn.paired.rules import Rule, choose_rule
from pipelines.learn.paired.verdicts import Paired, pair_up
from pipelines.learn.paired.words import caveats, compare_words, omnibus_words

BLOCKS = {"datasets": ["dataset"], "resampled": ["seed", "fold"], "records": ["recording"], "units": ["unit"]}


def compare_models(table: pd.DataFrame) -> Comparison:
    """Test which of 2 to 10 models are better than which, with the test that fits the data.

    The rule is chosen by `rules.RULES`, never by the result. With three models or more the pairs are corrected for
    their number (Holm), or tested by Nemenyi, which has it built in.

    Parameters
    ----------
    table : DataFrame, one row a verdict
        Columns model, dataset, seed, fold, unit, recording, correct, trained_on: what `verdicts` returns, concatenated.

    Raises
    ------
    InputError
        When the models were not tested on the same recordings, seeds and splits.
    NotEnoughDataError
        When there are too few data sets, splits (seeds) or recordings for the test that fits.
    """
    paired = pair_up(table)
    layout = layout_of(paired)
    rule = choose_rule(layout)
    scores = scores_by(paired, BLOCKS[rule.name])
    many = len(paired.models) > 2
    ranked = friedman(scores) if many and rule.name != "resampled" else None
    ranges = nemenyi(ranked) if ranked is not None and rule.name != "records" else None
    test = _pair_test(paired, rule, scores, ranked, ranges)
    pairs = [test(a, b) for a, b in combinations(range(len(paired.models)), 2)]
    corrected, correction = _corrected(pairs, ranges is not None)
    omnibus = _omnibus(ranked, ranges, rule, len(paired.models)) if ranked is not None else None
    models = _scores(paired, ranked)
    return Comparison(
        rule=rule.name,
        title=rule.title,
        why=f"Chosen because {rule.when}: {rule.why}.",
        citation=rule.citation,
        models=models,
        omnibus=omnibus,
        pairs=corrected,
        correction=correction,
        words=compare_words(models, omnibus, corrected),
        caveats=caveats(rule, layout),
    )


def _scores(paired: Paired, ranked: Friedman | None) -> tuple[ModelScore, ...]:
    tested = len(paired.correct)
    ranks = ranked.mean_ranks if ranked is not None else (float("nan"),) * len(paired.models)
    right = paired.correct.sum(axis=0)
    return tuple(
        ModelScore(name, int(n), tested, float(n / tested), rank)
        for name, n, rank in zip(paired.models, right, ranks, strict=True)
    )


def _omnibus(ranked: Friedman, ranges: Nemenyi | None, rule: Rule, models: int) -> Omnibus:
    test = "Cochran's Q (Friedman on right and wrong)" if rule.name == "records" else "Friedman"
    critical = ranges.critical_difference if ranges is not None else float("nan")
    return Omnibus(test, ranked.f, ranked.p, critical, omnibus_words(test, ranked.p, models))


def _pair_test(
    paired: Paired, rule: Rule, scores: NDArray[np.float64], ranked: Friedman | None, ranges: Nemenyi | None
) -> Callable[[int, int], PairTest]:
    if rule.name == "records":
        return lambda a, b: by_mcnemar(paired.models, paired.correct, a, b)
    if rule.name == "resampled":
        if (paired.tests["trained_on"] <= 0).any():
            raise InputError(
                "the corrected t test needs to know how many recordings each model learned from",
                hint="give trained_on with the verdicts",
            )
        share = tested_over_trained(paired)
        return lambda a, b: by_resampled_t(paired.models, scores, a, b, share)
    if ranked is not None and ranges is not None:
        return lambda a, b: by_nemenyi(paired.models, scores, a, b, ranked, ranges)
    return lambda a, b: by_signed_rank(paired.models, scores, a, b)


def _corrected(pairs: list[PairTest], family: bool) -> tuple[tuple[PairTest, ...], str]:
    """Adjust the p values for the number of pairs, and say how."""
    if family or len(pairs) == 1:
        adjusted = np.array([pair.p for pair in pairs])
        said = f"Nemenyi's test allows for all {len(pairs)} pairs by itself." if family else "One pair: none is needed."
    else:
        adjusted = holm([pair.p for pair in pairs])
        said = f"p values are corrected for {len(pairs)} pairs by Holm's method (1979)."
    told = tuple(
        replace(pair, p_adjusted=float(p), significant=bool(p < SIGNIFICANCE))
        for pair, p in zip(pairs, adjusted, strict=True)
    )
    return told, said
