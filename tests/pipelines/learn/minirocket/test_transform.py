"""The transform against one written plainly, kernel by kernel, in numpy."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.minirocket import MiniRocket, fit_minirocket
from pipelines.learn.minirocket.kernels import dilations_for, quantiles


def response(series: np.ndarray, triple: tuple[int, ...], dilation: int) -> np.ndarray:
    """Correlate one channel with the dilated kernel in float64, zeros outside."""
    kernel = np.zeros(8 * dilation + 1)
    kernel[::dilation] = -1.0
    kernel[np.array(triple) * dilation] = 2.0
    padded = np.pad(series, 4 * dilation)
    return np.array([kernel @ padded[t : t + len(kernel)] for t in range(len(series))])


def plainly(fitted: MiniRocket, waveform: np.ndarray) -> np.ndarray:
    out, combination = [], 0
    biases = iter(fitted.biases.tolist())
    for d, (dilation, count) in enumerate(zip(fitted.dilations.tolist(), fitted.features.tolist(), strict=True)):
        for kernel, triple in enumerate(combinations(range(9), 3)):
            begin, end = fitted.channel_begin[combination : combination + 2]
            summed = sum(response(waveform[c], triple, dilation) for c in fitted.channel_list[begin:end])
            inside = (d + kernel) % 2 == 1 and len(summed) > 8 * dilation
            seen = summed[4 * dilation : len(summed) - 4 * dilation] if inside else summed
            out += [(seen > next(biases)).mean() for _ in range(count)]
            combination += 1
    return np.array(out)


@pytest.mark.parametrize(("channels", "length"), [(1, 50), (3, 33), (1, 9)])
def test_features_are_those_of_the_plain_way(channels: int, length: int):
    rng = np.random.default_rng(length)
    waveforms = rng.normal(size=(4, channels, length))
    fitted = fit_minirocket(waveforms, features=84 * 5, standardise=False, seed=1)
    # quantiles can be samples, which would then fall on either side of their bias by rounding
    fitted = replace(fitted, biases=fitted.biases + np.float32(3e-4))
    found = fitted.transform(waveforms)
    assert found.shape == (4, 84 * 5)
    expected = np.array([plainly(fitted, one) for one in waveforms])
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.std() > 0.1


def test_the_biases_are_quantiles_of_responses_to_a_training_waveform():
    waveform = np.random.default_rng(0).normal(size=(1, 40))
    fitted = fit_minirocket(waveform, features=84 * 2, standardise=False)
    wanted, place = quantiles(84 * 2), 0
    for dilation, count in zip(fitted.dilations.tolist(), fitted.features.tolist(), strict=True):
        for triple in combinations(range(9), 3):
            expected = np.quantile(response(waveform[0], triple, dilation), wanted[place : place + count])
            np.testing.assert_allclose(fitted.biases[place : place + count], expected, atol=1e-5)
            place += count
    assert place == len(fitted.biases)


def test_dilations_reach_from_neighbours_to_the_whole_series_and_share_out_all_features():
    dilations, features = dilations_for(1024, 119)
    assert dilations[0] == 1
    assert dilations[-1] == 127
    assert features.sum() == 119
    assert features[0] == features.max()
    assert dilations_for(9, 119)[0].tolist() == [1]
    assert dilations_for(100, 1)[1].tolist() == [1]


def test_the_quantiles_are_multiples_of_the_golden_ratio_that_fill_the_range_evenly():
    found = quantiles(84)
    assert found[:2] == pytest.approx([0.618034, 0.236068])
    assert np.diff(np.sort(found)).max() < 0.03


def test_the_seed_decides_which_waveforms_and_channels_are_looked_at():
    waveforms = np.random.default_rng(0).normal(size=(5, 2, 60))
    one, same, other = (fit_minirocket(waveforms, features=168, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.transform(waveforms), same.transform(waveforms))
    assert (one.biases != other.biases).any()
    assert (np.diff(one.channel_begin) == 2).any()
    assert (np.diff(one.channel_begin) == 1).any()


def test_waveforms_of_any_length_and_level_can_be_looked_at():
    rng = np.random.default_rng(0)
    waveforms = [rng.normal(size=length) for length in (200, 64, 90)]
    fitted = fit_minirocket(waveforms, features=84 * 8)
    assert fitted.dilations.max() <= 63 // 8
    found = fitted.transform([*waveforms, rng.normal(size=9), np.zeros(30)])
    assert found.shape == (5, 84 * 8)
    assert ((found >= 0) & (found <= 1)).all()
    np.testing.assert_allclose(fitted.transform([7.0 * one + 3.0 for one in waveforms]), found[:3], atol=0.05)


@pytest.mark.parametrize(
    ("waveforms", "words"),
    [
        ([np.zeros(8)], "at least 9 samples"),
        ([np.r_[np.zeros(20), np.nan]], "1 samples that are not finite"),
        ([np.zeros((2, 20)), np.zeros((1, 20))], "1 channels, those before have 2"),
    ],
)
def test_what_is_no_waveform_is_refused(waveforms: list[np.ndarray], words: str):
    with pytest.raises(InputError, match=words):
        fit_minirocket(waveforms)


def test_no_waveform_too_few_features_and_other_channels_are_refused():
    with pytest.raises(NotEnoughDataError):
        fit_minirocket([])
    with pytest.raises(InputError, match="84 kernels"):
        fit_minirocket([np.arange(20.0)], features=50)
    with pytest.raises(InputError, match="expected 1 as in training"):
        fit_minirocket([np.arange(20.0)], features=84).transform(np.ones((1, 2, 20)))
