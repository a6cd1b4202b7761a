"""What a comparison found, in numbers and in the words a page shows."""

from dataclasses import dataclass

from pipelines.learn.intervals import Interval
from pipelines.learn.paired.effects import Effect

SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class ModelScore:
    """Share of tests that a model got right, and its mean rank where models were ranked (1 is best, else NaN)."""

    name: str
    right: int
    tested: int
    accuracy: float
    mean_rank: float = float("nan")


@dataclass(frozen=True)
class Omnibus:
    """Whether the models differ at all, asked once for three or more; `critical_difference` is NaN without Nemenyi."""

    test: str
    statistic: float
    p: float
    critical_difference: float
    words: str


@dataclass(frozen=True)
class PairTest:
    """One pair of models.

    `difference` is the accuracy of `a` less that of `b`; `interval` its 95 % interval where the test gives one. `p` is
    that of the pair alone, `p_adjusted` with the other pairs in mind; `significant` is about the latter.
    """

    a: str
    b: str
    test: str
    difference: float
    interval: Interval | None
    statistic: float
    p: float
    p_adjusted: float
    significant: bool
    effects: tuple[Effect, ...]
    words: str


@dataclass(frozen=True)
class Comparison:
    """Result of `compare_models`: which rule chose the test and why, what it found, and what it cannot say."""

    rule: str
    title: str
    why: str
    citation: str
    models: tuple[ModelScore, ...]
    omnibus: Omnibus | None
    pairs: tuple[PairTest, ...]
    correction: str
    words: str
    caveats: tuple[str, ...]
