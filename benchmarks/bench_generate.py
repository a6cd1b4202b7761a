"""CPU time of one synthetic journal-bearing signal, beside plain numpy and beside its random draws alone.

Run ``python -m benchmarks.bench_generate`` (``--json`` for numbers only). The named alternative writes the same signal
model down as its formulas read, in double precision numpy, one term after the other.
"""

import argparse
import json
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.conditions import say_conditions
from pipelines.generate import AugmentationConfig, JournalConfig, generate, plan

Array = NDArray[np.float64]
ROUNDS = 5


class Formulas:
    """The signal model in plain numpy: one attribute per symbol, one line per term."""

    def __init__(self, config: JournalConfig, class_id: str, level: tuple[float, float], seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed)
        self.fs, self.N = config.rate_hz, config.samples
        self.t = np.arange(self.N) / self.fs
        share = np.arange(self.N) / self.N
        s0 = 1.0 if class_id == "healthy" else rng.uniform(*level)
        grows = rng.random() < config.evolution_probability
        self.s = s0 + (min(1.0, s0 + 0.3) - s0) * share if grows else np.full(self.N, s0)
        v = 1 + config.speed_variation * rng.uniform(-1, 1)
        self.lf = 0.3 + 0.7 * rng.uniform(config.load_min_percent, config.load_max_percent) / 100
        celsius = rng.uniform(config.temperature_min_c, config.temperature_max_c)
        self.tf = 0.9 + 0.2 * (celsius - 40) / 40
        ratio, self.m = np.ones(self.N), np.ones(self.N)
        if rng.random() < config.transient_probability:
            kind = rng.choice(config.transients)
            if kind == "speed_ramp":
                ratio = np.interp(share, [0.2, 0.6], [0.85, 1.15])
            elif kind == "load_step":
                self.m = np.where(share < 0.4, 0.7, 1.0)
            else:
                self.m = 0.9 + 0.2 * (1 - np.exp(-share / 0.3))
        self.v = v * ratio
        self.S = np.clip(0.15 * np.exp(-0.03 * (celsius - 60)) * self.v / self.lf, 0.05, 0.5)
        self.phase = 2 * np.pi * np.cumsum(config.nominal_speed_hz * self.v) / self.fs
        self.config, self.class_id = config, class_id

    def order(self, k: float) -> Array:
        return np.sin(k * self.phase + self.rng.uniform(0, 2 * np.pi))

    def tone(self, hertz: float) -> Array:
        return np.sin(2 * np.pi * hertz * self.t + self.rng.uniform(0, 2 * np.pi))

    def misalignment(self, a: float = 0.35, b: float = 0.20) -> Array:
        return self.s * self.m * (a * self.order(2) + b * self.order(3))

    def imbalance(self, a: float = 0.5) -> Array:
        return self.s * self.m * a * self.lf * self.v**2 * self.order(1)

    def looseness(self, a: float = 0.25, b: float = 0.18, c: float = 0.10) -> Array:
        r = self.rng.uniform(0.43, 0.48)
        return self.s * self.m * (a * self.tf * self.order(r) + b * self.order(1) + c * self.order(2))

    def stick_slip(self, a: float) -> Array:
        return self.s * self.m * a * self.tf * 0.3 / self.S * self.tone(self.rng.uniform(2, 5))

    def contacts(self, count: int, length: int, a: float, decay: float) -> Array:
        x, k = np.zeros(self.N), np.arange(length)
        for start in self.rng.integers(0, self.N - length, count):
            x[start : start + length] += a * self.s[start] * np.exp(-decay * k) * self.rng.standard_normal(length)
        return x

    def lubrication(self) -> Array:
        return self.stick_slip(0.30) + self.contacts(int(1 + 3 * self.s.mean()), 20, 0.5, 0.4)

    def bursts(self, count: int, a: float) -> Array:
        x, length = np.zeros(self.N), int(0.008 * self.fs)
        angle, local = self.rng.random(), np.arange(length) / self.fs
        turns = self.phase / (2 * np.pi)
        for _ in range(count):
            wanted = np.floor(self.rng.random() * turns[-1]) + angle + 0.03 * self.rng.standard_normal()
            start = min(int(np.searchsorted(turns, wanted)), self.N - length)
            carrier = np.sin(2 * np.pi * self.rng.uniform(1500, 2500) * local + self.rng.uniform(0, 2 * np.pi))
            level = a * self.s[start] * self.m[start]
            x[start : start + length] += level * np.hanning(length) * carrier * np.exp(-100 * local)
        return x

    def cavitation(self) -> Array:
        return self.bursts(int(2 + 5 * self.s.mean()), 0.6)

    def wear(self, a: float = 0.25, b: float = 0.12, depth: float = 0.3) -> Array:
        w = 1 + depth * self.tone(self.rng.uniform(0.5, 2))
        floor = a * self.lf * self.tf * np.sqrt(self.S / 0.15) * self.rng.standard_normal(self.N)
        return self.s * self.m * w * (floor + b * (self.order(1) + 0.5 * self.order(2)))

    def oil_whirl(self) -> Array:
        r = self.rng.uniform(0.42, 0.48)
        return self.s * self.m * 0.40 / np.sqrt(self.S) * self.order(r) * (1 + 0.2 * self.order(r / 2))

    def fault(self) -> Array:
        sbar = self.s.mean()
        mixed: dict[str, Callable[[], Array]] = {
            "healthy": lambda: np.zeros(self.N),
            "misalignment_imbalance": lambda: self.misalignment(0.25, 0.15) + self.imbalance(0.35),
            "wear_lubrication": lambda: (
                self.wear(0.18, 0.08, 0.0) + self.stick_slip(0.20) + self.contacts(int(2 + 3 * sbar), 10, 0.4, 0.5)
            ),
            "cavitation_looseness": lambda: self.bursts(int(3 + 4 * sbar), 0.5) + self.looseness(0.22, 0.15, 0.0),
        }
        return mixed.get(self.class_id, getattr(self, self.class_id, None))()  # type: ignore[misc]

    def noise(self) -> Array:
        level, rng = self.config.noise, self.rng
        x = self.config.baseline * rng.uniform(0.2, 0.3) * self.lf * self.tf * rng.standard_normal(self.N)
        x += level.measurement * rng.standard_normal(self.N)
        x += level.emi * rng.uniform(1, 1.5) * self.tone(rng.uniform(50, 60))
        spectrum = np.fft.rfft(rng.standard_normal(self.N))
        spectrum[1:] /= np.sqrt(np.arange(1, spectrum.size))
        spectrum[0] = 0
        pink = np.fft.irfft(spectrum, self.N)
        x += level.pink * pink / pink.std()
        x += level.drift * self.tone(1 / rng.uniform(1, 2))
        x += level.sensor_drift * rng.choice([-1, 1]) * self.t
        for start in rng.integers(0, self.N - 5, round(level.impulse * self.N / self.fs)):
            x[start : start + 5] += rng.uniform(0.02, 0.05) * np.exp(-0.3 * np.arange(5)) * rng.standard_normal(5)
        if rng.random() < level.aliasing_probability:
            x += level.aliasing * self.tone(self.fs / 2 + rng.uniform(100, 300))
        return x

    def signal(self) -> NDArray[np.float32]:
        step = self.config.noise.quantisation
        return (np.round((self.fault() + self.noise()) / step) * step).astype(np.float32)


