"""Diagnosis of rolling-element bearings without training: physics, geometry and speed.

``diagnose(x, rate_hz, geometry=lookup("6205"), speed_rpm=1797)`` gives a verdict (healthy, fault or abstain), ranked
evidence and the reason in words; ``estimate_speed(x, rate_hz)`` finds an unknown shaft speed.
"""

from pipelines.diagnose.config import DEFAULT, METHOD_VERSION, DiagnoseConfig
from pipelines.diagnose.diagnosis import Diagnosis, diagnose
from pipelines.diagnose.evidence import Evidence, Harmonic, Sideband
from pipelines.diagnose.explanations import Explanation
from pipelines.diagnose.gates import Gates, gates_for
from pipelines.diagnose.speed import SpeedEstimate, estimate_speed

__all__ = [
    "DEFAULT",
    "METHOD_VERSION",
    "DiagnoseConfig",
    "Diagnosis",
    "Evidence",
    "Explanation",
    "Gates",
    "Harmonic",
    "Sideband",
    "SpeedEstimate",
    "diagnose",
    "estimate_speed",
    "gates_for",
]
