"""MiniRocket: a waveform as the shares of time that fixed dilated kernels respond above fixed levels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.minirocket.convolving import respond, shift, transform_series
from pipelines.learn.minirocket.kernels import KERNELS, TAPS, TRIPLES, dilations_for, quantiles

Waveforms = Sequence[ArrayLike] | NDArray[np.floating]
MOST_CHANNELS_TOGETHER = 9


@dataclass(frozen=True)
class MiniRocket:
    """A fitted transform.

    A. Dempster, D. Schmidt, G. Webb, MiniRocket: A Very Fast (Almost) Deterministic Transform for Time Series
    Classification, KDD 2021, 248-257. For several channels each pair of kernel and dilation looks at the sum over a
    random few of them, as in the authors' multivariate version.

    `dilations` (D,) and `features` (D,) say how often each kernel looks at each dilation; combination d * 84 + kernel
    looks at ``channel_list[channel_begin[i]:channel_begin[i + 1]]``; `biases` (F,) are the levels.
    """

    channels: int
    standardise: bool
    dilations: NDArray[np.int64]
    features: NDArray[np.int64]
    channel_begin: NDArray[np.int64]
    channel_list: NDArray[np.int64]
    biases: NDArray[np.float32]

    def transform(self, waveforms: Waveforms) -> NDArray[np.float32]:
        """Return the features of waveforms, each (L,) or (channels, L) with any L >= 9, shape (R, F), between 0 and 1.

        Raises
        ------
        InputError
            When a waveform is too short, not finite, or has other channels than those learned from.
        """
        series = as_series(waveforms, self.standardise)
        if len(series) and series[0].shape[0] != self.channels:
            raise InputError(f"waveforms have {series[0].shape[0]} channels, expected {self.channels} as in training")
        out = np.empty((len(series), len(self.biases)), dtype=np.float32)
        for row, one in zip(out, series, strict=True):
            transform_series(
                one,
                TRIPLES,
                self.dilations,
                self.features,
                self.channel_begin,
                self.channel_list,
                self.biases,
                row,
            )
        return out


def fit_minirocket(
    waveforms: Waveforms,
    *,
    features: int = 9996,
    standardise: bool = True,
    seed: int = 0,
    poll: Callable[[], None] = lambda: None,
) -> MiniRocket:
    """Choose dilations by the shortest training waveform and biases from responses to training waveforms.

    Only which waveform a bias is taken from, and which channels are looked at together, depends on the seed.

    Parameters
    ----------
    waveforms : sequence of array_like, each (L,) or (channels, L), or one array (R, L) or (R, channels, L)
    features : int
        About how many features; the nearest multiple of 84 below, at least 84.
    standardise : bool
        Bring each channel of each waveform to mean 0 and standard deviation 1, so that the level says nothing.
    seed : int
    poll : callable
        Called now and then; may raise to stop.

    Raises
    ------
    NotEnoughDataError
        Without a waveform.
    InputError
        When waveforms are shorter than 9 samples, not finite, or differ in channels.
    """
    series = as_series(waveforms, standardise)
    if not series:
        raise NotEnoughDataError("no waveform was given to learn from")
    if features < KERNELS:
        raise InputError(f"{features} features are fewer than one for each of the {KERNELS} kernels")
    rng = np.random.default_rng(seed)
    channels = series[0].shape[0]
    dilations, per_dilation = dilations_for(min(one.shape[1] for one in series), features // KERNELS)
    channel_begin, channel_list = _choose_channels(channels, len(dilations) * KERNELS, rng)
    biases = _biases(series, dilations, per_dilation, channel_begin, channel_list, rng, poll)
    return MiniRocket(channels, standardise, dilations, per_dilation, channel_begin, channel_list, biases)


def as_series(waveforms: Waveforms, standardise: bool) -> list[NDArray[np.float32]]:
    """Return waveforms as float32 arrays (channels, L); a channel that never moves is all zero when standardised.

    Raises
    ------
    InputError
        When one is shorter than 9 samples, not finite, or has other channels than the first.
    """
    series: list[NDArray[np.float32]] = []
    for number, given in enumerate(waveforms):
        one = np.atleast_2d(np.asarray(given, dtype=np.float64))
        if one.ndim != 2 or one.shape[1] < TAPS:
            raise InputError(
                f"waveform {number} has shape {np.shape(given)}, expected (samples,) or (channels, samples) "
                f"with at least {TAPS} samples"
            )
        if not np.isfinite(one).all():
            raise InputError(
                f"waveform {number} has {int((~np.isfinite(one)).sum())} samples that are not finite",
                hint="leave out recordings with gaps, or cut windows around them",
            )
        if series and len(one) != len(series[0]):
            raise InputError(f"waveform {number} has {len(one)} channels, those before have {len(series[0])}")
        if standardise:
            one = one - one.mean(axis=1, keepdims=True)
            spread = one.std(axis=1, keepdims=True)
            one = one / np.where(spread > 0.0, spread, 1.0)
        series.append(np.ascontiguousarray(one, dtype=np.float32))
    return series


def _choose_channels(
    channels: int, combinations: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return begins, shape (combinations + 1,), and the channels of all combinations, one after another."""
    if channels == 1:
        return np.arange(combinations + 1), np.zeros(combinations, dtype=np.int64)
    largest = np.log2(min(channels, MOST_CHANNELS_TOGETHER) + 1)
    together = (2.0 ** rng.uniform(0.0, largest, combinations)).astype(np.int64)
    chosen = [np.sort(rng.choice(channels, count, replace=False)) for count in together]
    return np.concatenate([[0], np.cumsum(together)]), np.concatenate(chosen)


def _biases(
    series: list[NDArray[np.float32]],
    dilations: NDArray[np.int64],
    per_dilation: NDArray[np.int64],
    channel_begin: NDArray[np.int64],
    channel_list: NDArray[np.int64],
    rng: np.random.Generator,
    poll: Callable[[], None],
) -> NDArray[np.float32]:
    """Return levels: quantiles of the response of each kernel and dilation to one training waveform."""
    wanted = quantiles(KERNELS * int(per_dilation.sum()))
    biases = np.empty(len(wanted), dtype=np.float32)
    examples = rng.integers(0, len(series), len(dilations) * KERNELS)
    place = 0
    for d, (dilation, count) in enumerate(zip(dilations.tolist(), per_dilation.tolist(), strict=True)):
        poll()
        for kernel in range(KERNELS):
            combination = d * KERNELS + kernel
            one = series[examples[combination]]
            shifted = np.empty((len(one), TAPS, one.shape[1]), dtype=np.float32)
            total, response = np.empty_like(one), np.empty(one.shape[1], dtype=np.float32)
            shift(one, dilation, shifted, total)
            chosen = channel_list[channel_begin[combination] : channel_begin[combination + 1]]
            respond(shifted, total, TRIPLES[kernel], chosen, response)
            biases[place : place + count] = np.quantile(response, wanted[place : place + count])
            place += count
    return biases
