"""CPU time of the features of 102,400-sample float32 signals, against two alternatives measured in the same process.

- ``scipy loop``: the same 36 features, signal by signal, as an experienced engineer writes them with scipy.stats,
  scipy.signal.hilbert, pywt and scipy.fft; every transform computed once, and the results compared with ours.
- ``three FFTs``: what the definitions force and nothing else: real transform of the signal (spectrum), inverse complex
  transform (analytic signal), real transform of the envelope (modulation), in float32 and blocks of eight. The fourth
  one, of the log power (cepstrum), is not counted, to our disadvantage.

Rounds alternate between the candidates, so that a busy machine disturbs all alike; medians are printed. One thread.

    python -m benchmarks.bench_features [--rounds 15] [--json]
"""

import os

# before numpy loads
os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
import pywt
import scipy.fft
import scipy.signal
import scipy.stats
from numpy.typing import NDArray

from benchmarks.conditions import say_conditions
from pipelines.features import FaultOrders, extract, feature_names

RATE_HZ = 20_480
SAMPLES = 102_400
BLOCK = 8
SPEED_RPM = 1797.0
ORDERS = FaultOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.357, ftf=0.39828)
THIRTY_SIX = ("time", "frequency", "envelope", "wavelet", "cepstrum", "bispectrum")

TARGET_LOOP_RATIO = 7.0
TARGET_FFT_RATIO = 2.0
TARGET_CPU_MS = 1.2


def signals(seed: int = 0) -> NDArray[np.float32]:
    """Noise, shaft harmonics and a decaying impulse train, different in each row."""
    rng = np.random.default_rng(seed)
    t = np.arange(SAMPLES) / RATE_HZ
    rows = []
    for row in range(BLOCK):
        x = 0.1 * rng.standard_normal(SAMPLES)
        for harmonic in (1, 2, 3):
            x += rng.uniform(0.05, 0.4) * np.sin(2 * np.pi * harmonic * SPEED_RPM / 60 * t + rng.uniform(0, 6))
        phase = (t * (90 + 7 * row)) % 1 / (90 + 7 * row)
        x += 0.5 * np.exp(-phase * 900) * np.sin(2 * np.pi * 3500 * phase)
        rows.append(x)
    return np.array(rows, dtype=np.float32)


