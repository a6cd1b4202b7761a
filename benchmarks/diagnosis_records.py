"""Simulated rolling-element records, healthy and faulty, that calibrate and test the diagnosis.

Nothing here knows the supplied measurements. A healthy record is what a healthy machine shows: coloured noise over
random structural resonances, shaft harmonics, gear-mesh-like tones with sidebands, mains hum, noise whose power swings
with the shaft, blades, the mains or a belt, random knocks and knocks once a revolution. A sound bearing may also swing
it weakly (amplitude by up to 5 %) at its own frequencies, as waviness and variable compliance do (Sunnersjo, J. Sound
Vib. 58 (1978) 363). A faulty record adds a train of impacts with mean slip, random slip per impact and the load-zone
modulation of its kind (McFadden and Smith, J. Sound Vib. 96 (1984) 69; Antoni and Randall 248 (2001) 567). Debris and
shocks of a defect also dent what it runs on, so that in three of ten the races swing the noise as well, sometimes more
plainly than the defect itself (secondary damage, ISO 15243:2017, 5.1): what is named then can only be probable.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from pipelines.bearings import BearingGeometry, all_bearings

RATES = (10_000, 12_000, 12_800, 16_000, 20_480, 25_600, 40_000, 48_000, 51_200)
FAULTS = ("outer_race", "inner_race", "ball", "cage")
LONGEST = 200_000
SECONDARY = 0.3  # share of defects with secondary damage
UNMODULATED = 0.15  # share of inner race defects that do not pass through a load zone
UNBALANCED = 0.4  # share of defects whose load turns with the shaft in part (Randall and Antoni 2011, section 2.1)
SMOOTH = 0.3  # share of shafts that are balanced and aligned so well that they hardly show


@dataclass(frozen=True, slots=True)
class Record:
    """One simulated record and what is true of it."""

    x: NDArray[np.float32]
    rate_hz: float
    speed_rpm: float
    bearing: BearingGeometry
    fault: str | None
    snr_db: float = -np.inf


@dataclass(frozen=True, slots=True)
class _Machine:
    rate: float
    size: int
    shaft_hz: float
    phase: NDArray[np.float64]
    """Shaft angle in turns at each sample."""
    shape: NDArray[np.float32]
    """Magnitude of the structure's response at each line."""


