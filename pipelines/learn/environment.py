"""The libraries a model was trained with."""

import platform

import numpy as np
import scipy
import sklearn

from pipelines.learn.version import LEARN_VERSION


def environment() -> dict[str, str]:
    """Return library versions by name."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "learn": LEARN_VERSION,
    }
