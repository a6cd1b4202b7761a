"""Time of what the Signal Viewer computes from 102,400 float32 samples, beside the usual library call in the same run.

- ``spectrogram``: window 1024, hop 64, levels and picture, against ``scipy.signal.stft`` and its levels.
- ``scalogram``: 128 scales, against ``pywt.cwt(method="fft")`` and its magnitudes.
- ``wigner_ville``: 1024 times by 1024 frequencies, against the same definition in numpy (lag products of all times at
  once, one transform), smoothed and not.
- ``kurtogram``: all 108 cells of ten levels, against a filter and ``scipy.signal.hilbert`` per cell, the filters of the
  same bands made beforehand.
- the rest of the viewer against scipy where scipy has it, without a target.

Rounds alternate between the candidates, so that a busy machine disturbs all alike; medians are printed, by the clock
and in processor time. One thread. The results are compared: the largest difference, as a part of the largest value.

    python -m benchmarks.bench_viewer [--rounds 15] [--json]
"""

import os

# before numpy loads
os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import pywt
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from benchmarks.conditions import say_conditions
from pipelines.filters import band_pass, envelope, integrate
from pipelines.orders import order_spectrum, speed_curve, synchronous_average
from pipelines.spectra import (
    autocorrelation,
    averaged_spectrum,
    cepstrum,
    kurtogram,
    scalogram,
    spectrogram,
    wigner_ville,
)
from pipelines.waveforms import histogram

RATE_HZ = 20_480.0
SAMPLES = 102_400
SCALES = 128
SIDE = 1024
CYCLES = 6.0
RUN_UP = speed_curve([0.0, SAMPLES / RATE_HZ], [900.0, 2400.0])


@dataclass(frozen=True)
class Candidate:
    """What is timed: ours, the alternative, the target of ours in ms, and how far the two are apart."""

    name: str
    ours: Callable[[], object]
    other_name: str
    other: Callable[[], object] | None = None
    target_ms: float | None = None
    apart: Callable[[], float] | None = None


@dataclass(frozen=True)
class Result:
    name: str
    clock_ms: float
    cpu_ms: float
    target_ms: float | None
    other_name: str
    other_clock_ms: float | None
    other_cpu_ms: float | None
    difference: float | None


def signal() -> NDArray[np.float32]:
    """Noise, a run-up with harmonics, and a decaying impulse train."""
    rng = np.random.default_rng(0)
    t = np.arange(SAMPLES) / RATE_HZ
    turned = RUN_UP.revolutions_at(t)
    x = 0.1 * rng.standard_normal(SAMPLES)
    for order in (1, 2, 3, 40):
        x += 0.3 * np.cos(2 * np.pi * order * turned + order)
    phase = (t * 97) % 1 / 97
    x += 0.5 * np.exp(-phase * 900) * np.sin(2 * np.pi * 3500 * phase)
    return (x - x.mean()).astype(np.float32)


def scipy_levels(x: NDArray[np.float32]) -> NDArray[np.float32]:
    _, _, lines = scipy.signal.stft(
        x, RATE_HZ, "hann", SIDE, SIDE - 64, boundary=None, padded=False, scaling="spectrum"
    )
    return 20 * np.log10(np.maximum(2 * np.abs(lines), 1e-20))


def pywt_magnitudes(x: NDArray[np.float32], freq: NDArray[np.float64], precision: int = 10) -> NDArray[np.float64]:
    """Amplitudes in our normalisation; pywt averages the wavelet over each sample, which the sinc undoes."""
    scales = RATE_HZ / freq
    wavelet = f"cmor{2 * (CYCLES / (2 * np.pi)) ** 2:.6f}-1.0"
    lines, _ = pywt.cwt(x, scales, wavelet, 1 / RATE_HZ, method="fft", precision=precision)
    return 2 * np.abs(lines) / (np.sqrt(scales) * np.sinc(freq / RATE_HZ))[:, None]


