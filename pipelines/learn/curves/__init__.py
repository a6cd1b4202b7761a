"""What a results page draws beside the scores: curves, the table of classes, scores by condition, mistakes.

All take arrays of recordings (or windows) and the unit that is resampled as a whole; reliability is in
`pipelines.learn.reliability`.
"""

from pipelines.learn.curves.class_table import ClassRow, as_frame, class_table
from pipelines.learn.curves.conditions import ByCondition, ConditionScore, score_by_condition
from pipelines.learn.curves.mistakes import Judged, confident_mistakes, hardest
from pipelines.learn.curves.operating_curves import OperatingCurve, macro_area, operating_curves

__all__ = [
    "ByCondition",
    "ClassRow",
    "ConditionScore",
    "Judged",
    "OperatingCurve",
    "as_frame",
    "class_table",
    "confident_mistakes",
    "hardest",
    "macro_area",
    "operating_curves",
    "score_by_condition",
]
