"""Overlays as services: what is read, what is said of it, what is refused."""

import numpy as np
import pytest
from PIL import Image

from data_catalog.errors import CatalogError
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, overlaying, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.overlaying import OverlayOptions
from pipelines.errors import InputError
from tests.pfd_panel.conftest import RIG, SIMULATED


class StoppedError(Exception):
    """Nobody waits."""


@pytest.mark.parametrize("what", overlaying.WHATS)
def test_every_signal_of_a_filter_is_a_curve(filled: Context, what: str) -> None:
    query = SignalQuery(where={"channel": ["DE"]})
    found = overlaying.overlay(filled, RIG, OverlayOptions(what), query=query)  # type: ignore[arg-type]
    rows = {row.signal_id: row for row in viewing.page(filled, SignalQuery(collections.get(filled, RIG).id)).rows}
    assert len(found.signal_ids) == 9
    assert [rows[one].fault for one in found.signal_ids] == list(found.labels)
    assert {rows[one].channel for one in found.signal_ids} == {"DE"}
    assert any("different rates (12, 48 kHz)" in note for note in found.notes)
    shades = overlaying.pictures(found, 50)
    assert list(shades) == ["ball", "healthy", "inner_race", "outer_race"]
    assert all(one.shape == (50, overlaying.COLUMNS) and one.any() for one in shades.values())


def test_waveforms_have_the_extremes_of_the_samples(filled: Context) -> None:
    found = overlaying.overlay(filled, RIG)
    rows = {row.signal_id: row for row in viewing.page(filled, SignalQuery(collections.get(filled, RIG).id)).rows}
    for at, signal_id in enumerate(found.signal_ids):
        samples = viewing.samples(filled, rows[signal_id])
        assert np.nanmin(found.low[at]) == pytest.approx(samples.min(), abs=1e-6)
        assert np.nanmax(found.high[at]) == pytest.approx(samples.max(), abs=1e-6)
    part = overlaying.overlay(filled, RIG, OverlayOptions(start=0.5, stop=0.6))
    assert (part.axis.start, part.axis.stop) == (0.5, 0.6)
    assert np.nanmax(part.high) <= np.nanmax(found.high)


def test_spectra_end_at_half_the_rate_of_each_signal(filled: Context) -> None:
    found = overlaying.overlay(filled, RIG, OverlayOptions("spectrum"))
    above = found.axis.centres > 6000 + found.axis.step
    slow = found.of("ball")
    assert np.isnan(found.low[slow][:, above]).all()
    assert not np.isnan(found.low[found.of("healthy")][:, above]).any()
    assert found.unit == "dB re 1 g"
    (ball, *_) = overlaying.by_class(found)
    assert (ball.label, ball.signals) == ("ball", 4)
    known = ~above & ~np.isnan(ball.quantiles[2])
    assert ball.quantiles[2, known] == pytest.approx(np.median(found.low[slow][:, known], axis=0), abs=1e-4)


def test_reading_tells_how_far_it_is_and_can_be_ended_and_is_done_once(filled: Context) -> None:
    told: list[tuple[int, int]] = []
    options = OverlayOptions("envelope", band=(2500.0, 3500.0), stop=222.0)

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        overlaying.overlay(filled, RIG, options, progress=stop)
    assert told == [(0, 18), (1, 18), (2, 18), (3, 18)]
    first = overlaying.overlay(filled, RIG, options)

    def refuse(done: int, total: int) -> None:
        raise AssertionError

    assert overlaying.overlay(filled, RIG, options, progress=refuse) is first


def test_what_shares_no_picture_is_refused_in_words(filled_copy: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    row = viewing.page(filled_copy, SignalQuery(collections.get(filled_copy, RIG).id)).rows[0]
    collections.correct(filled_copy, RIG, [row.signal_id], {"unit": "m/s²"})
    with pytest.raises(RequestError, match="signals in g and m/s² share no axis"):
        overlaying.overlay(filled_copy, RIG)
    assert len(overlaying.overlay(filled_copy, RIG, OverlayOptions("envelope")).labels) == 18
    with pytest.raises(InputError, match="band from 100 to 7000 Hz") as refusal:
        overlaying.overlay(filled_copy, SIMULATED, OverlayOptions("envelope", band=(100.0, 7000.0)))
    assert "half the rate" in refusal.value.hint
    with pytest.raises(InputError, match="range from 99 s"):
        overlaying.overlay(filled_copy, SIMULATED, OverlayOptions(start=99.0))
    with pytest.raises(RequestError, match="no signal was found"):
        overlaying.overlay(filled_copy, SIMULATED, query=SignalQuery(text="nothing like this"))
    with pytest.raises(RequestError, match="no overlay of 'cepstrum'"):
        overlaying.overlay(filled_copy, SIMULATED, OverlayOptions("cepstrum"))  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="no column 'colour'"):
        overlaying.overlay(filled_copy, SIMULATED, OverlayOptions(target="colour"))
    with pytest.raises(CatalogError):
        overlaying.overlay(filled_copy, "nothing")
    monkeypatch.setattr(overlaying, "MOST_SIGNALS", 10)
    with pytest.raises(RequestError, match="30 signals are more than one picture is made of"):
        overlaying.overlay(filled_copy, SIMULATED)


def test_a_picture_is_a_png_with_a_part_for_each_class(filled: Context) -> None:
    made = overlaying.picture(filled, RIG, OverlayOptions("spectrum"))
    with Image.open(made) as picture:
        assert picture.size[0] == overlaying.COLUMNS
        assert picture.size[1] > 4 * overlaying.SHEET_ROWS
    assert made.is_relative_to(filled.catalog.home / "exports")