def _machine(rng: np.random.Generator, rate: float | None, duration: float | None) -> _Machine:
    rate = float(rng.choice(RATES)) if rate is None else rate
    seconds = float(rng.uniform(1, 20)) if duration is None else duration
    size = scipy.fft.prev_fast_len(min(int(rate * seconds), LONGEST), real=True)
    shaft = float(np.exp(rng.uniform(np.log(10), np.log(60))))
    wander = rng.uniform(0, 5e-4) * shaft
    knots = rng.standard_normal(max(4, int(size / rate * 2)) + 2)
    speed = shaft + wander * np.interp(np.linspace(0, knots.size - 1, size), np.arange(knots.size), knots)
    freq = np.linspace(0, rate / 2, size // 2 + 1)
    shape = 0.2 + 1 / (1 + freq / rng.uniform(200, 3000))
    for _ in range(rng.integers(2, 8)):
        centre = rng.uniform(0.03, 0.98) * rate / 2
        width = centre / rng.uniform(4, 60)
        shape += rng.uniform(0.5, 8) / np.sqrt(1 + ((freq - centre) / width) ** 2)
    return _Machine(rate, size, shaft, np.cumsum(speed) / rate, shape.astype(np.float32))


def _through(machine: _Machine, x: NDArray) -> NDArray[np.float32]:
    lines = scipy.fft.rfft(x.astype(np.float32)) * machine.shape
    return scipy.fft.irfft(lines, machine.size).astype(np.float32)


def _swing(rng: np.random.Generator, turns: NDArray, depth: float, harmonics: int) -> NDArray:
    gain = np.ones(turns.size)
    for k in range(1, harmonics + 1):
        gain += depth / k * rng.uniform(0.3, 1) * np.cos(2 * np.pi * (k * turns + rng.uniform()))
    return np.maximum(gain, 0.05)


def _background(rng: np.random.Generator, m: _Machine, swing: NDArray[np.float32] | float = 1.0) -> NDArray[np.float32]:
    time = np.arange(m.size) / m.rate
    noise = rng.standard_normal(m.size, dtype=np.float32) * swing
    if rng.random() < 0.7:
        noise = noise * _swing(rng, m.phase, rng.uniform(0.02, 0.5), int(rng.integers(1, 6)))
    if rng.random() < 0.3:
        noise = noise * _swing(
            rng, rng.choice([50.0, 60.0]) * 2 * time, rng.uniform(0.02, 0.3), int(rng.integers(1, 4))
        )
    if rng.random() < 0.15:
        noise = noise * _swing(rng, m.phase * rng.uniform(0.2, 0.9), rng.uniform(0.02, 0.3), int(rng.integers(1, 4)))
    if rng.random() < 0.3:
        blades = int(rng.integers(3, 12))
        noise = noise * _swing(rng, m.phase * blades, rng.uniform(0.02, 0.4), int(rng.integers(1, 3)))
    x = _through(m, noise)
    x /= x.std()
    tones = np.exp(rng.uniform(np.log(0.01), np.log(0.5))) if rng.random() < SMOOTH else 1.0
    for k in range(1, int(rng.integers(3, 20))):
        x += tones * rng.exponential(0.4) / np.sqrt(k) * np.cos(2 * np.pi * (k * m.phase + rng.uniform()))
    if rng.random() < 0.5:
        _add_gears(rng, m, x)
    if rng.random() < 0.5:
        for k in (1, 2, 3, 5, 7):
            x += rng.exponential(0.15) * np.cos(2 * np.pi * (k * rng.choice([50.0, 60.0]) * time + rng.uniform()))
    return x.astype(np.float32)


def _add_gears(rng: np.random.Generator, m: _Machine, x: NDArray) -> None:
    other = rng.uniform(0.2, 4)
    mesh = m.phase * int(rng.integers(13, 90))
    for k in range(1, 4):
        if k * mesh[-1] / m.phase[-1] * m.shaft_hz > m.rate / 2:
            break
        sidebands = _swing(rng, m.phase, rng.uniform(0, 0.6), 3) * _swing(rng, m.phase * other, rng.uniform(0, 0.4), 2)
        x += rng.exponential(0.5) / k * sidebands * np.cos(2 * np.pi * (k * mesh + rng.uniform()))


def _knocks(rng: np.random.Generator, m: _Machine) -> NDArray[np.float32]:
    train = np.zeros(m.size, dtype=np.float32)
    if rng.random() < 0.4:
        count = rng.poisson(rng.uniform(0.3, 20) * m.size / m.rate)
        train[rng.integers(0, m.size, count)] += rng.exponential(1, count) * rng.choice([-1, 1], count)
    if rng.random() < 0.2:
        turns = np.floor(m.phase * int(rng.integers(1, 4)))
        train[np.flatnonzero(np.diff(turns)) + 1] += rng.uniform(0.2, 1)
    if not train.any():
        return train
    train = _through(m, train)
    return train * (rng.uniform(0.05, 0.6) / train.std())


def _sound_bearing(rng: np.random.Generator, m: _Machine, bearing: BearingGeometry) -> NDArray[np.float32]:
    """Gain of the noise over time at the kinematic frequencies of a bearing without a defect."""
    orders = bearing.orders()
    gain = np.ones(m.size)
    for order in (orders.bpfo, orders.bpfi, orders.ftf):
        if rng.random() < 0.6:
            turns = m.phase * order * (1 + rng.normal(0, 0.005))
            gain *= _swing(rng, turns, np.exp(rng.uniform(np.log(0.003), np.log(0.05))), int(rng.integers(1, 4)))
    return gain.astype(np.float32)


def _dented(rng: np.random.Generator, m: _Machine, bearing: BearingGeometry, fault: str) -> NDArray[np.float32]:
    """Gain of the noise over time where secondary damage marks one race or both, other than the defective one."""
    orders = bearing.orders()
    gain = np.ones(m.size)
    races = [race for race in ("outer_race", "inner_race") if race != fault and rng.random() < 0.6]
    for race in races:
        order = orders.bpfo if race == "outer_race" else orders.bpfi
        turns = m.phase * order * (1 + rng.normal(0, 0.005))
        depth = np.exp(rng.uniform(np.log(0.02), np.log(0.25)))
        swing = _swing(rng, turns, depth, int(rng.integers(2, 7))) - 1
        if race == "inner_race":
            swing *= _swing(rng, m.phase, rng.uniform(0.2, 1), 2)
        gain += swing
    return np.maximum(gain, 0.05).astype(np.float32)


def _finish(rng: np.random.Generator, x: NDArray) -> NDArray[np.float32]:
    step = np.abs(x).max() / 2 ** rng.integers(11, 16)
    return (np.round(x / step) * step * 10 ** rng.uniform(-3, 1)).astype(np.float32)


def healthy_record(
    rng: np.random.Generator,
    *,
    rate: float | None = None,
    duration: float | None = None,
    kinematic: bool | None = None,
) -> Record:
    """A healthy machine with a random bearing of the table; the stated speed is true to 0.2 %.

    `kinematic` says whether the sound bearing shows at its own frequencies; every third does if omitted.
    """
    m = _machine(rng, rate, duration)
    bearings = all_bearings()
    bearing = bearings[rng.integers(len(bearings))]
    shows = rng.random() < 1 / 3
    if kinematic is not None:
        shows = kinematic
    x = _background(rng, m, _sound_bearing(rng, m, bearing) if shows else 1.0) + _knocks(rng, m)
    stated = m.shaft_hz * 60 * (1 + rng.uniform(-0.002, 0.002))
    return Record(_finish(rng, x), m.rate, stated, bearing, None)


def faulty_record(
    rng: np.random.Generator,
    fault: str,
    *,
    snr_db: float | None = None,
    rate: float | None = None,
    duration: float | None = None,
) -> Record:
    """The same machine with a defect: impacts of `snr_db` power relative to everything else."""
    m = _machine(rng, rate, duration)
    bearings = all_bearings()
    bearing = bearings[rng.integers(len(bearings))]
    snr = float(rng.uniform(-16, 12)) if snr_db is None else snr_db
    dents = _dented(rng, m, bearing, fault) if rng.random() < SECONDARY else 1.0
    background = _background(rng, m, dents) + _knocks(rng, m)
    impacts = _through(m, _impacts(rng, m, bearing, fault))
    impacts *= background.std() / impacts.std() * 10 ** (snr / 20)
    stated = m.shaft_hz * 60 * (1 + rng.uniform(-0.002, 0.002))
    return Record(_finish(rng, background + impacts), m.rate, stated, bearing, fault, snr)


def _impacts(rng: np.random.Generator, m: _Machine, bearing: BearingGeometry, fault: str) -> NDArray[np.float32]:
    orders = bearing.orders()
    order = {"outer_race": orders.bpfo, "inner_race": orders.bpfi, "ball": 2 * orders.bsf, "cage": orders.ftf}[fault]
    cage = orders.ftf * (1 + rng.normal(0, 0.004))
    spacing = 1 / (order * (1 + rng.normal(0, 0.006)))
    count = int(m.phase[-1] / spacing) + 2
    # Early small defects strike very regularly; wear and light load let the elements jitter.
    jitter = np.exp(rng.uniform(np.log(2e-4), np.log(1.5e-2)))
    turns = np.cumsum(spacing * (1 + jitter * rng.standard_normal(count)))
    turns = turns[turns < m.phase[-1]]
    at = np.searchsorted(m.phase, turns)
    zone = {"outer_race": 0.0, "inner_race": 1.0, "ball": cage, "cage": 0.0}[fault]
    # Axial or turning load: the defect carries the same load all the way round.
    if fault == "inner_race" and rng.random() < UNMODULATED:
        zone = 0.0
    # The load is high over part of a turn of what carries the defect: a raised cosine to a random power.
    load = (0.5 + 0.5 * np.cos(2 * np.pi * (zone * turns + rng.uniform()))) ** rng.uniform(0.3, 3) if zone else 1.0
    if fault == "ball":
        load = load * np.where(np.arange(turns.size) % 2, rng.uniform(0.3, 1), 1.0)
    # Imbalance turns a part of the load with the shaft, whatever carries the defect.
    if rng.random() < UNBALANCED:
        load = load * (1 + rng.uniform(0.1, 0.9) * np.cos(2 * np.pi * (turns + rng.uniform())))
    strength = load * np.maximum(1 + rng.uniform(0, 0.4) * rng.standard_normal(turns.size), 0)
    train = np.zeros(m.size, dtype=np.float32)
    np.add.at(train, np.minimum(at, m.size - 1), strength)
    return train
