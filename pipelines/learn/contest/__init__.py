"""What a comparison of 2 to 10 experiments shows beside its tests: measures, classes, curves, answers, settings.

Every function takes `Contestant`s: a name and one `Run` a seed, each with the JSON that was kept of its result. The
tests themselves are `pipelines.learn.paired`.
"""

from pipelines.learn.contest.answers import Answers, disagreements
from pipelines.learn.contest.classes import ClassScores, class_scores
from pipelines.learn.contest.contestant import Contestant, Run
from pipelines.learn.contest.measures import MEASURES, Measure, Measured, measured
from pipelines.learn.contest.questions import Refusal, refusal_of, same_seeds
from pipelines.learn.contest.seed_bands import Band, band_of, curve_of
from pipelines.learn.contest.settings_differing import Setting, differing

__all__ = [
    "MEASURES",
    "Answers",
    "Band",
    "ClassScores",
    "Contestant",
    "Measure",
    "Measured",
    "Refusal",
    "Run",
    "Setting",
    "band_of",
    "class_scores",
    "curve_of",
    "differing",
    "disagreements",
    "measured",
    "refusal_of",
    "same_seeds",
]
