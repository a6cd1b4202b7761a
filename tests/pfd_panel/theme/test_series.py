"""Colours of up to 32 lines: legible in both themes, and no two alike."""

from itertools import combinations

from pfd_panel.theme.series import SERIES_COLORS, series_look
from pfd_panel.theme.tokens import DARK, LIGHT, contrast


def test_every_colour_is_legible_on_both_surfaces() -> None:
    for color in SERIES_COLORS:
        assert contrast(color, LIGHT["surface"]) >= 3
        assert contrast(color, DARK["surface"]) >= 3


def test_32_signals_look_different() -> None:
    looks = [series_look(number) for number in range(32)]
    assert len(set(looks)) == 32
    assert series_look(32) == looks[0]
    channels = [[int(color[place : place + 2], 16) for place in (1, 3, 5)] for color in SERIES_COLORS]
    for one, other in combinations(channels, 2):
        assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 40
