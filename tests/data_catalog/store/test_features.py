"""Feature parts: what goes in comes out, to us and to xarray."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from data_catalog.errors import CatalogError, StoreError
from data_catalog.store import FeatureStore


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    return FeatureStore(tmp_path / "features")


def test_rows_come_back_by_their_ranges(store: FeatureStore) -> None:
    values = np.random.default_rng(0).standard_normal((20, 3))
    values[4, 1] = np.nan
    part = store.write_part(["rms", "peak", "μ"], values, ["a"] * 10 + ["b"] * 10, [-1, *range(9)] * 2)
    np.testing.assert_array_equal(store.read_rows(part.id, [(10, 12), (3, 5)]), values[[10, 11, 3, 4]])
    assert store.read_rows(part.id, []).shape == (0, 3)
    assert store.window_starts(part.id).tolist() == [-1, *range(9)] * 2
    assert store.verify(part.id, part.checksum) == []


def test_xarray_opens_a_part_with_its_coordinates(store: FeatureStore) -> None:
    part = store.write_part(["rms", "peak"], np.arange(6.0).reshape(3, 2), ["a", "a", "b"], [-1, 0, -1])
    opened = xr.open_zarr(store.path(part.id), consolidated=False, chunks=None)
    assert opened["features"].sel(feature="peak").values.tolist() == [1.0, 3.0, 5.0]
    assert opened["signal_id"].values.tolist() == ["a", "a", "b"]
    assert "window_start" in opened.coords


def test_shapes_that_do_not_fit_are_refused(store: FeatureStore) -> None:
    for names, values, ids in ((["a"], np.zeros((2, 2)), ["x", "y"]), (["a"], np.zeros((0, 1)), [])):
        with pytest.raises(CatalogError, match="expected"):
            store.write_part(names, values, ids, [-1] * len(ids))


def test_loss_and_damage_are_found(store: FeatureStore) -> None:
    part = store.write_part(["a"], np.ones((2, 1)), ["x", "y"], [-1, -1])
    file = store.path(part.id) / "features" / "zarr.json"
    file.write_text(file.read_text().replace("row", "now"))
    assert "damaged" in store.verify(part.id, part.checksum)[0]
    assert store.sweep(set(), 0) == [part.id]
    assert "missing" in store.verify(part.id, part.checksum)[0]
    with pytest.raises(StoreError, match="missing"):
        store.read_rows(part.id, [(0, 1)])
