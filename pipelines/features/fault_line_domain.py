"""Fault lines: envelope lines at the bearing's own frequencies over the floor, the same on machines of any kind.

Not among the default domains: 39 columns that need a speed and a bearing, and a stretch of at least 32 shaft turns.
What is read, how it is made equal between speeds, rates, gains, lengths and bearings, and what it cannot do is said in
`pipelines.representations`, which computes it.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.features.declaration import FAULT_LINES, FeatureDeclaration, declare
from pipelines.features.inputs import Samples, require_finite
from pipelines.features.orders_input import HasFaultOrders

PREFIX = "lines_"
HARMONICS = 5
TURNS = 32
"""Shaft turns below which the lines of a bearing do not part."""

_SOURCE = "Randall and Antoni, MSSP 25, 2011 (squared envelope, whitening, slip); IEC 61260-1 (octave bands)"
_EXCESS = r"\ln\left(1 + \frac{E(ORDER)}{\text{floor}}\right) - \text{median}"
# id, title, order as a formula, whether it has sidebands, what a rise means
_FREQUENCIES = (
    ("bpfo", "BPFO", r"\mathrm{BPFO}", True, "an outer-race defect"),
    ("bpfi", "BPFI", r"\mathrm{BPFI}", True, "an inner-race defect"),
    ("2bsf", "2·BSF", r"2\,\mathrm{BSF}", True, "a rolling-element defect"),
    ("ftf", "FTF", r"\mathrm{FTF}", False, "cage damage or a single damaged ball"),
)


def _of(name: str, title: str, order: str, sidebands: bool, fault: str) -> list[FeatureDeclaration]:
    def one(part: str, words: str, at: str, meaning: str) -> FeatureDeclaration:
        formula = _EXCESS.replace("ORDER", at)
        return FeatureDeclaration(
            f"{PREFIX}{name}_{part}", f"{title} {words}", "–", formula, _SOURCE, FAULT_LINES, meaning
        )

    harmonics = range(1, HARMONICS + 1)
    return [
        one("comb", "comb", f"h {order}", f"Mean of the first five harmonics of {title}: {fault}."),
        *(one(f"{h}x", f"harmonic {h}", f"{h} {order}", f"Harmonic {h} of {title}: {fault}.") for h in harmonics),
        *(
            one(
                f"{h}x_sidebands",
                f"sidebands {h}",
                rf"{h} {order} \pm \Delta",
                f"Sidebands of harmonic {h} of {title}: {fault} that moves through the load zone.",
            )
            for h in (harmonics if sidebands else ())
        ),
    ]


NAMES = declare(one for frequency in _FREQUENCIES for one in _of(*frequency))
"""Ids of the columns, in the order of `pipelines.representations.fault_line_names`."""


def fault_line_features(
    x: Samples, rate_hz: float, shaft_hz: NDArray[np.float64], orders: HasFaultOrders | None
) -> NDArray[np.float64]:
    """Compute the lines of a block of signals (B, L), shape (B, 39); rows of NaN where they cannot be read.

    Raises
    ------
    InputError
        Samples that are not finite.
    """
    # here, because the spectra that it is made of use kernels of this package
    from pipelines.representations import fault_lines

    require_finite(x)
    found = np.full((len(x), len(NAMES)), np.nan)
    for row, (samples, shaft) in enumerate(zip(x, shaft_hz.tolist(), strict=True)):
        if unread(len(samples), rate_hz, shaft, orders):
            continue
        try:
            found[row] = fault_lines(samples, rate_hz, shaft * 60.0, orders)[0]
        except InputError:
            # a signal that is constant, or a rate that its lines do not fit below: nothing to read
            continue
    return found


def unread(samples: int, rate_hz: float, shaft_hz: float, orders: HasFaultOrders | None) -> str:
    """Say why a stretch of so many samples has no fault lines; empty where it has, unless it is constant."""
    if orders is None:
        return "no bearing geometry"
    if not np.isfinite(shaft_hz):
        return "no shaft speed"
    if samples / rate_hz * shaft_hz < TURNS:
        return f"shorter than {TURNS} turns of the shaft"
    return ""


def unread_words(reasons: Iterable[str]) -> str:
    """Say for how many signals the lines are missing, by reason; empty where none is."""
    counts = Counter(reason for reason in reasons if reason)
    if not counts:
        return ""
    told = ", ".join(f"{count} ({reason})" for reason, count in counts.most_common())
    return f"Signals without fault lines: {told}."
