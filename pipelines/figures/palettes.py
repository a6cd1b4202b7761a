"""Colours of images in figures, from the darkest to the brightest level."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnknownNameError
from pipelines.figures.drawing import PAPER

# 25 colours of each, evenly spaced; viridis and inferno: S. van der Walt and N. Smith, matplotlib, 2015 (CC0);
# cividis: Nunez, Anderton and Renslow, "Optimizing colormaps with consideration for color vision deficiency", 2018
_KNOTS: Mapping[str, str] = {
    "viridis": "440154 471163 481E70 472C7B 443982 3F4587 3A528B 355C8C 30678D 2C728E 287B8E 24868D 20908C "
    "1E998A 20A485 27AD80 35B778 47C06E 5BC862 74D054 8DD644 AADB32 C7E01F E1E318 FDE724",
    "inferno": "000003 050418 10092F 200C4A 32095D 450A69 570F6D 66156E 781C6D 892269 992864 AB2E5D BB3754 "
    "C93F4A D74B3E E35832 ED6825 F47A16 F98C09 FBA007 FBB318 F8C931 F3DE52 F1F079 FCFEA4",
    "cividis": "00204C 00285F 002E6F 06366E 223D6C 33456B 414D6B 4B546B 565C6C 60646E 696B71 737374 7C7B78 "
    "868378 918C78 9B9377 A69C75 B1A672 BCAE6E C8B86A D3C065 DFCB5D ECD555 F7DF4B FFE945",
    "greys": "FFFFFF 000000",
}
PALETTES: tuple[str, ...] = tuple(_KNOTS)


def colors_of(shares: NDArray[np.floating], palette: str = "viridis") -> NDArray[np.uint8]:
    """Colours (…, 3) of levels (…) from 0, the darkest, to 1; beyond them the nearest, and of NaN that of paper.

    Raises
    ------
    UnknownNameError
        There is no such palette.
    """
    if palette not in _KNOTS:
        raise UnknownNameError(f"there are no colours {palette!r}", hint=f"There are: {', '.join(PALETTES)}.")
    knots = np.array([list(bytes.fromhex(one)) for one in _KNOTS[palette].split()], dtype=np.float64)
    levels = np.linspace(0, 1, 256)
    table = np.stack([np.interp(levels, np.linspace(0, 1, len(knots)), part) for part in knots.T], axis=1)
    table = np.vstack([np.round(table), list(bytes.fromhex(PAPER[1:]))]).astype(np.uint8)
    known = np.isfinite(shares)
    index = np.where(known, np.round(255 * np.clip(np.where(known, shares, 0), 0, 1)), 256).astype(np.intp)
    return table[index]
