"""The result in plain words."""

import numpy as np

from pipelines.learn.intervals import FEW_UNITS, Interval
from pipelines.learn.metrics import LevelScores
from pipelines.learn.split import Split
from pipelines.learn.wording import counted


def state_result(
    recording: LevelScores, window: LevelScores, exact: Interval, balanced: Interval, guess: LevelScores, split: Split
) -> str:
    """Say how many recordings were right, how sure that is, what is confused with what, and what guessing would get."""
    kept_apart = " and ".join(split.config.groups) or "recording"
    sentences = [
        f"{recording.right} of {recording.tested} recordings right ({recording.accuracy:.0%}, 95 % interval "
        f"{exact.low:.0%} to {exact.high:.0%}), with no {kept_apart} in both training and test.",
        _confusions(recording),
        f"Single windows: {window.accuracy:.0%} of {window.tested} right.",
        f"Always naming the most common class of the training side would get {guess.right} of {guess.tested} "
        f"({guess.accuracy:.0%}).",
    ]
    if balanced.low <= 1.0 / len(split.classes) or exact.low <= guess.accuracy:
        sentences.append("This does not show that the model does better than guessing.")
    units = len({u for f in split.folds for u in (split.unit[i] for i in f.test)})
    if units < FEW_UNITS:
        what = "groups" if split.grouped else "recordings"
        sentences.append(f"Only {units} {what} were tested: the intervals are a rough guide.")
    if split.left_out:
        named = ", ".join(f"{name!r} ({counted(n, 'recording')})" for name, n in split.left_out.items())
        sentences.append(f"Nothing is said about {named}: left out as too small for this split.")
    return " ".join(sentences)


def _confusions(scores: LevelScores) -> str:
    names = [score.name for score in scores.per_class]
    wrong = np.array(scores.confusion)
    np.fill_diagonal(wrong, 0)
    clean = sum(not (wrong[i].any() or wrong[:, i].any()) for i in range(len(names)))
    if clean == len(names):
        return f"None of the {len(names)} classes is ever confused with another."
    true, predicted = np.unravel_index(wrong.argmax(), wrong.shape)
    times = int(wrong[true, predicted])
    worst = f"most often {names[true]!r} is taken for {names[predicted]!r} ({times} of {scores.per_class[true].tested})"
    return f"{clean} of {len(names)} classes {'is' if clean == 1 else 'are'} never confused; {worst}."
