"""Which test fits which data: the first rule that applies, declared with its reason and its least amount of data."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.errors import NotEnoughDataError
from pipelines.learn.paired.layout import Layout

LEAST_BLOCKS = 6
"""With five pairs that all point the same way a two-sided sign or rank test gives 2 / 2^5 = 0.06: it cannot say yes."""
LEAST_SPLITS = 5
"""Fewer scores leave the spread between splits to guesswork; five are one cross-validation or five seeds."""


@dataclass(frozen=True)
class Rule:
    """A rule: when it applies, what is the sample (`blocks`), how much of it is needed, which tests follow."""

    name: str
    title: str
    when: str
    why: str
    citation: str
    applies: Callable[[Layout], bool]
    blocks: Callable[[Layout], int]
    needed: int
    too_few: str
    hint: str


RULES = (
    Rule(
        name="datasets",
        title="Across data sets: Wilcoxon signed rank for two models, Friedman and Nemenyi for more",
        when="the models were tested on several data sets",
        why="data sets are independent of each other and their scores do not share a scale: ranks are compared",
        citation="J. Demsar, Statistical Comparisons of Classifiers over Multiple Data Sets, JMLR 7 (2006) 1-30",
        applies=lambda layout: layout.datasets > 1,
        blocks=lambda layout: layout.datasets,
        needed=LEAST_BLOCKS,
        too_few="{found} data sets are too few to test across them, {needed} are needed",
        hint="compare on one data set at a time",
    ),
    Rule(
        name="resampled",
        title="Across splits of one data set: corrected resampled t test",
        when="one data set was split in several ways",
        why="every recording is in many training sides, so the scores hang together; the variance is corrected for it",
        citation="C. Nadeau, Y. Bengio, Inference for the Generalization Error, Machine Learning 52 (2003) 239-281",
        applies=lambda layout: layout.partitions > 1,
        blocks=lambda layout: layout.splits,
        needed=LEAST_SPLITS,
        too_few="{found} splits are too few seeds or folds to know how scores spread, {needed} are needed",
        hint="train every model with more seeds, or with folds instead of a single test",
    ),
    Rule(
        name="records",
        title="On the same recordings: exact McNemar test",
        when="one data set, one split, one run of each model",
        why="every recording was tested once by each model: those that only one got right decide",
        citation="Q. McNemar, Psychometrika 12 (1947) 153; T. Dietterich, Neural Computation 10 (1998) 1895",
        applies=lambda layout: layout.one_verdict_a_unit,
        blocks=lambda layout: layout.recordings,
        needed=LEAST_BLOCKS,
        too_few="{found} recordings are too few, {needed} are needed for any difference to be beyond chance",
        hint="test on more recordings: folds test each of them once",
    ),
    Rule(
        name="units",
        title="On the same units: Wilcoxon signed rank for two models, Friedman and Nemenyi for more",
        when="one data set, one split, with several seeds or several recordings of one bearing or asset",
        why="seeds and recordings of one unit are no independent tests: the share right is compared unit by unit",
        citation="F. Wilcoxon, Biometrics Bulletin 1 (1945) 80; M. Friedman, JASA 32 (1937) 675",
        applies=lambda layout: True,
        blocks=lambda layout: layout.units,
        needed=LEAST_BLOCKS,
        too_few="{found} independent units (bearings, assets or recordings) are too few, {needed} are needed",
        hint="more seeds do not help here; test on more bearings or assets",
    ),
)


def choose_rule(layout: Layout) -> Rule:
    """Return the first rule that applies.

    Raises
    ------
    NotEnoughDataError
        When it applies but there is too little of what it compares; in words.
    """
    rule = next(rule for rule in RULES if rule.applies(layout))
    found = rule.blocks(layout)
    if found < rule.needed:
        raise NotEnoughDataError(
            f"no test is made: {rule.too_few.format(found=found, needed=rule.needed)}", hint=rule.hint
        )
    return rule
