"""Real recordings for the diagnosis: those with a label that check it, and the healthy ones that calibrate it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.io
from numpy.typing import NDArray

LABELS = {"IR": "inner_race", "OR": "outer_race", "B": "ball", "Normal": "healthy"}
SPEED_AT_LOAD = {0: 1797.0, 1: 1772.0, 2: 1750.0, 3: 1730.0}
FEMTO_RATE_HZ = 25_600.0
FEMTO_RPM = {"Bearing1": 1800.0, "Bearing2": 1650.0, "Bearing3": 1500.0}
EARLY_SHARE = 0.25
"""A run to failure counts as healthy over this share of its snapshots."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One channel of one real file with its label."""

    name: str
    channel: str
    truth: str
    x: NDArray
    rate_hz: float
    speed_rpm: float
    bearing: str

    @property
    def turns(self) -> float:
        """Length in turns of the shaft."""
        return self.x.size / self.rate_hz * self.speed_rpm / 60


def recordings(root: Path) -> Iterator[Recording]:
    """CWRU drive and fan end and MFPT; faults sit in the drive-end bearing whatever the channel."""
    for path in sorted((root / "cwru").rglob("*.mat")):
        parts = path.relative_to(root / "cwru").parts
        content = scipy.io.loadmat(path)
        label = LABELS["Normal" if parts[0] == "Normal" else parts[1]]
        # The normal recordings and the 48k folder were sampled at 48 kHz, the rest at 12 kHz.
        rate = 12_000.0 if parts[0].startswith("12k") else 48_000.0
        stated = [float(value.item()) for key, value in content.items() if key.endswith("RPM")]
        speed = stated[0] if stated else SPEED_AT_LOAD[int(path.stem[-1])]
        for channel in ("DE", "FE"):
            found = [value for key, value in content.items() if key.endswith(f"_{channel}_time")]
            if found:
                yield Recording(path.stem, f"CWRU {channel}", label, found[0].ravel(), rate, speed, "6205")
    for path in sorted((root / "mfpt" / "train_data").glob("*.mat")):
        record = scipy.io.loadmat(path, squeeze_me=True)["bearing"]
        label = "inner_race" if path.stem.startswith("Inner") else "outer_race"
        signal, rate = np.ravel(record["gs"].item()), float(record["sr"].item())
        yield Recording(path.stem, "MFPT", label, signal, rate, 60 * float(record["rate"].item()), "NICE")


def healthy_recordings(root: Path) -> Iterator[Recording]:
    """Every real recording of a sound bearing: CWRU normal, and the early life of the FEMTO runs to failure."""
    yield from (one for one in recordings(root) if one.truth == "healthy")
    for folder in sorted(path for path in (root / "femto").glob("*/*") if path.is_dir()):
        snapshots = sorted(folder.glob("acc_*.csv"))
        for path in snapshots[: max(1, int(EARLY_SHARE * len(snapshots)))]:
            first = path.read_text(encoding="ascii").split("\n", 1)[0]
            table = np.loadtxt(path, delimiter=";" if ";" in first else ",", usecols=(4, 5))
            for column, axis in enumerate(("horizontal", "vertical")):
                rpm = FEMTO_RPM[folder.name.split("_")[0]]
                x = table[:, column]
                yield Recording(path.stem, f"FEMTO {folder.name} {axis}", "healthy", x, FEMTO_RATE_HZ, rpm, "PRONOSTIA")
