"""Real and simulated recordings, what a classifier sees of them, and the splits that ask whether it carries."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from benchmarks.diagnosis_real import recordings
from benchmarks.diagnosis_records import faulty_record, healthy_record
from pipelines.bearings import BearingGeometry, FaultOrders, lookup
from pipelines.features import extract, feature_names
from pipelines.representations import EnvelopeConfig, fault_lines

COMMON_RATE_HZ = 12_000.0
PLAIN_SAMPLES = 2048
PLAIN_OF_REAL, PLAIN_OF_SIMULATED = 24, 4  # windows of a record
WINDOW_TURNS, HOP_TURNS = 48, 12
SIMULATED_A_CLASS = 80
SNR_DB = (-10.0, 10.0)

BEARINGS = {
    "6205": lookup("6205").orders(),
    "NICE": BearingGeometry("NICE", n=8, d_mm=0.235 * 25.4, D_mm=1.245 * 25.4).orders(),
}
OTHER_BEARINGS = {"6205": lookup("6203").orders(), "NICE": BEARINGS["6205"]}
"""The control: orders of a bearing that is not in the machine."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One channel of one recording with what a split can ask for."""

    source: str
    name: str
    channel: str
    truth: str
    size: int
    load: int
    x: NDArray
    rate_hz: float
    speed_rpm: float
    orders: FaultOrders
    other: FaultOrders


@dataclass(frozen=True, slots=True)
class Split:
    """What is learned from and what is tested, in words and as conditions."""

    name: str
    train: Callable[[Carried], bool]
    test: Callable[[Carried], bool]


SPLITS = (
    Split("load 0, 1 hp → 2, 3 hp", lambda r: _cwru(r) and r.load < 2, lambda r: _cwru(r) and r.load >= 2),
    Split("load 2, 3 hp → 0, 1 hp", lambda r: _cwru(r) and r.load >= 2, lambda r: _cwru(r) and r.load < 2),
    Split("size 0.007 in → larger", lambda r: _cwru(r) and r.size == 7, lambda r: _cwru(r) and r.size > 7),
    Split("size larger → 0.007 in", lambda r: _cwru(r) and r.size > 7, lambda r: _cwru(r) and r.size == 7),
    Split(
        "drive end, 0, 1 hp → fan end, 2, 3 hp",
        lambda r: _cwru(r) and r.load < 2,
        lambda r: _cwru(r, "CWRU FE") and r.load >= 2,
    ),
    Split(
        "fan end, 0, 1 hp → drive end, 2, 3 hp",
        lambda r: _cwru(r, "CWRU FE") and r.load < 2,
        lambda r: _cwru(r) and r.load >= 2,
    ),
    Split("CWRU → MFPT", lambda r: _cwru(r), lambda r: r.source == "MFPT"),
    Split("MFPT → CWRU", lambda r: r.source == "MFPT", lambda r: _cwru(r)),
    Split("simulated → CWRU drive end", lambda r: r.source == "simulated", lambda r: r.channel == "CWRU DE"),
    Split("simulated → CWRU fan end", lambda r: r.source == "simulated", lambda r: r.channel == "CWRU FE"),
    Split("simulated → MFPT", lambda r: r.source == "simulated", lambda r: r.source == "MFPT"),
)


def _cwru(record: Carried, channel: str = "CWRU DE") -> bool:
    # one healthy recording cannot be on both sides
    return record.channel == channel and record.truth != "healthy"


def real(root: Path) -> Iterator[Carried]:
    """CWRU drive and fan end, and MFPT."""
    folders = {path.stem: path.parent.as_posix() for path in (root / "cwru").rglob("*.mat")}
    for one in recordings(root):
        found = re.search(r"/0(07|14|21|28)", folders.get(one.name, ""))
        size = int(found.group(1)) if found else 0
        load = int(one.name[-1]) if one.channel != "MFPT" else 0
        orders, other = BEARINGS[one.bearing], OTHER_BEARINGS[one.bearing]
        yield Carried(
            one.channel.split()[0], one.name, one.channel, one.truth, size, load, one.x, one.rate_hz, one.speed_rpm,
            orders, other,
        )  # fmt: skip


