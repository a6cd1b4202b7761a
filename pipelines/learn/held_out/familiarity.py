"""How often would the model say "I don't know" of held-out recordings, and would that have spared mistakes?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.classifier import TrainingWindows
from pipelines.learn.experiment import codes_of
from pipelines.learn.novelty import NoveltyGate, fit_gate
from pipelines.learn.out_of_fold import windows_of
from pipelines.learn.split import Split
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.table import FeatureTable, metadata
from pipelines.learn.trained_model import strangeness


@dataclass(frozen=True)
class Familiarity:
    """Distance of each held-out recording to the training side of its fold, over the largest familiar one.

    `recording` (n,) are names; `novelty` (n,) is above 1 for what is refused. `threshold` is the largest familiar
    distance of the model that is kept, `thresholds` those of the folds: root mean square per standardised feature.
    """

    recording: tuple[str, ...]
    novelty: NDArray[np.float64]
    refused: NDArray[np.bool_]
    reason: tuple[str, ...]
    threshold: float
    thresholds: tuple[float, ...]


def check_familiarity(table: FeatureTable, split: Split, seed: int = 0) -> Familiarity:
    """Calibrate the gate of `pipelines.learn.novelty` on the training side of every fold and ask it of the test side.

    Parameters
    ----------
    table : FeatureTable
        The signals of the split in its order.
    seed : int
        That of the experiment: the gate of all recordings is then the one that was kept.
    """
    codes = codes_of(table.records, split)
    names = dict(zip(codes.recording.tolist(), metadata(table.records, "recording").tolist(), strict=True))
    recordings: list[str] = []
    novelty: list[NDArray[np.float64]] = []
    reasons: list[str] = []
    thresholds = []
    _, final, _ = np.random.SeedSequence(seed).spawn(3)
    _, drawn = final.spawn(2)
    for fold in split.folds:
        train, test = (_marked(side, len(table.records)) for side in (fold.train, fold.test))
        gate, prepare = _gate(windows_of(table, codes, train), drawn)
        held = windows_of(table, codes, test)
        asked, owner = np.unique(held.recording, return_inverse=True)
        found = strangeness(gate, prepare, held.values, owner, len(asked))
        recordings += [str(names[number]) for number in asked.tolist()]
        novelty.append(found.novelty)
        reasons += list(found.reason)
        thresholds.append(gate.threshold)
    kept, _ = _gate(windows_of(table, codes, codes.unit >= 0), drawn)
    return Familiarity(
        recording=tuple(recordings),
        novelty=np.concatenate(novelty),
        refused=np.array([bool(reason) for reason in reasons]),
        reason=tuple(reasons),
        threshold=kept.threshold,
        thresholds=tuple(thresholds),
    )


def _gate(windows: TrainingWindows, drawn: np.random.SeedSequence) -> tuple[NoveltyGate, Standardiser]:
    prepare = Standardiser.fit(windows.values)
    owner = np.unique(windows.recording, return_inverse=True)[1]
    rng = np.random.default_rng(drawn)
    return fit_gate(prepare.transform(windows.values), prepare.missing(windows.values), owner, rng), prepare


def _marked(rows: tuple[int, ...], size: int) -> NDArray[np.bool_]:
    marked = np.zeros(size, dtype=bool)
    marked[list(rows)] = True
    return marked
