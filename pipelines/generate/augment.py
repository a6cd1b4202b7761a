"""Generation-time augmentation: extra records of a class, each changed by exactly one method before conversion."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from pipelines.generate.declared import Declared, control, require_names

AugmentationKind = Literal["time_shift", "amplitude_scale", "noise_injection"]
AUGMENTATIONS: tuple[AugmentationKind, ...] = get_args(AugmentationKind)

LARGEST_SHIFT = 0.02
SCALE_RANGE = (0.85, 1.15)
ADDED_NOISE_RANGE = (0.02, 0.05)


class AugmentationConfig(Declared):
    """How many extra records a class gets and how they are changed."""

    share: float = control(0.30, "Extra records as a share of per_class", ge=0, le=10)
    kinds: tuple[AugmentationKind, ...] = control(
        AUGMENTATIONS, "Methods, used in equal numbers", needs="share", choices=AUGMENTATIONS
    )

    @model_validator(mode="after")
    def _possible(self) -> "AugmentationConfig":
        if self.share:
            require_names(self.kinds, AUGMENTATIONS, "augmentation")
        return self


def draw_augmentation(kind: str | None, rng: np.random.Generator) -> dict[str, Any]:
    """Draw the one parameter of a method; empty without augmentation."""
    u = rng.random()
    if kind == "time_shift":
        return {"shift_fraction": LARGEST_SHIFT * (2.0 * u - 1.0)}
    if kind == "amplitude_scale":
        return {"scale": SCALE_RANGE[0] + (SCALE_RANGE[1] - SCALE_RANGE[0]) * u}
    if kind == "noise_injection":
        return {"added_noise": ADDED_NOISE_RANGE[0] + (ADDED_NOISE_RANGE[1] - ADDED_NOISE_RANGE[0]) * u}
    return {}


def apply_augmentation(drawn: dict[str, Any], signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shift circularly or scale. Added noise is not applied here: it is drawn together with the sensor's own."""
    if "shift_fraction" in drawn:
        return np.roll(signal, round(drawn["shift_fraction"] * signal.size))
    if "scale" in drawn:
        signal *= np.float32(drawn["scale"])
    return signal
