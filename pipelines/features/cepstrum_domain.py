"""Cepstrum: families of equally spaced lines become one peak at their period."""

import numpy as np

from pipelines.features.declaration import feature
from pipelines.features.representation import RELATIVE_FLOOR, Representation
from pipelines.features.time_domain import ratio

_SOURCE = "Randall, Mechanical Systems and Signal Processing 97, 2017 (a history of cepstrum analysis)"
_DEFINITION = r"c = \mathrm{IFFT}\left(\ln(P_k + 10^{-9}\bar P)\right),\ n = 1 \dots M/2"


def _flat(s: Representation) -> bool:
    """Tell whether the log power is level (a single impulse, a constant), so that its cepstrum is rounding only."""
    return s.lineless or bool(np.abs(s.cepstrum).mean() * np.sqrt(s.samples) < RELATIVE_FLOOR)


@feature(
    title="Cepstral peak ratio",
    unit="–",
    formula=r"\frac{\max_n |c_n|}{\overline{|c_n|}},\quad " + _DEFINITION,
    source=_SOURCE,
    domain="cepstrum",
    meaning="High when a family of harmonics or sidebands shares one spacing; does not depend on the gain.",
)
def cepstral_peak_ratio(s: Representation) -> float:
    return float("nan") if _flat(s) else ratio(np.abs(s.cepstrum).max(), np.abs(s.cepstrum).mean())


@feature(
    title="Quefrency centroid",
    unit="s",
    formula=r"\frac{\sum_n (n/f_s) |c_n|}{\sum_n |c_n|},\quad " + _DEFINITION,
    source=_SOURCE,
    domain="cepstrum",
    meaning="Centre of the cepstrum: short when the transfer path shapes it, longer when slow periods dominate.",
)
def quefrency_centroid(s: Representation) -> float:
    if _flat(s):
        return float("nan")
    quefrency = np.arange(1, s.samples // 2 + 1) / s.rate_hz
    return ratio(float(np.sum(quefrency * np.abs(s.cepstrum))), float(np.abs(s.cepstrum).sum()))
