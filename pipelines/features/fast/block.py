"""The order of work on one block of rows: every transform is computed once and overwritten when done with."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from scipy import fft, fftpack

from pipelines.features.fast import bispectrum, cepstrum, envelope, orders, spectrum, wavelet
from pipelines.features.fast.ratios import Column
from pipelines.features.fast.scratch import Scratch
from pipelines.features.fast.waveform import Waveform, waveform
from pipelines.features.grid import SEGMENT, SLICE_STOP, modulation_start, transform_length
from pipelines.features.inputs import Samples
from pipelines.features.order_grid import edge_samples
from pipelines.features.orders_input import HasFaultOrders

Rows = NDArray[np.float32]

_scratch = Scratch()


def block_features(
    x: Samples, rate_hz: float, shaft_hz: Column, fault_orders: HasFaultOrders | None, domains: Collection[str]
) -> dict[str, Column]:
    """Compute the features of some domains of a small block of rows.

    Parameters
    ----------
    x : (B, L) float32 or float64
    rate_hz : float
    shaft_hz : (B,) float64, NaN where unknown
    fault_orders : HasFaultOrders or None
    domains : collection of str

    Returns
    -------
    dict of feature id to (B,) float64; the time domain is always there, because all others start from its pass.
    """
    rows, samples = len(x), transform_length(x.shape[1])
    wave = waveform(x, _scratch.get("y", rows, samples))
    found = dict(wave.features)
    if "wavelet" in domains:
        found |= wavelet.wavelet_features(wave, _scratch.get("half", rows, samples // 2))
    in_order = "order" in domains and fault_orders is not None and not np.isnan(shaft_hz).all()
    if in_order or not {"frequency", "envelope", "cepstrum"}.isdisjoint(domains):
        found |= _transform_features(wave, rate_hz, shaft_hz, fault_orders if in_order else None, domains)
    if "order" in domains and not in_order:
        found |= orders.unknown(rows)
    # last, because the segments are transformed in place of the rows
    if "bispectrum" in domains:
        found |= _bispectrum(wave)
    return found


def _transform_features(
    wave: Waveform, rate_hz: float, shaft_hz: Column, fault_orders: HasFaultOrders | None, domains: Collection[str]
) -> dict[str, Column]:
    rows, samples = wave.y.shape
    packed = _scratch.get("packed", rows, samples)
    np.copyto(packed, wave.y)
    packed = fftpack.rfft(packed, overwrite_x=True)
    power = _scratch.get("power", rows, samples // 2 + 1)
    sums = np.empty((rows, 5))
    spectrum.power_and_quadrature(packed, power, sums)
    found: dict[str, Column] = {}
    if "frequency" in domains or "cepstrum" in domains:
        even = _scratch.get("even logs", rows, samples // 4 + 1)
        odd = _scratch.get("odd logs", rows, samples // 4)
        weighted = np.empty(rows)
        spectrum.log_power(power, sums[:, 0], even, odd, weighted)
        found |= spectrum.frequency_features(wave, power, sums, weighted, rate_hz, shaft_hz)
        if "cepstrum" in domains:
            found |= _cepstrum(wave, sums[:, 0] <= 0, even, odd, rate_hz)
    if fault_orders is not None:
        found |= _orders(wave, packed, power, sums[:, 0], rate_hz, shaft_hz, fault_orders)
    if "envelope" in domains:
        found |= _envelope(wave, packed, rate_hz)
    return found


def _cepstrum(wave: Waveform, lineless: NDArray[np.bool_], even: Rows, odd: Rows, rate_hz: float) -> dict[str, Column]:
    # the transform of a real, even sequence is a cosine transform of its first half, and that splits into two halves
    sums = np.empty((len(odd), 3))
    even, odd = fft.dct(even, type=1, overwrite_x=True), fft.dct(odd, type=2, overwrite_x=True)
    cepstrum.magnitude_sums(even, odd, sums)
    return cepstrum.cepstrum_features(wave, lineless, sums, rate_hz)


def _envelope(wave: Waveform, packed: Rows, rate_hz: float) -> dict[str, Column]:
    samples = wave.y.shape[1]
    quadrature = fftpack.irfft(packed, overwrite_x=True)
    sums = np.empty((len(packed), 6))
    envelope.magnitude_and_moments(wave.y, quadrature, sums)
    start = modulation_start(samples, rate_hz)
    strongest = None
    if start < samples // 2:
        strongest = np.empty(len(packed), dtype=np.int64)
        envelope.strongest_bin(fftpack.rfft(quadrature, overwrite_x=True), start, strongest)
    return envelope.envelope_features(wave, sums, strongest, rate_hz)


def _orders(
    wave: Waveform,
    packed: Rows,
    power: Rows,
    total: Column,
    rate_hz: float,
    shaft_hz: Column,
    fault_orders: HasFaultOrders,
) -> dict[str, Column]:
    rows, samples = packed.shape
    white, quadrature = _scratch.get("white", rows, samples), _scratch.get("white quadrature", rows, samples)
    orders.whiten(packed, power, total, white, quadrature)
    white = fftpack.irfft(white, overwrite_x=True)
    orders.squared_envelope(white, fftpack.irfft(quadrature, overwrite_x=True), edge_samples(samples))
    return orders.order_features(fftpack.rfft(white, overwrite_x=True), total <= 0, shaft_hz, fault_orders, rate_hz)


def _bispectrum(wave: Waveform) -> dict[str, Column]:
    rows, samples = wave.y.shape
    count = samples // SEGMENT
    slices, sums = np.zeros((rows, SLICE_STOP - 1)), np.zeros((rows, 2))
    if count > 0:
        segments = wave.y[:, : count * SEGMENT].reshape(rows, count, SEGMENT)
        bispectrum.slice_sums(fftpack.rfft(segments, overwrite_x=True), slices, sums)
    return bispectrum.bispectrum_features(wave, slices, sums, count)
