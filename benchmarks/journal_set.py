"""The eleven simulated classes of journal bearings as a benchmark: four severities of 80 records each, split 70/15/15.

Records and features are made by the product's own generator and feature extraction and kept in a folder, because a
second look at the same set should not cost the machine the same minutes again.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.features import FeatureConfig, extract_record, feature_names
from pipelines.generate import GENERATOR_VERSION, GeneratedSignal, JournalConfig, generate, plan
from pipelines.learn.classifier import TrainingWindows

SEVERITIES, PER_LEVEL = 4, 80
SHARES = (56, 12, 12)
"""Records of each class and severity to learn from, to choose by and to test on: 70, 15 and 15 %."""
WINDOW_S = 1.0


def config_of(physics: str, per_level: int = PER_LEVEL) -> JournalConfig:
    """The set with the reference's or the corrected physics; five seconds at 20,480 Hz."""
    return JournalConfig(
        per_class=SEVERITIES * per_level, augmentation={"share": 0.0}, reference_compat=physics == "reference"
    )


@dataclass(frozen=True)
class JournalSet:
    """Features of all records, whole and by windows of 1 s.

    Attributes
    ----------
    classes : tuple of str
    label, level, ordinal : (R,) int64
        Class, severity and place within its class of each record.
    whole : (R, F) float64
    windows : (R, W, F) float64
    detectable : (R, W) float64
        Length of the fault part of each window over the white noise, in standard deviations: how far a detector that
        knows the fault part exactly can tell the window from a healthy one. 0 where there is no fault in the window.
    second : (R, W) float64
        For cavitation with looseness, the same of the second order that looseness alone would show at this strength of
        the first; 0 for others.
    cpu_s : float
        Of generation and features of all records.
    """

    classes: tuple[str, ...]
    label: NDArray[np.int64]
    level: NDArray[np.int64]
    ordinal: NDArray[np.int64]
    whole: NDArray[np.float64]
    windows: NDArray[np.float64]
    detectable: NDArray[np.float64]
    second: NDArray[np.float64]
    cpu_s: float

    def rows(self, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Records to learn from, to choose by and to test on: each class and severity dealt by the seed."""
        rng = np.random.default_rng([2026, seed])
        sides: list[list[NDArray[np.int64]]] = [[], [], []]
        for label in range(len(self.classes)):
            for level in range(SEVERITIES):
                cell = rng.permutation(np.flatnonzero((self.label == label) & (self.level == level)))
                bounds = np.rint(np.cumsum(SHARES) / sum(SHARES) * len(cell)).astype(int)
                for side, part in zip(sides, np.split(cell, bounds[:-1]), strict=True):
                    side.append(part)
        learn, choose, test = (np.sort(np.concatenate(side)) for side in sides)
        return learn, choose, test

    def training(self, rows: NDArray[np.int64], window_s: float | None) -> TrainingWindows:
        """Whole records, or their windows, of some rows, as a classifier takes them."""
        if window_s is None:
            return TrainingWindows(self.whole[rows], self.label[rows], rows, rows)
        owner = np.repeat(rows, self.windows.shape[1])
        values = self.windows[rows].reshape(len(owner), -1)
        return TrainingWindows(values, self.label[owner], owner, owner)


def load(folder: Path, physics: str, per_level: int = PER_LEVEL) -> JournalSet:
    """Read the set from `folder`; what is missing is made and kept class by class, so a short command adds to it."""
    config = config_of(physics, per_level)
    key = FeatureConfig(window_s=WINDOW_S).key()
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for label, name in enumerate(config.classes):
        path = folder / f"journal-{physics}-{per_level}-{GENERATOR_VERSION}-{key}-{name}.npz"
        if not path.exists():
            made = _make(config, label)
            with path.with_suffix(".tmp").open("wb") as file:
                np.savez(file, **made)
            path.with_suffix(".tmp").rename(path)
        with np.load(path) as kept:
            parts.append({column: kept[column] for column in kept.files})
    joined: dict[str, Any] = {
        column: np.concatenate([part[column] for part in parts]) for column in parts[0] if column != "cpu_s"
    }
    return JournalSet(classes=config.classes, cpu_s=float(sum(part["cpu_s"] for part in parts)), **joined)


def _make(config: JournalConfig, label: int) -> dict[str, Any]:
    """The part of one class."""
    specs = [spec for spec in plan(config) if spec.class_id == config.classes[label]]
    count, features = round(config.duration_s / WINDOW_S), len(feature_names(FeatureConfig().domains))
    found: dict[str, Any] = {
        "label": np.full(len(specs), label),
        "level": np.array([config.severities.index(spec.severity_slot) for spec in specs]),  # type: ignore[arg-type]
        "ordinal": np.array([spec.ordinal for spec in specs]),
        "whole": np.empty((len(specs), features)),
        "windows": np.empty((len(specs), count, features)),
        "detectable": np.empty((len(specs), count)),
        "second": np.zeros((len(specs), count)),
    }
    begun = time.process_time()
    for row, spec in enumerate(specs):
        made = generate(config, spec, keep_parts=True)
        told = extract_record(
            made.samples, config.rate_hz, made.metadata["speed_rpm"], config=FeatureConfig(window_s=WINDOW_S)
        )
        found["whole"][row], found["windows"][row] = told.whole, told.windows
        found["detectable"][row], found["second"][row] = _known(config, made, count)
    return found | {"cpu_s": time.process_time() - begun}


def _known(config: JournalConfig, made: GeneratedSignal, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the generator knows of the windows of a record: see `JournalSet.detectable` and `second`."""
    assert made.parts is not None
    white = float(np.hypot(config.noise.measurement, config.baseline * made.metadata["base_amplitude"]))
    fault = made.parts["fault"].astype(np.float64)
    cut = fault[: len(fault) // count * count].reshape(count, -1)
    second = np.zeros(count)
    if made.metadata["fault"] == "cavitation_looseness":
        # looseness shows 0.10 at 2X for 0.18 at 1X, this class 0.15 at 1X and nothing at 2X
        seconds = np.arange(cut.shape[1]) / config.rate_hz
        turn = np.exp(-2j * np.pi * made.metadata["speed_rpm"] / 60 * seconds)
        first = 2 * np.abs(cut @ turn) / cut.shape[1]
        second = 0.10 / 0.18 * first * np.sqrt(cut.shape[1] / 2) / white
    return np.linalg.norm(cut, axis=1) / white, second
