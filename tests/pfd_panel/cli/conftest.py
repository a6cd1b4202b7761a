"""A data directory whose queue runs inside this process, for every test of the command line."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from data_catalog import Catalog
from tests.pfd_panel.conftest import running_coordinator


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """An open catalog with a coordinator; commands name its home."""
    with Catalog.open(tmp_path_factory.mktemp("desk") / "home") as catalog, running_coordinator(catalog):
        yield catalog


def write_recording(path: Path, seed: int, **facts: float) -> Path:
    """A ``.mat`` file of two channels of 0.25 s of noise; without ``fs=`` nothing states its rate."""
    rng = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, {"DE": rng.standard_normal(3000), "FE": rng.standard_normal(3000), **facts})
    return path
