"""Does a diagnosis carry to fault sizes, loads, channels and rigs that training never saw?

The same simple classifiers, with the same settings, learn from raw windows, plain spectra, the features and the
invariant representation. No setting was chosen on a tested side: they are library defaults or stand in `carrying.py`;
what was looked at while the representation was made is told in ``docs/design/``. Words as arguments choose splits.
"""

import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from benchmarks.carrying import CONTROL, REPRESENTATIONS, SPLITS, Carried, invariant_of_another_bearing, real, simulated
from benchmarks.conditions import say_conditions
from pipelines.learn.standardiser import Standardiser

SEEDS = 3
DRAWS = 4000
LEARNED_SHARE = 0.8  # of the training windows, drawn anew for each seed
FEW = 20  # windows, all of which are learned from

CLASSIFIERS: dict[str, Callable[[int], Any]] = {
    "logistic": lambda _: LogisticRegression(class_weight="balanced", max_iter=200),
    "5 nearest": lambda _: KNeighborsClassifier(5),
    "RBF-SVM": lambda _: SVC(class_weight="balanced"),
    "forest": lambda seed: RandomForestClassifier(100, class_weight="balanced", random_state=seed),
}


def main() -> None:
    """Print balanced accuracy of recordings for every split, representation and classifier."""
    say_conditions()
    root = Path(os.environ["PFD_TEST_DATA"])
    records = [*real(root), *simulated(20_261_122)]
    seen = {name: _computed(name, make, records) for name, make in REPRESENTATIONS.items()}
    tested_wrongly = _computed(CONTROL, invariant_of_another_bearing, records)
    print(
        f"\nbalanced accuracy of recordings (vote of windows), mean of {SEEDS} seeds; [95 % bootstrap interval over "
        "the tested recordings, drawn within classes]"
    )
    asked = [split for split in SPLITS if any(words in split.name for words in sys.argv[1:] or [""])]
    for split in asked:
        train = [i for i, record in enumerate(records) if split.train(record)]
        test = [i for i, record in enumerate(records) if split.test(record)]
        shared = sorted({records[i].truth for i in train} & {records[i].truth for i in test})
        train, test = ([i for i in side if records[i].truth in shared] for side in (train, test))
        counts = {name: sum(records[i].truth == name for i in test) for name in shared}
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        print(
            f"\n{split.name}: {len(train)} recordings learned, {len(test)} tested ({told}); "
            f"chance {1 / len(shared):.2f}"
        )
        print(f"  {'':34}" + "".join(f"{name:>20}" for name in CLASSIFIERS) + "   mean of four; recall of each class")
        for name in [*REPRESENTATIONS, CONTROL]:
            learned = seen["invariant" if name == CONTROL else name]
            _row(name, learned, tested_wrongly if name == CONTROL else learned, records, train, test, shared)


def _computed(name: str, make: Callable[[Carried], NDArray], records: list[Carried]) -> list[NDArray]:
    begin = time.process_time()
    made = [make(record) for record in records]
    windows = sum(len(one) for one in made)
    print(f"{name}: {made[0].shape[1]} numbers a window, {windows} windows, {time.process_time() - begin:.0f} CPU-s")
    return made


def _row(
    name: str,
    learned: list[NDArray],
    asked: list[NDArray],
    records: list[Carried],
    train: list[int],
    test: list[int],
    classes: list[str],
) -> None:
    truth = np.array([classes.index(records[i].truth) for i in test])
    values = np.concatenate([learned[i] for i in train]).astype(np.float64)
    label = np.concatenate([np.full(len(learned[i]), classes.index(records[i].truth)) for i in train])
    right = np.empty((len(CLASSIFIERS), SEEDS, len(test)))
    for seed in range(SEEDS):
        kept = np.random.default_rng(seed).random(len(label)) < (LEARNED_SHARE if len(label) > FEW else 1)
        standardiser = Standardiser.fit(values[kept])
        for row, make in enumerate(CLASSIFIERS.values()):
            model = make(seed).fit(standardiser.transform(values[kept]), label[kept])
            for column, i in enumerate(test):
                votes = np.bincount(model.predict(standardiser.transform(asked[i].astype(np.float64))), minlength=3)
                right[row, seed, column] = votes.argmax() == truth[column]
    scores = [_interval(one, truth) for one in (*right, right.mean(axis=0))]
    recalls = " ".join(f"{cls} {right[:, :, truth == k].mean():.2f}" for k, cls in enumerate(classes))
    cells = "".join(f"{value:>8.2f} [{low:.2f} {high:.2f}]" for value, low, high in scores)
    print(f"  {name:34}{cells}  {recalls}", flush=True)


def _interval(right: NDArray[np.float64], truth: NDArray[np.int64]) -> tuple[float, float, float]:
    """Balanced accuracy, mean over seeds, and its bootstrap interval; recordings are drawn within their class."""
    rng = np.random.default_rng(0)
    share = right.mean(axis=0)
    value, drawn = 0.0, np.zeros(DRAWS)
    classes = np.unique(truth)
    for one in classes:
        of_class = share[truth == one]
        value += of_class.mean() / len(classes)
        drawn += rng.choice(of_class, (DRAWS, of_class.size)).mean(axis=1) / len(classes)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(value), float(low), float(high)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a classifier that does not converge on raw windows is part of the result
        main()
