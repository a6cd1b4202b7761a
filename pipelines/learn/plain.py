"""Calibration and conformal sets as plain values, for files that hold nothing else."""

from typing import Any

import numpy as np

from pipelines.learn.calibration import Calibration
from pipelines.learn.conformal import ConformalSets
from pipelines.learn.isotonic import IsotonicCalibration


def plain_calibration(calibration: Calibration) -> dict[str, Any]:
    """Take a calibration apart."""
    curves = calibration.isotonic
    return {
        "temperature": calibration.temperature,
        "fitted": calibration.fitted,
        "isotonic": None
        if curves is None
        else {
            "given": [one.tolist() for one in curves.given],
            "true": [one.tolist() for one in curves.true],
            "recordings": curves.recordings,
        },
    }


def calibration_from(plain: dict[str, Any]) -> Calibration:
    """Put together what `plain_calibration` took apart."""
    curves = plain["isotonic"]
    isotonic = None
    if curves is not None:
        given, true = (tuple(np.asarray(one, dtype=np.float64) for one in curves[name]) for name in ("given", "true"))
        isotonic = IsotonicCalibration(given, true, int(curves["recordings"]))
    return Calibration(float(plain["temperature"]), isotonic, bool(plain["fitted"]))


def plain_sets(sets: ConformalSets | None) -> dict[str, Any] | None:
    """Take conformal sets apart."""
    if sets is None:
        return None
    return {
        "classes": list(sets.classes),
        "coverage": sets.coverage,
        "per_class": sets.per_class,
        "least": sets.least.tolist(),
        "calibrated_on": sets.calibrated_on.tolist(),
    }


def sets_from(plain: dict[str, Any] | None) -> ConformalSets | None:
    """Put together what `plain_sets` took apart."""
    if plain is None:
        return None
    return ConformalSets(
        tuple(plain["classes"]),
        float(plain["coverage"]),
        bool(plain["per_class"]),
        np.asarray(plain["least"], dtype=np.float64),
        np.asarray(plain["calibrated_on"], dtype=np.int64),
    )
