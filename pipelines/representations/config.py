"""How envelope lines are read; every number has its reason, and none was chosen on recordings."""

import math
from dataclasses import dataclass

from pipelines.errors import InputError

BAND_RULES = ("octaves", "kurtogram")


@dataclass(frozen=True, slots=True)
class EnvelopeConfig:
    """How the envelope spectrum is made invariant.

    Attributes
    ----------
    bands : {"octaves", "kurtogram"}
        ``octaves``: one and two octaves wide, half overlapping, at the same frequencies for every record (multiples of
        1 kHz by powers of two, as in IEC 61260-1), read where a line is clearest. ``kurtogram``: the one band of the
        highest spectral kurtosis that is wide enough.
    clearest : int
        So many bands, the clearest of each line, are averaged. A frequency lies in two bands of each width, so a
        resonance always fills four; averaging over all bands would let the sampling rate decide how many empty ones
        dilute it, and a single one is at the mercy of what else that band holds.
    turns : int
        Shaft turns of a segment. It sets the resolution, 1/turns of the shaft speed, alike for every record: a line's
        height over the floor grows with the length of what is transformed. 32 part the cage (0.4) from the shaft by
        19 lines and need 1 s of a machine at 1,920 rpm.
    floor_orders : float
        Width of the running median that is the floor. Two shaft orders hold at most a few lines and their sidebands.
    slip : float
        Largest relative deviation of a bearing frequency from its kinematic value; rolling elements slip by 1 to 2 %
        (Randall and Antoni, Mech. Syst. Signal Process. 25 (2011) 485, section 2).
    harmonics : int
        Harmonics of each bearing frequency. Higher ones are smeared by the random part of the slip.

    Raises
    ------
    InputError
        A rule that does not exist or a number out of its range.
    """

    bands: str = "octaves"
    clearest: int = 4
    turns: int = 32
    floor_orders: float = 2.0
    slip: float = 0.02
    harmonics: int = 5

    def __post_init__(self) -> None:
        if self.bands not in BAND_RULES:
            raise InputError(f"bands by {self.bands!r}, expected one of {', '.join(BAND_RULES)}")
        for name, least in (("clearest", 1), ("turns", 8), ("harmonics", 1)):
            if getattr(self, name) < least:
                raise InputError(f"{name} {getattr(self, name)}, expected at least {least}")
        if not (math.isfinite(self.floor_orders) and self.floor_orders >= 1):
            raise InputError(f"floor over {self.floor_orders} shaft orders, expected at least 1")
        if not 0 <= self.slip <= 0.1:
            raise InputError(f"slip of {self.slip:g}, expected 0 to 0.1 (that is 10 %)")


DEFAULT = EnvelopeConfig()