def numpy_wigner_ville(x: NDArray[np.float32], smoothing: int) -> NDArray[np.float32]:
    """Pseudo Wigner-Ville at SIDE times, lag SIDE - 1, smoothed over so many samples."""
    half, around = SIDE // 2 - 1, smoothing // 2
    padded = np.pad(scipy.signal.hilbert(x).astype(np.complex64), half + around)
    centres = np.floor((np.arange(SIDE) + 0.5) * (SAMPLES / SIDE)).astype(int) + half + around
    tau = np.arange(half + 1)
    lag_taper = np.hanning(2 * half + 3)[half + 1 : -1].astype(np.float32)
    time_taper = np.hanning(smoothing + 2)[1:-1].astype(np.float32)
    products = np.zeros((SIDE, SIDE // 2 + 1), dtype=np.complex64)
    for weight, shift in zip(time_taper / time_taper.sum(), range(-around, around + 1), strict=True):
        at = centres[:, None] + shift
        products[:, : half + 1] += weight * padded[at + tau] * np.conj(padded[at - tau])
    products[:, : half + 1] *= lag_taper
    return (scipy.fft.hfft(products, SIDE, axis=-1) / (lag_taper[0] + 2 * lag_taper[1:].sum())).T


def filter_bank(x: NDArray[np.float32]) -> Callable[[], list[float]]:
    """Kurtosis of the envelope of every cell's band, by a filter and a Hilbert transform for each."""
    filters = []
    for cell in kurtogram(x, RATE_HZ).cells():
        low, high = max(cell.band_hz[0], 1.0), min(cell.band_hz[1], RATE_HZ / 2 * 0.9999)
        filters.append(scipy.signal.butter(4, (low, high), "bandpass", fs=RATE_HZ, output="sos"))

    def values() -> list[float]:
        found = []
        for sos in filters:
            power = np.abs(scipy.signal.hilbert(scipy.signal.sosfilt(sos, x))) ** 2
            found.append(float((power**2).mean() / power.mean() ** 2 - 2))
        return found

    return values


def relative(ours: NDArray[np.floating], theirs: NDArray[np.floating]) -> float:
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def scalogram_apart(x: NDArray[np.float32]) -> float:
    """At every sample of a stretch, away from its ends, for wavelets of at least eight samples a period."""
    stretch = x[:8192] - x[:8192].mean()
    found = scalogram(stretch, RATE_HZ, scales=32, high_hz=RATE_HZ / 8, cycles=CYCLES, columns=8192)
    theirs = pywt_magnitudes(stretch, found.freq_hz, precision=14)
    inside = (found.freq_hz > 100)[:, None] & (np.abs(np.arange(8192) - 4096) < 2500)
    return relative(found.amplitude[inside], theirs[inside])


def levels_apart(x: NDArray[np.float32]) -> float:
    """Largest difference in dB, of levels within 80 dB of the highest."""
    theirs = scipy_levels(x)
    loud = theirs > theirs.max() - 80
    return float(np.abs(spectrogram(x, RATE_HZ, window=SIDE, hop=64).level_db - theirs)[loud].max())


def candidates(x: NDArray[np.float32]) -> list[Candidate]:
    freq = scalogram(x, RATE_HZ, scales=SCALES, cycles=CYCLES).freq_hz
    sos = scipy.signal.butter(4, (500, 2000), "bandpass", fs=RATE_HZ, output="sos")
    return [
        Candidate(
            "spectrogram 1024/64",
            lambda: spectrogram(x, RATE_HZ, window=SIDE, hop=64),
            "scipy.signal.stft and dB",
            lambda: scipy_levels(x),
            5.0,
            lambda: levels_apart(x),
        ),
        Candidate(
            "scalogram, 128 scales",
            lambda: scalogram(x, RATE_HZ, scales=SCALES, cycles=CYCLES),
            'pywt.cwt, method="fft"',
            lambda: pywt_magnitudes(x, freq),
            60.0,
            lambda: scalogram_apart(x),
        ),
        *(
            Candidate(
                name,
                lambda smoothing=smoothing: wigner_ville(x, RATE_HZ, smoothing=smoothing),
                "the definition in numpy",
                lambda smoothing=smoothing: numpy_wigner_ville(x, smoothing),
                30.0,
                lambda smoothing=smoothing: relative(
                    wigner_ville(x, RATE_HZ, smoothing=smoothing).energy, numpy_wigner_ville(x, smoothing)
                ),
            )
            for name, smoothing in (("pseudo Wigner-Ville 1024²", 1), ("the same, smoothed over 9", 9))
        ),
        Candidate(
            "kurtogram, 108 cells",
            lambda: kurtogram(x, RATE_HZ),
            "filter and Hilbert per cell",
            filter_bank(x),
            150.0,
        ),
        Candidate(
            "Welch density, 4096",
            lambda: averaged_spectrum(x, RATE_HZ, scale="psd", segment=4096),
            "scipy.signal.welch",
            lambda: scipy.signal.welch(x, RATE_HZ, "hann", 4096, detrend=False),
            None,
            lambda: relative(
                averaged_spectrum(x, RATE_HZ, scale="psd", segment=4096).values,
                scipy.signal.welch(x, RATE_HZ, "hann", 4096, detrend=False)[1],
            ),
        ),
        Candidate(
            "band-pass",
            lambda: band_pass(x, RATE_HZ, (500, 2000)),
            "scipy.signal.sosfiltfilt",
            lambda: scipy.signal.sosfiltfilt(sos, x),
            None,
            lambda: relative(
                band_pass(x, RATE_HZ, (500, 2000)).values[1000:-1000], scipy.signal.sosfiltfilt(sos, x)[1000:-1000]
            ),
        ),
        Candidate(
            "autocorrelation, half the record",
            lambda: autocorrelation(x, RATE_HZ),
            "scipy.signal.correlate",
            lambda: scipy.signal.correlate(x, x, method="fft"),
        ),
        Candidate("envelope of a band", lambda: envelope(x, RATE_HZ, band=(3000, 4000)), "(none)"),
        Candidate("g to mm/s", lambda: integrate(x, RATE_HZ, unit="g"), "(none)"),
        Candidate("cepstrum", lambda: cepstrum(x, RATE_HZ), "(none)"),
        Candidate("histogram and moments", lambda: histogram(x), "(none)"),
        Candidate(
            "order spectrum of a run-up",
            lambda: order_spectrum(x, RATE_HZ, RUN_UP, max_order=60, resolution_orders=0.1),
            "(none)",
        ),
        Candidate("time-synchronous average", lambda: synchronous_average(x, RATE_HZ, RUN_UP, max_order=60), "(none)"),
    ]


def measure(rounds: int) -> list[Result]:
    """Medians over the rounds, after one that compiles and warms up."""
    timed = candidates(signal())
    spent: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for turn in range(rounds + 1):
        for one in timed:
            for mine, call in ((True, one.ours), (False, one.other)):
                # the slow alternatives need no more than five rounds
                if call is None or (not mine and turn > 5):
                    continue
                clock, cpu = time.perf_counter(), time.process_time()
                call()
                took = ((time.perf_counter() - clock) * 1e3, (time.process_time() - cpu) * 1e3)
                if turn:
                    spent.setdefault((one.name, mine), []).append(took)
    results = []
    for one in timed:
        ours = [statistics.median(values) for values in zip(*spent[one.name, True], strict=True)]
        other: list[float | None] = [None, None]
        if one.other is not None:
            other = [statistics.median(values) for values in zip(*spent[one.name, False], strict=True)]
        apart = one.apart() if one.apart else None
        results.append(Result(one.name, ours[0], ours[1], one.target_ms, one.other_name, other[0], other[1], apart))
    return results


def line(result: Result) -> str:
    told = f"{result.name:34s} {result.clock_ms:8.2f} ms ({result.cpu_ms:.2f} CPU-ms)"
    if result.target_ms is not None:
        met = "met" if result.clock_ms <= result.target_ms else "missed"
        told += f"; target ≤ {result.target_ms:g} ms: {met}"
    if result.other_clock_ms is not None:
        told += f"; {result.other_name} {result.other_clock_ms:.1f} ms ({result.other_cpu_ms:.1f} CPU-ms), "
        told += f"{result.other_clock_ms / result.clock_ms:.1f} ×"
    if result.difference is not None:
        unit = " dB" if "spectrogram" in result.name else ""
        told += f"; largest difference {result.difference:.1e}{unit}"
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.json:
        say_conditions()
    results = measure(options.rounds)
    if options.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
        return
    print(f"{SAMPLES} float32 samples, medians of {options.rounds} rounds (alternatives: at most 5)")
    for result in results:
        print(line(result))
    busy = os.getloadavg()[0]
    print(f"load average after: {busy:.2f}" + ("; the machine was not quiet" if busy > 1.2 else ""))


if __name__ == "__main__":
    main()
