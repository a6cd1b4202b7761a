"""Each change does to a window what it says, by seed, and nothing else."""

import numpy as np
import pytest

from pipelines.training.augment import (
    add_noise,
    augment,
    change_speed,
    cutmix,
    magnitude_warp,
    mask,
    mixup,
    scale,
    shift,
    time_warp,
)
from pipelines.training.settings import AugmentSettings

B, L = 40, 512
TIME = np.arange(L)
X = np.stack([np.sin(2 * np.pi * 16 * TIME / L + phase) for phase in np.linspace(0, 3, B)])[:, None, :]
X = X.astype(np.float32)
ONE_HOT = np.eye(4, dtype=np.float32)[np.arange(B) % 4]
EVERYTHING = AugmentSettings(
    noise_snr_db=10, shift=True, scale=0.2, time_warp=0.2, magnitude_warp=0.2, speed=0.1, masking=0.2,
    mixup=0.3, cutmix=0.3,
)  # fmt: skip


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def line(x: np.ndarray) -> np.ndarray:
    """The strongest line of each window."""
    return np.abs(np.fft.rfft(x[:, 0], axis=-1)).argmax(axis=-1)


def test_nothing_set_changes_nothing() -> None:
    x, target = augment(X, ONE_HOT, AugmentSettings(), rng())
    assert (x == X).all()
    assert (target == ONE_HOT).all()


def test_the_same_seed_gives_the_same_windows_and_the_input_stays() -> None:
    kept = X.copy()
    one, other, third = (augment(X, ONE_HOT, EVERYTHING, rng(seed)) for seed in (1, 1, 2))
    assert (one[0] == other[0]).all()
    assert (one[1] == other[1]).all()
    assert not (one[0] == third[0]).all()
    assert (kept == X).all()
    assert one[0].dtype == np.float32
    assert one[0].shape == X.shape


def test_noise_has_the_ratio_it_is_asked_for() -> None:
    noise = add_noise(X, rng(), 10.0) - X
    ratio = 10 * np.log10(X.var(axis=-1) / noise.var(axis=-1))
    assert ratio.min() > 10 - 1
    assert ratio.max() < 30 + 1
    assert ratio.std() > 3


def test_a_shift_keeps_every_sample() -> None:
    moved = shift(X, rng())
    assert np.allclose(np.sort(moved), np.sort(X))
    assert not np.allclose(moved, X)


def test_scaling_stays_within_its_limits() -> None:
    factor = scale(X, rng(), 0.3).std(axis=-1) / X.std(axis=-1)
    assert factor.min() >= 0.7 - 1e-5
    assert factor.max() <= 1.3 + 1e-5
    assert factor.std() > 0.05


def test_a_change_of_speed_moves_every_line_by_the_same_factor() -> None:
    lines = np.stack([np.sin(2 * np.pi * 64 * TIME / L)] * B)[:, None, :].astype(np.float32)
    moved = line(change_speed(lines, rng(), 0.25)) / 64
    assert moved.min() >= 0.75 - 0.02
    assert moved.max() <= 1.25 + 0.02
    assert moved.std() > 0.05


def test_time_is_warped_and_its_ends_stay() -> None:
    warped = time_warp(X, rng(), 0.3)
    assert np.allclose(warped[..., [0, -1]], X[..., [0, -1]], atol=1e-4)
    assert not np.allclose(warped, X, atol=0.1)
    ramp = np.broadcast_to(np.arange(L, dtype=np.float32), (3, 1, L))
    assert (np.diff(time_warp(ramp, rng(), 0.5)) >= 0).all()


def test_amplitude_is_warped_slowly() -> None:
    curve = magnitude_warp(np.ones_like(X), rng(), 0.2)[:, 0]
    assert 0.1 < curve.std() < 0.3
    assert np.abs(np.diff(curve)).max() < 0.02


def test_masking_blanks_one_stretch_no_longer_than_asked() -> None:
    masked = mask(np.ones_like(X), rng(), 0.25)[:, 0] == 0
    assert masked.sum(axis=1).max() <= 0.25 * L + 1
    assert masked.sum() > 0
    assert (np.abs(np.diff(masked.astype(int))).sum(axis=1) <= 2).all()


@pytest.mark.parametrize("mix", [mixup, cutmix])
def test_mixed_targets_say_how_much_of_each_is_in_the_window(mix) -> None:
    """Windows that are constant at their class number: the mean of the mixture is the mean class of its target."""
    classes = (np.arange(B) % 4).astype(np.float32)
    x = np.broadcast_to(classes[:, None, None], X.shape).copy()
    mixed, target = mix(x, ONE_HOT, rng(), 1.0)
    assert np.allclose(target.sum(axis=1), 1.0, atol=1e-6)
    assert np.allclose(mixed.mean(axis=(1, 2)), target @ np.arange(4), atol=1e-3)
    assert ((target > 0.1).sum(axis=1) == 2).any()