def scipy_features(x: NDArray[np.float32], rate: float, speed_rpm: float) -> list[float]:
    """Compute the 36 features of one signal with library calls."""
    n = len(x)
    magnitude = np.abs(x)
    rms = np.sqrt(np.mean(x**2))
    peak, mean_magnitude = magnitude.max(), magnitude.mean()
    skewness = scipy.stats.skew(x)
    out = [rms, scipy.stats.kurtosis(x), skewness, peak / rms, rms / mean_magnitude, peak / mean_magnitude]
    out.append(peak / np.mean(np.sqrt(magnitude)) ** 2)

    y = x - x.mean()
    spectrum = scipy.fft.rfft(y)
    frequency = scipy.fft.rfftfreq(n, 1 / rate)
    power = 2 * np.abs(spectrum / n) ** 2
    power[[0, -1]] = 0
    total = power.sum()
    centroid = np.sum(frequency * power) / total
    shares = power[1:-1] / total
    out += [frequency[np.argmax(power)], centroid, scipy.stats.entropy(shares)]
    for low, high in ((0, 500), (500, 2000), (2000, 5000), (5000, 10000)):
        out.append(power[np.searchsorted(frequency, low) : np.searchsorted(frequency, high)].sum())
    out += [total, np.sqrt(np.sum((frequency - centroid) ** 2 * power) / total)]
    lines = []
    for multiple in (1, 2, 3):
        f = multiple * speed_rpm / 60
        lines.append(power[np.searchsorted(frequency, 0.97 * f) : np.searchsorted(frequency, 1.03 * f)].max())
    out += [np.sqrt(lines[1] / lines[0]), np.sqrt(lines[2] / lines[0]), power.max() / power[1:-1].mean()]

    envelope = np.abs(scipy.signal.hilbert(y))
    modulation = np.abs(scipy.fft.rfft(envelope - envelope.mean()))
    start = np.searchsorted(frequency, 1.0, side="right")
    out += [np.sqrt(np.mean(envelope**2)), scipy.stats.kurtosis(envelope), envelope.max()]
    out.append(frequency[start + np.argmax(modulation[start:])])

    approximation, *details = pywt.wavedec(y, "db4", level=5)
    energies = [np.sum(d**2) / n for d in details[::-1]]
    out.append(sum(energies) / (sum(energies) + np.sum(approximation**2) / n))
    out.append(np.mean([scipy.stats.kurtosis(d) for d in details]))
    out += [energies[0], energies[2], energies[4]]

    log_power = np.log(power + 1e-9 * power[1:-1].mean())
    log_power[[0, -1]] = log_power[1:-1].mean()
    cepstrum = np.abs(scipy.fft.irfft(log_power, n)[1 : n // 2 + 1])
    quefrency = np.arange(1, n // 2 + 1) / rate
    out += [cepstrum.max() / cepstrum.mean(), np.sum(quefrency * cepstrum) / cepstrum.sum()]

    segments = scipy.fft.rfft(y[: n // 512 * 512].reshape(-1, 512)) * (2 / 512)
    k = np.arange(1, 128)
    triads = segments[:, k] ** 2 * np.conj(segments[:, 2 * k])
    b = np.abs(triads.mean(axis=0))
    out += [b.max(), b.mean(), scipy.stats.entropy(b), b.sum() / np.abs(triads).mean(axis=0).sum()]
    out += [(b.sum() / np.mean(y**2) ** 1.5 + abs(skewness)) / 2, b.max() / b.mean()]
    return [float(value) for value in out]


def candidates(x: NDArray[np.float32]) -> dict[str, Callable[[], object]]:
    """Return what is timed, each on the whole block."""
    envelope = np.abs(x)
    analytic = np.zeros((BLOCK, SAMPLES), dtype=np.complex64)
    analytic[:, : SAMPLES // 2 + 1] = scipy.fft.rfft(x)

    def three_ffts() -> None:
        scipy.fft.rfft(x)
        scipy.fft.ifft(analytic)
        scipy.fft.rfft(envelope)

    return {
        "36 features": lambda: extract(x, RATE_HZ, speed_rpm=SPEED_RPM, domains=THIRTY_SIX),
        "36 features + 6 order features": lambda: extract(x, RATE_HZ, speed_rpm=SPEED_RPM, orders=ORDERS),
        "scipy loop": lambda: [scipy_features(row, RATE_HZ, SPEED_RPM) for row in x],
        "three FFTs": three_ffts,
    }


def measure(rounds: int) -> dict[str, float]:
    """Return the median CPU-ms for one signal of each candidate."""
    timed = candidates(signals())
    spent: dict[str, list[float]] = {name: [] for name in timed}
    for turn in range(rounds + 1):
        for name, call in timed.items():
            started = time.process_time()
            call()
            # the first round compiles and warms up
            if turn:
                spent[name].append((time.process_time() - started) * 1e3 / BLOCK)
    return {name: statistics.median(times) for name, times in spent.items()}


def largest_difference() -> tuple[str, float]:
    """Return the feature in which the loop and `extract` differ most, and by what part."""
    x = signals()
    ours = extract(x, RATE_HZ, speed_rpm=SPEED_RPM, domains=THIRTY_SIX)
    theirs = np.array([scipy_features(row, RATE_HZ, SPEED_RPM) for row in x])
    apart = np.max(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-6), axis=0)
    return feature_names(THIRTY_SIX)[int(apart.argmax())], float(apart.max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    cpu_ms = measure(options.rounds)
    fast, loop, ffts = cpu_ms["36 features"], cpu_ms["scipy loop"], cpu_ms["three FFTs"]
    name, apart = largest_difference()
    result = {
        "cpu_ms_per_signal": cpu_ms,
        "times_faster_than_scipy_loop": loop / fast,
        "times_three_ffts": fast / ffts,
        "targets": {
            "scipy loop": {"at_least": TARGET_LOOP_RATIO, "met": loop / fast >= TARGET_LOOP_RATIO},
            "three FFTs": {"at_most": TARGET_FFT_RATIO, "met": fast / ffts <= TARGET_FFT_RATIO},
            "CPU-ms": {"at_most": TARGET_CPU_MS, "met": fast <= TARGET_CPU_MS},
        },
        "largest_relative_difference_to_loop": {"feature": name, "difference": apart},
    }
    if options.json:
        print(json.dumps(result, indent=2))
        return
    say_conditions()
    for candidate, milliseconds in cpu_ms.items():
        print(f"{candidate:32s} {milliseconds:8.3f} CPU-ms per signal")
    print(f"36 features: {loop / fast:.1f} × faster than the scipy loop (target ≥ {TARGET_LOOP_RATIO:g})")
    print(f"36 features: {fast / ffts:.2f} × the three FFTs (target ≤ {TARGET_FFT_RATIO:g})")
    print(f"largest difference to the loop: {apart:.1e} of {name} (the loop extends the wavelet at the borders)")


if __name__ == "__main__":
    main()
