"""Rates from folder names, and what a person states about recordings."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from data_catalog.errors import FormatError
from data_catalog.formats import inspect, open_channel
from data_catalog.formats.path_labels import rate_of


@pytest.mark.parametrize(
    ("path", "rate"),
    [
        ("/a/12k_Drive_End/IR/105.mat", 12000.0),
        ("/a/25.6kHz/b.csv", 25600.0),
        ("/48k/x/12k-set/b.csv", 12000.0),
        ("/a/12k.mat", None),
        ("/a/12kg_load/b.mat", None),
    ],
)
def test_the_nearest_folder_that_states_a_rate_wins(path: str, rate: float | None) -> None:
    found = rate_of(path)
    assert (found[0] if found else None) == rate


def tree(root: Path) -> Path:
    noise = np.random.default_rng(0).normal(size=4096)
    for place, name in (("12k_set/IR/007", "105_0"), ("Normal", "97_0")):
        (root / place).mkdir(parents=True)
        savemat(root / place / f"{name}.mat", {"vibration": noise, "pressure": noise})
    return root


def test_a_folder_states_a_rate_only_when_labels_are_read_from_the_path(tmp_path: Path) -> None:
    root = tree(tmp_path)
    told = {one.recording: one.rate_hz for one in inspect(root, labels_from_path=True).channels}
    assert told == {"12k_set/IR/007/105_0": 12000.0, "Normal/97_0": None}
    assert {one.rate_hz for one in inspect(root).channels} == {None}


def test_the_most_specific_pattern_wins_whatever_the_order(tmp_path: Path) -> None:
    root = tree(tmp_path)
    for rates in ({"*": 12000.0, "Normal/*": 48000.0}, {"Normal/*": 48000.0, "*": 12000.0}):
        told = {one.recording: (one.rate_hz, one.rate_source) for one in inspect(root, rates=rates).channels}
        assert told == {"12k_set/IR/007/105_0": (12000.0, "you"), "Normal/97_0": (48000.0, "you")}


def test_labels_and_exclusions_follow_patterns(tmp_path: Path) -> None:
    found = inspect(tree(tmp_path), labels={"Normal/*": {"fault": "healthy"}}, exclude=["*:pressure"])
    assert {(one.recording, one.name): one.labels.get("fault") for one in found.channels} == {
        ("12k_set/IR/007/105_0", "vibration"): None,
        ("Normal/97_0", "vibration"): "healthy",
    }


def test_a_misspelt_exclusion_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="matches no recording"):
        inspect(tree(tmp_path), exclude=["nothing:*"])


def test_without_statistics_only_headers_are_read(tmp_path: Path) -> None:
    (quick, *_) = inspect(tree(tmp_path), statistics=False).channels
    assert quick.length == 4096
    assert quick.stats.rms is None


def test_packed_hdf5_counts_become_values_and_attributes_become_labels(tmp_path: Path) -> None:
    counts = np.arange(-500, 500, dtype=np.int16)
    with h5py.File(tmp_path / "packed.h5", "w") as file:
        data = file.create_dataset("rig/DE", data=counts)
        data.attrs.update(scale_factor=0.25, add_offset=1.0, sampling_rate=1000.0, fault="ball", fault_size=0.007)
    (found,) = inspect(tmp_path / "packed.h5").channels
    assert found.labels == {"fault": "ball", "fault_size": 0.007}
    with open_channel(found.locator) as source:
        np.testing.assert_array_equal(source.read(0, 1000), counts * 0.25 + 1.0)
