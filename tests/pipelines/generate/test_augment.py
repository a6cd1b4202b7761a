"""Augmented records are changed by exactly one method, before the converter."""

import numpy as np
import pytest

from pipelines.generate import JournalConfig, generate, plan
from pipelines.generate.augment import AUGMENTATIONS

BOUNDS = {"shift_fraction": (-0.02, 0.02), "scale": (0.85, 1.15), "added_noise": (0.02, 0.05)}


def augmented(kind, **changes):
    config = JournalConfig(
        classes=("misalignment",), per_class=6, augmentation={"share": 1.0, "kinds": (kind,)}, duration_s=1, **changes
    )
    return config, [s for s in plan(config) if s.augmentation]


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_one_parameter_is_drawn_within_its_bounds(kind):
    config, specs = augmented(kind)
    for spec in specs:
        drawn = generate(config, spec).metadata["augmentation_parameters"]
        ((name, value),) = drawn.items()
        assert BOUNDS[name][0] <= value <= BOUNDS[name][1]


def test_a_shift_is_circular():
    config, specs = augmented("time_shift", noise={"quantisation": 0})
    for spec in specs:
        signal = generate(config, spec, keep_parts=True)
        shift = round(signal.metadata["augmentation_parameters"]["shift_fraction"] * signal.samples.size)
        total = signal.parts["fault"] + signal.parts["noise"]
        np.testing.assert_allclose(np.roll(total, shift), signal.samples, atol=1e-6)
        assert shift != 0


def test_a_scale_multiplies_all_samples():
    config, specs = augmented("amplitude_scale", noise={"quantisation": 0})
    for spec in specs:
        signal = generate(config, spec, keep_parts=True)
        total = signal.parts["fault"] + signal.parts["noise"]
        np.testing.assert_allclose(
            total * signal.metadata["augmentation_parameters"]["scale"], signal.samples, atol=1e-6
        )


def test_added_noise_raises_the_floor_by_its_variance():
    config, specs = augmented("noise_injection", noise={"pink": 0, "drift": 0, "emi": 0, "impulse": 0}, baseline=0)
    for spec in specs:
        signal = generate(config, spec, keep_parts=True)
        added = signal.metadata["augmentation_parameters"]["added_noise"]
        assert np.std(signal.parts["noise"]) == pytest.approx(np.hypot(0.03, added), rel=0.03)
