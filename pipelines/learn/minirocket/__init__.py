"""MiniRocket with a ridge classifier: waveforms in, scores of classes out.

``MiniRocketClassifier(seed=0).fit(waveforms, label, unit=recording).predict(others)``
"""

from pipelines.learn.minirocket.classifier import MINIROCKET, MiniRocketClassifier, MiniRocketParams
from pipelines.learn.minirocket.ridge import Ridge, fit_and_leave_out, fit_ridge
from pipelines.learn.minirocket.transform import MiniRocket, fit_minirocket

__all__ = [
    "MINIROCKET",
    "MiniRocket",
    "MiniRocketClassifier",
    "MiniRocketParams",
    "Ridge",
    "fit_and_leave_out",
    "fit_minirocket",
    "fit_ridge",
]
