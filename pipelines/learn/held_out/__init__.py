"""What held-out answers tell beyond their scores: calibrations, sets of classes, what is unfamiliar, and noise.

Everything here is fitted on some units of the held-out answers and judged on others, so nothing is judged on what it
was fitted to.
"""

from pipelines.learn.held_out.calibrations import METHODS, CalibrationCheck, check_calibration, loss_difference
from pipelines.learn.held_out.familiarity import Familiarity, check_familiarity
from pipelines.learn.held_out.noise import CLEAN, NoiseLevel, add_noise, judge_noise, noise_words
from pipelines.learn.held_out.refitting import RefittedFold, refit_folds
from pipelines.learn.held_out.sets import SetCheck, check_sets

__all__ = [
    "CLEAN",
    "METHODS",
    "CalibrationCheck",
    "Familiarity",
    "NoiseLevel",
    "RefittedFold",
    "SetCheck",
    "add_noise",
    "check_calibration",
    "check_familiarity",
    "check_sets",
    "judge_noise",
    "loss_difference",
    "noise_words",
    "refit_folds",
]
