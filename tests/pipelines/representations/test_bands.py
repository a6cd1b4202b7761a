"""Bands are the same in Hz for every record, wide enough, and as many as the rate leaves room for."""

import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.representations.bands import bands_for, octave_bands
from tests.pipelines.representations.defective_machine import run


def test_a_higher_rate_only_adds_bands_above():
    low, high = octave_bands(12_000.0, 500.0), octave_bands(48_000.0, 500.0)
    assert set(low[1:]) < set(high[1:])
    assert all(top > 6000.0 for _, top in set(high[1:]) - set(low[1:]))


def test_bands_are_wide_enough_and_overlap_by_half_an_octave_or_one():
    bands = octave_bands(25_600.0, 800.0)
    assert all(high - low >= 800.0 for low, high in bands)
    assert (1000.0, 2000.0) in bands
    assert (2000.0, 8000.0) in bands
    assert all(high <= 12_800.0 for _, high in bands)


def test_the_kurtogram_chooses_the_band_that_rings():
    x = run("outer_race")
    ((low, high),) = bands_for("kurtogram", x - x.mean(dtype=np.float64).astype(np.float32), 12_000.0, 400.0)
    assert low < 3000.0 < high
    assert 400.0 <= high - low < 6000.0


def test_modulation_beyond_half_the_rate_is_refused_in_words():
    with pytest.raises(InputError, match="1200 Hz does not fit below half the rate of 2000 Hz"):
        bands_for("octaves", np.zeros(1000, dtype=np.float32), 2000.0, 1200.0)
