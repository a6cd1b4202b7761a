"""Several signals: in one call at any zoom, on one grid, subtracted; what is gone or does not fit is said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_catalog import Catalog, datasets, signals
from data_catalog.errors import NotFoundError
from data_catalog.signals import MemberDraft, SignalQuery, SignalRow
from data_catalog.store import RowInput
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, comparing, viewing
from pfd_panel.services.context import Context, User
from pipelines.errors import InputError
from tests.pfd_panel.conftest import RIG

Given = tuple[np.ndarray, dict[str, Any]]


class Planted:
    """A catalog whose signals a test makes: each keyword is one, of its samples and attributes."""

    def __init__(self, catalog: Catalog) -> None:
        self.context = Context(catalog)

    def __call__(self, **given: Given) -> list[SignalRow]:
        catalog = self.context.catalog
        samples = [RowInput(name, np.asarray(x, np.float32)) for name, (x, _) in given.items()]
        segment = catalog.store.write_short(samples)
        drafts = [
            MemberDraft(recording=one.channel, channel=one.channel, rate_source="file", stored=one,
                        **{"unit": "g", **given[one.channel][1]})
            for one in segment.stored
        ]  # fmt: skip
        with catalog.write() as session:
            dataset_id = datasets.create(session, "d", owner="local").id
            signals.add_segments(session, dataset_id, [segment], drafts, owner="local", job_id=None, reason="")
            signals.seal_version(session, dataset_id, owner="local", reason="", job_id=None)
        found = {row.channel: row for row in viewing.page(self.context, SignalQuery(dataset_id=dataset_id)).rows}
        return [found[name] for name in given]


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    with Catalog.open(tmp_path / "home") as catalog:
        yield Planted(catalog)


def tone(hz: float, rate: float, seconds: float = 4.0, amplitude: float = 1.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


def test_channels_of_different_rates_and_lengths_are_bounded_in_one_call(planted: Planted) -> None:
    gap = tone(5, 1000.0)
    gap[1000:2500] = np.nan
    rows = planted(a=(gap, {"rate_hz": 1000.0}), b=(tone(5, 500.0, 2.0, 3.0), {"rate_hz": 500.0}))
    context = planted.context
    one, other = comparing.channels(context, rows, 0.0, None, 100)
    assert (one.step / one.rate_hz, np.nanmax(one.high)) == (0.04, pytest.approx(1, abs=0.01))
    lost = (np.arange(one.low.size) * 0.04 >= 1.0) & (np.arange(one.low.size) * 0.04 + 0.04 <= 2.5)
    assert np.isnan(one.low[lost]).all()
    assert np.isfinite(one.low[~lost]).sum() >= 60
    assert other.high.max() == pytest.approx(3, abs=0.1)
    late = comparing.channels(context, rows, 3.0, 4.0, 100)
    assert late[0].low.size == 100
    assert late[1].low.size == 0
    with pytest.raises(RequestError, match="no stretch"):
        comparing.channels(context, rows, 2.0, 2.0)
    with pytest.raises(RequestError, match="33 signals cannot be compared"):
        comparing.channels(context, rows[:1] * 33)


def test_spectra_of_two_rates_lie_on_one_grid_and_say_so(planted: Planted) -> None:
    rows = planted(
        slow=(tone(100, 2000.0), {"rate_hz": 2000.0}), fast=(tone(100, 8000.0, 4.0, 2.0), {"rate_hz": 8000.0})
    )
    found = comparing.spectra(planted.context, rows)
    assert [int(np.argmax(one.values)) * found.resolution_hz for one in found.lines] == [100, 100]
    assert [float(one.values.max()) for one in found.lines] == pytest.approx([1 / np.sqrt(2), np.sqrt(2)], rel=0.01)
    assert [one.values.size for one in found.lines] == [4001, 16001]
    assert "2 sampling rates" in found.notes[0]


def test_a_signal_that_is_all_gap_or_too_short_is_told_and_the_rest_lives_on(planted: Planted) -> None:
    gap = tone(100, 2000.0)
    gap[3000:3100] = np.nan
    rows = planted(
        whole=(tone(100, 2000.0), {"rate_hz": 2000.0}),
        gappy=(gap, {"rate_hz": 2000.0}),
        lost=(np.full(8000, np.nan), {"rate_hz": 2000.0}),
    )
    found = comparing.spectra(planted.context, rows, resolution_hz=1.0)
    assert [one.signal_id for one in found.lines] == [rows[0].signal_id, rows[1].signal_id]
    assert ["mostly gaps" in one.message for one in found.problems] == [True]
    assert "longest of 2 stretches" in found.notes[0]
    short = comparing.spectra(planted.context, rows[:2], resolution_hz=0.3)
    assert [one.signal_id for one in short.problems] == [rows[1].signal_id]


def test_envelopes_of_one_band_show_each_modulation(planted: Planted) -> None:
    carrier = tone(2000, 8000.0)
    rows = planted(
        **{
            f"m{hz}": (carrier * (1 + 0.5 * np.cos(2 * np.pi * hz * np.arange(32000) / 8000)), {"rate_hz": 8000.0})
            for hz in (30, 50)
        }
    )
    found = comparing.spectra(planted.context, rows, "envelope", band=(1500.0, 2500.0))
    places = [int(np.argmax(one.values[4:]) + 4) * found.resolution_hz for one in found.lines]
    assert places == [30, 50]
    assert found.band_hz == (1500.0, 2500.0)


def test_the_difference_of_two_rates_is_resampled_and_says_so(planted: Planted) -> None:
    rows = planted(
        first=(tone(10, 1000.0), {"rate_hz": 1000.0}), second=(tone(10, 2000.0, 4.0, 1.5), {"rate_hz": 2000.0})
    )
    found = comparing.difference(planted.context, *rows)
    assert found.values.size == 4000
    assert found.share == pytest.approx(0.5, rel=0.02)
    assert "resampled from 2000 to 1000 Hz" in " ".join(found.notes)
    levels = comparing.difference(planted.context, *rows, "spectrum")
    assert levels.values[round(10 / levels.step)] == pytest.approx(20 * np.log10(1.5), abs=0.1)
    assert "compared up to 500 Hz" in " ".join(levels.notes)


def test_what_has_no_difference_is_refused_in_words(planted: Planted) -> None:
    odd = {"rate_hz": 1000.5}
    gap = tone(10, 1000.0)
    gap[5] = np.nan
    rows = planted(
        a=(tone(10, 1000.0), {"rate_hz": 1000.0}),
        b=(tone(10, 1000.0, 3.0), odd),
        c=(tone(10, 1000.0, 2.0), {"rate_hz": 1000.0, "unit": "mm/s"}),
        d=(gap, {"rate_hz": 2000.0}),
    )
    with pytest.raises(InputError, match="no ratio of whole numbers"):
        comparing.difference(planted.context, rows[0], rows[1])
    with pytest.raises(RequestError, match="has no meaning"):
        comparing.difference(planted.context, rows[0], rows[2])
    with pytest.raises(InputError, match="not finite"):
        comparing.difference(planted.context, rows[0], rows[3])
    with pytest.raises(RequestError, match="no difference of"):
        comparing.difference(planted.context, rows[0], rows[0], "cepstrum")


def test_an_offset_is_suggested_across_rates(planted: Planted) -> None:
    noise = np.random.default_rng(1).standard_normal(9000)
    smooth = np.convolve(noise, np.ones(20) / 20, "same")
    rows = planted(a=(smooth[2000:8000:2], {"rate_hz": 1000.0}), b=(smooth[2500:8500], {"rate_hz": 2000.0}))
    found = comparing.suggest_offset(planted.context, *rows)
    assert found.offset_s == pytest.approx(0.25, abs=0.0011)
    assert found.correlation > 0.9


def test_deleted_and_private_signals_are_counted_and_the_rest_is_there(filled_copy: Context) -> None:
    rows = collections.choose(filled_copy, RIG, ["*"])
    found = comparing.chosen(filled_copy, RIG, [rows[1].signal_id, "gone", rows[0].signal_id, rows[1].signal_id])
    assert [one.signal_id for one in found.rows] == [rows[1].signal_id, rows[0].signal_id]
    assert found.missing == ["gone"]
    with pytest.raises(RequestError, match="0 signals cannot be compared"):
        comparing.chosen(filled_copy, RIG, [])
    eve = filled_copy.acting_as(User("eve"))
    collections.share(filled_copy, RIG, "private")
    with pytest.raises(NotFoundError, match="no dataset is called"):
        comparing.channels(eve, rows[:2])
