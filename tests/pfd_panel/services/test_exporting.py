"""A downloaded dataset imports back as it was."""

import h5py
import numpy as np
import pytest

from data_catalog.formats import inspect
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, exporting, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import RIG


def test_rates_speeds_units_and_labels_are_read_back_from_the_exported_file(filled_copy: Context) -> None:
    seen: list[tuple[int, int]] = []
    path = exporting.export(filled_copy, RIG, progress=lambda *at: seen.append(at))
    assert seen[-1] == (18, 18)
    summary = collections.get(filled_copy, RIG)
    stored = viewing.page(filled_copy, SignalQuery(dataset_id=summary.id, limit=100)).rows
    found = inspect(path)
    assert not found.needs
    assert not found.problems
    by_name = {(one.recording.split("#", 1)[-1].lstrip("/"), one.name): one for one in found.channels}
    assert len(by_name) == len(stored)
    for row in stored:
        read = by_name[row.recording, row.channel]
        assert (read.rate_hz, read.speed_rpm, read.unit) == (row.rate_hz, row.speed_rpm, row.unit)
        assert read.labels["fault"] == row.fault
        assert read.labels["bearing"] == row.bearing
        assert read.stats.rms == pytest.approx(row.rms, rel=1e-5)


def test_samples_are_the_stored_ones(filled_copy: Context) -> None:
    path = exporting.export(filled_copy, RIG)
    row = viewing.page(filled_copy, SignalQuery(dataset_id=collections.get(filled_copy, RIG).id, limit=1)).rows[0]
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file[f"{row.recording}/{row.channel}"][:], viewing.samples(filled_copy, row))


def test_an_unchanged_dataset_is_written_once_and_a_new_version_anew(filled_copy: Context) -> None:
    first = exporting.export(filled_copy, RIG)
    written = first.stat().st_mtime_ns
    assert exporting.export(filled_copy, RIG) == first
    assert first.stat().st_mtime_ns == written
    row = viewing.page(filled_copy, SignalQuery(dataset_id=collections.get(filled_copy, RIG).id, limit=1)).rows[0]
    collections.correct(filled_copy, RIG, [row.signal_id], {"unit": "m/s²"})
    assert exporting.export(filled_copy, RIG) != first


def test_an_empty_dataset_is_refused_in_words(bare: Context) -> None:
    from data_catalog import datasets

    with bare.catalog.write() as session:
        datasets.create(session, "Empty", owner="local")
    with pytest.raises(RequestError, match="holds no signals"):
        exporting.export(bare, "Empty")