def simulated(seed: int) -> Iterator[Carried]:
    """Machines with random bearings, rates, speeds and structures; only those long enough for a window."""
    rng = np.random.default_rng(seed)
    for truth in ("healthy", "inner_race", "outer_race", "ball"):
        made = 0
        while made < SIMULATED_A_CLASS:
            if truth == "healthy":
                record = healthy_record(rng)
            else:
                record = faulty_record(rng, truth, snr_db=float(rng.uniform(*SNR_DB)))
            if record.x.size / record.rate_hz * record.speed_rpm / 60 < WINDOW_TURNS + HOP_TURNS:
                continue
            made += 1
            orders = record.bearing.orders()
            yield Carried(
                "simulated", f"{truth} {made}", "simulated", truth, 0, 0, record.x, record.rate_hz, record.speed_rpm,
                orders, orders,
            )  # fmt: skip


def turn_windows(record: Carried) -> NDArray:
    """Windows of 48 turns every 12, (W, L); two of a simulated record; a shorter record whole."""
    turn = record.rate_hz * 60 / record.speed_rpm
    size = min(record.x.size, round(WINDOW_TURNS * turn))
    cut = np.lib.stride_tricks.sliding_window_view(record.x, size)[:: round(HOP_TURNS * turn)]
    return cut[[0, -1]] if record.source == "simulated" else cut


def plain_windows(record: Carried) -> NDArray[np.float32]:
    """Windows of 2048 samples at 12 kHz, each of mean 0 and variance 1, evenly over the record, (W, 2048)."""
    ratio = Fraction(COMMON_RATE_HZ / record.rate_hz).limit_denominator(1000)
    x = scipy.signal.resample_poly(record.x.astype(np.float64), ratio.numerator, ratio.denominator)
    count = x.size // PLAIN_SAMPLES
    cut = x[: count * PLAIN_SAMPLES].reshape(count, PLAIN_SAMPLES)
    most = PLAIN_OF_SIMULATED if record.source == "simulated" else PLAIN_OF_REAL
    cut = cut[np.linspace(0, count - 1, min(count, most)).round().astype(int)]
    return ((cut - cut.mean(axis=1, keepdims=True)) / cut.std(axis=1, keepdims=True)).astype(np.float32)


def plain_spectrum(record: Carried) -> NDArray[np.float32]:
    """Logarithm of the power spectrum of each plain window (Hann), 1,024 lines of 5.9 Hz."""
    window = np.hanning(PLAIN_SAMPLES + 1)[:-1].astype(np.float32)
    return np.log(np.abs(scipy.fft.rfft(plain_windows(record) * window))[:, 1:] ** 2 + 1e-6).astype(np.float32)


def present_features(record: Carried) -> NDArray[np.float64]:
    """The 42 features of windows of 48 turns."""
    return extract(turn_windows(record), record.rate_hz, speed_rpm=record.speed_rpm, orders=record.orders)


def features_without_bearing(record: Carried) -> NDArray[np.float64]:
    """The 36 features that need no geometry."""
    count = len(feature_names()) - len(feature_names(["order"]))
    return present_features(record)[:, :count]


def invariant(record: Carried) -> NDArray[np.float32]:
    """Fault lines over their floor, octave bands."""
    return fault_lines(turn_windows(record), record.rate_hz, record.speed_rpm, record.orders)


def invariant_kurtogram(record: Carried) -> NDArray[np.float32]:
    """Fault lines over their floor, the band of the kurtogram."""
    config = EnvelopeConfig(bands="kurtogram")
    return fault_lines(turn_windows(record), record.rate_hz, record.speed_rpm, record.orders, config=config)


def invariant_of_another_bearing(record: Carried) -> NDArray[np.float32]:
    """The control: lines of a bearing that is not in the machine (where it is tested)."""
    return fault_lines(turn_windows(record), record.rate_hz, record.speed_rpm, record.other)


REPRESENTATIONS: dict[str, Callable[[Carried], NDArray]] = {
    "raw windows": plain_windows,
    "plain spectrum": plain_spectrum,
    "36 features": features_without_bearing,
    "42 features": present_features,
    "invariant, kurtogram": invariant_kurtogram,
    "invariant": invariant,
}
CONTROL = "invariant, wrong bearing in test"