LEVELS = [(0.20, 0.45), (0.45, 0.70), (0.70, 0.90), (0.90, 1.00)]


def cpu_ms(work: Callable[[], object], per: int) -> float:
    """Smallest CPU time of several rounds in milliseconds per signal; the smallest is the least disturbed."""
    work()
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return 1e3 * min(spent) / per


def measure() -> dict[str, float | int]:
    """Measure the product, the formulas in numpy and the draws alone, over all classes and severities."""
    config = JournalConfig(per_class=8, augmentation=AugmentationConfig(share=0.0))
    specs = plan(config)
    made: dict[str, list[float]] = {"product": [], "numpy": []}

    def product() -> None:
        for spec in specs:
            made["product"].append(generate(config, spec).metadata["rms"])

    def formulas() -> None:
        for spec in specs:
            x = Formulas(config, spec.class_id, LEVELS[spec.ordinal % 4], spec.index).signal()
            made["numpy"].append(float(np.sqrt(np.mean(x**2))))

    def draws() -> None:
        rng = np.random.Generator(np.random.SFC64(1))
        for spec in specs:
            for _ in range(2 if spec.class_id.startswith("wear") else 1):
                rng.standard_normal(config.samples, dtype=np.float32)

    ours, theirs, bare = (cpu_ms(work, len(specs)) for work in (product, formulas, draws))
    return {
        "signals": len(specs),
        "samples": config.samples,
        "cpu_ms": ours,
        "numpy_formulas_cpu_ms": theirs,
        "random_draws_cpu_ms": bare,
        "times_faster_than_numpy_formulas": theirs / ours,
        "times_the_random_draws": ours / bare,
        "median_rms": float(np.median(made["product"])),
        "median_rms_numpy_formulas": float(np.median(made["numpy"])),
        "limit_cpu_ms": 2.5,
    }


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    result = measure()
    if parser.parse_args().json:
        print(json.dumps(result))
        return
    say_conditions()
    print(f"{result['signals']} signals of {result['samples']} samples, all classes and severities, default noise")
    print(f"product           {result['cpu_ms']:6.2f} CPU-ms a signal (limit {result['limit_cpu_ms']})")
    print(
        f"numpy formulas    {result['numpy_formulas_cpu_ms']:6.2f} CPU-ms a signal, "
        f"{result['times_faster_than_numpy_formulas']:.1f} x the product"
    )
    print(
        f"random draws only {result['random_draws_cpu_ms']:6.2f} CPU-ms a signal; "
        f"the product takes {result['times_the_random_draws']:.1f} x as long"
    )
    print(f"median RMS: product {result['median_rms']:.3f}, numpy formulas {result['median_rms_numpy_formulas']:.3f}")


if __name__ == "__main__":
    main()
