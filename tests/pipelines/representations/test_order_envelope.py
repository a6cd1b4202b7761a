"""Shapes, refusals and repeatability of the envelope over shaft orders."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.representations import EnvelopeConfig, envelope_orders, multiples_of

NOISE = np.random.default_rng(3).standard_normal(24_000)


def test_a_block_is_its_rows_one_by_one_each_at_its_own_speed():
    block = NOISE.reshape(2, 12_000)
    together = envelope_orders(block, 5000.0, [1500.0, 1600.0], max_order=8)
    alone = [envelope_orders(row, 5000.0, rpm, max_order=8) for row, rpm in zip(block, (1500.0, 1600.0), strict=True)]
    assert together.excess.dtype == np.float32
    np.testing.assert_array_equal(together.excess, np.concatenate([one.excess for one in alone]))
    assert together.excess[0].std() > 0


@settings(max_examples=25, deadline=None)
@given(
    rate=st.floats(2000, 60_000),
    rpm=st.floats(300, 6000),
    length=st.integers(3000, 30_000),
    bands=st.sampled_from(["octaves", "kurtogram"]),
)
def test_any_length_rate_and_speed_gives_the_same_axis_or_a_refusal_in_words(rate, rpm, length, bands):
    x = np.resize(NOISE, length)
    config = EnvelopeConfig(bands=bands)
    if length / rate * rpm / 60 < 1.03 * config.turns or 1.02 * 8 * rpm / 60 > rate / 2:
        assume(length / rate * rpm / 60 < config.turns or 8.1 * rpm / 60 > rate / 2)
        with pytest.raises(InputError, match=r"turns of the shaft|half the rate"):
            envelope_orders(x, rate, rpm, max_order=8, config=config)
        return
    found = envelope_orders(x, rate, rpm, max_order=8, config=config)
    assert found.excess.shape == (1, 257)
    assert np.isfinite(found.excess).all()
    assert found.orders[-1] == 8
    assert found.segments[0] >= 1


def test_more_record_makes_the_floor_smoother():
    short, long = (envelope_orders(NOISE[:n], 2000.0, 1200.0, max_order=8) for n in (4000, 24_000))
    assert long.segments[0] > 5 * short.segments[0]
    assert long.excess.std() < 0.6 * short.excess.std()


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (None, "shaft speed is missing"),
        (0.0, "shaft speed 0.0 rpm"),
        (np.nan, "shaft speed nan rpm"),
        ([1500.0, 1600.0], "one number or one for each of 1 signals"),
        (30.0, "turns of the shaft, expected at least 32"),
        (60_000.0, "does not fit below half the rate"),
    ],
)
def test_a_speed_that_cannot_be_used_is_refused_in_words(speed, words):
    with pytest.raises(InputError, match=words):
        envelope_orders(NOISE, 2000.0, speed, max_order=8)


def test_signals_without_an_envelope_are_refused_in_words():
    with pytest.raises(InputError, match="constant"):
        envelope_orders(np.ones(24_000), 2000.0, 1500.0, max_order=8)
    with pytest.raises(InputError, match="not finite"):
        envelope_orders(np.where(np.arange(24_000) == 5, np.nan, NOISE), 2000.0, 1500.0, max_order=8)
    with pytest.raises(InputError, match="expected \\(samples,\\)"):
        envelope_orders(NOISE.reshape(2, 2, -1), 2000.0, 1500.0)


def test_multiples_beyond_the_spectrum_or_of_nothing_are_refused_in_words():
    spectrum = envelope_orders(NOISE, 2000.0, 1500.0, max_order=8)
    with pytest.raises(InputError, match="the spectrum ends at 8"):
        multiples_of(spectrum, 3.585, up_to=3)
    with pytest.raises(InputError, match="positive multiple of the shaft speed"):
        multiples_of(spectrum, float("nan"))
    assert multiples_of(spectrum, 3.585, up_to=2, per_multiple=8).shape == (1, 16)


@pytest.mark.parametrize(
    "wrong", [{"bands": "best"}, {"turns": 2}, {"slip": 0.5}, {"clearest": 0}, {"floor_orders": 0.1}]
)
def test_a_configuration_out_of_range_is_refused(wrong):
    with pytest.raises(InputError, match="expected"):
        EnvelopeConfig(**wrong)
