"""The demo fills an empty data directory, once; its excerpt is the published recordings."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from data_catalog.formats import ChannelFiles, inspect
from pfd_panel.demo.fill import fill, is_filled
from pfd_panel.services.demo import REAL, SYNTHETIC, DemoContents, Training, excerpt
from pfd_panel.workbench import Workbench
from tests.pfd_panel.conftest import running_coordinator

SMALL = DemoContents(
    synthetic={"kind": "rolling", "per_class": 2, "duration_s": 1.0, "bearings": 2, "seed": 7},
    trainings=(Training("small", SYNTHETIC, "recording"),),
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench(tmp_path / "fresh", workers=1) as opened, running_coordinator(opened.context.catalog):
        yield opened


def test_an_empty_directory_is_filled_once(bench: Workbench) -> None:
    told: list[str] = []
    fill(bench, told.append, SMALL)
    datasets = {one.name: one for one in bench.datasets()}
    assert (datasets[REAL].signals, datasets[REAL].synthetic) == (21, False)
    assert datasets[REAL].classes == {"healthy": 1, "ball": 6, "inner_race": 8, "outer_race": 6}
    assert (datasets[SYNTHETIC].signals, datasets[SYNTHETIC].synthetic) == (10, True)
    (model,) = bench.models()
    assert (model.name, len(model.metrics["recordings"])) == ("small", 10)
    assert len(told) == 3
    again: list[str] = []
    fill(bench, again.append, SMALL)
    assert (again, len(bench.models()), len(bench.jobs())) == ([], 1, 4)
    assert not is_filled(bench)


def test_rates_and_speeds_of_the_excerpt_are_the_published_ones() -> None:
    found = inspect(excerpt(), statistics=False).channels
    fast = {one.recording.rpartition("/")[2] for one in found if one.rate_hz == 48_000}
    assert fast == {"97_Normal_0", "174_0"}
    assert {one.rate_hz for one in found} == {12_000.0, 48_000.0}
    assert all(one.speed_rpm and 1720 < one.speed_rpm < 1800 for one in found)
    assert {one.unit for one in found} == {"g"}
    assert excerpt().stat().st_size < 6e6


@pytest.mark.realdata
def test_the_excerpt_is_the_recordings_sample_for_sample(data_root: Path) -> None:
    channels = inspect(excerpt(), statistics=False).channels
    with ChannelFiles() as files:
        for channel in channels:
            place = channel.recording.partition("#")[2]
            content = scipy.io.loadmat(data_root / "cwru" / f"{place}.mat")
            (name,) = (key for key in content if key.endswith("DE_time"))
            stored = files.open(channel.locator).read(0, channel.length)
            np.testing.assert_array_equal(stored.astype(np.float32), content[name].ravel().astype(np.float32), place)
    assert len(channels) == 21
