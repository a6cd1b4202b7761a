"""The whole way on real recordings, with a handful of features computed here: what matters is the split."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.io import loadmat
from scipy.stats import kurtosis, skew

from pipelines.errors import NotEnoughDataError
from pipelines.learn import FeatureTable, SplitConfig, TrainConfig, explain_difference, run_experiment

WINDOW = 12_000
BANDS = 12
NAMES = ("log_rms", "kurtosis", "skewness", "crest_factor", *(f"band_{k}" for k in range(BANDS)))


def features_of(windows: np.ndarray) -> np.ndarray:
    rms = np.sqrt((windows**2).mean(axis=1))
    power = np.abs(np.fft.rfft(windows * np.hanning(WINDOW), axis=1)[:, 1:]) ** 2
    bands = power.reshape(len(windows), BANDS, -1).sum(axis=2)
    return np.column_stack(
        [
            np.log(rms),
            kurtosis(windows, axis=1),
            skew(windows, axis=1),
            np.abs(windows).max(axis=1) / rms,
            np.log(bands / bands.sum(axis=1, keepdims=True)),
        ]
    )


@pytest.fixture(scope="module")
def cwru(data_root: Path) -> FeatureTable:
    rows, values, record = [], [], []
    for path in sorted((data_root / "cwru").rglob("*.mat")):
        parts = path.relative_to(data_root / "cwru").parts
        healthy = parts[0] == "Normal"
        channels = {k[5:7]: v.ravel() for k, v in loadmat(path).items() if k.endswith(("_DE_time", "_FE_time"))}
        for channel, samples in sorted(channels.items()):
            windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
            rows.append(
                {
                    "signal_id": f"{path.stem}-{channel}",
                    "recording": path.stem,
                    "fault": "Normal" if healthy else parts[1],
                    "fault_size": None if healthy else parts[2],
                    "load": path.stem[-1],
                    "channel": channel,
                    "rate_hz": 48_000.0 if healthy or parts[0].startswith("48k") else 12_000.0,
                }
            )
            values.append(features_of(windows))
            record += [len(rows) - 1] * len(windows)
    start = np.zeros(len(record), dtype=np.int64)
    return FeatureTable(np.concatenate(values), NAMES, np.array(record), start, pd.DataFrame(rows))


@pytest.mark.realdata
def test_the_single_normal_recording_is_refused_by_name(cwru: FeatureTable):
    with pytest.raises(NotEnoughDataError, match="class 'Normal' has 1 recording"):
        run_experiment(cwru, TrainConfig())


@pytest.mark.realdata
def test_unseen_fault_sizes_are_harder_than_unseen_recordings_of_the_same_damage(cwru: FeatureTable):
    config = TrainConfig(params={"n_estimators": 60}, split=SplitConfig(drop_small_classes=True), calibrate=False)
    by_size = SplitConfig(kind="group", groups=("fault_size",), drop_small_classes=True)
    same = run_experiment(cwru, config)
    unseen = run_experiment(cwru, config.model_copy(update={"split": by_size}))
    assert same.split.left_out == unseen.split.left_out == {"Normal": 1}
    assert same.recording.tested == unseen.recording.tested == 20
    assert same.recording.accuracy > unseen.recording.accuracy + 0.2
    words = explain_difference(same, unseen)
    assert "same fault_size (most likely the very same damaged bearing); in the other none did" in words
    assert same.leaks.exact == same.leaks.near == ()
