"""The colours, sizes and shapes of the product, in one place, for both themes.

Every pair of text and background declared in `TEXT_PAIRS` meets WCAG 2.2 AA (4.5:1), every data colour 3:1 on both
surfaces; the test suite computes the ratios from these very values.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, Theme] = ("light", "dark")

FONT = "Roboto, 'Helvetica Neue', Arial, sans-serif"
MONO = "'Liberation Mono', ui-monospace, Menlo, Consolas, monospace"


def _frozen(**values: str) -> MappingProxyType[str, str]:
    return MappingProxyType(values)


LIGHT = _frozen(
    canvas="#F6F7F9",
    surface="#FFFFFF",
    sunken="#F1F3F5",
    line="#E1E4E8",
    control="#C9CED6",
    text="#16191D",
    text2="#565E68",
    text3="#68717C",
    accent="#2F5FD0",
    on_accent="#FFFFFF",
    tint="#EAF0FC",
    healthy="#0B7A5E",
    healthy_bg="#E3F4EE",
    watch="#8A5A00",
    watch_bg="#FBF1DC",
    alarm="#B42318",
    alarm_bg="#FDEBE9",
    unknown="#5B6470",
    unknown_bg="#EEF0F3",
)

DARK = _frozen(
    canvas="#0F1216",
    surface="#171B20",
    sunken="#1E2329",
    line="#2A3037",
    control="#3D454F",
    text="#E6E9ED",
    text2="#A3ACB7",
    text3="#8B95A1",
    accent="#7EA6FF",
    on_accent="#0F1216",
    tint="#1C2740",
    healthy="#4CC9A0",
    healthy_bg="#14302A",
    watch="#E3B04B",
    watch_bg="#352A12",
    alarm="#FF8A7A",
    alarm_bg="#3B1C1A",
    unknown="#A3ACB7",
    unknown_bg="#252B32",
)

PALETTES: MappingProxyType[Theme, MappingProxyType[str, str]] = MappingProxyType({"light": LIGHT, "dark": DARK})

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ink in ("text", "text2") for ground in ("canvas", "surface", "sunken", "tint")),
    ("text3", "surface"),
    ("text3", "canvas"),
    ("accent", "surface"),
    ("accent", "canvas"),
    ("accent", "tint"),
    ("on_accent", "accent"),
    ("healthy", "healthy_bg"),
    ("watch", "watch_bg"),
    ("alarm", "alarm_bg"),
    ("unknown", "unknown_bg"),
)
"""(ink, ground) pairs that carry text somewhere in the product."""

TRACE = "#4C7DE8"
REFERENCE = "#7C8794"

Marker = Literal[
    "circle", "square", "triangle", "diamond", "inverted_triangle", "hex", "cross", "x", "star", "plus", "ring"
]


@dataclass(frozen=True)
class Look:
    """How one class or state is shown: word, colour and marker shape (never colour alone)."""

    label: str
    color: str
    marker: Marker


HEALTH: MappingProxyType[str, Look] = MappingProxyType(
    {
        "healthy": Look("Healthy", "healthy", "circle"),
        "watch": Look("Watch", "watch", "triangle"),
        "alarm": Look("Alarm", "alarm", "square"),
        "unknown": Look("Unknown", "unknown", "ring"),
    }
)
"""Health states; `color` names a token, since it differs between themes."""

ROLLING: MappingProxyType[str, Look] = MappingProxyType(
    {
        "healthy": Look("Healthy", "#0F936D", "circle"),
        "inner": Look("Inner race", "#D64C13", "square"),
        "outer": Look("Outer race", "#3D6D90", "triangle"),
        "ball": Look("Ball", "#875FDC", "diamond"),
        "cage": Look("Cage", "#948DB9", "inverted_triangle"),
    }
)
"""Rolling-element fault classes; the colours are the same in both themes."""

JOURNAL_COLORS = (
    "#0F936D",
    "#9D6BB3",
    "#716393",
    "#547338",
    "#6294E3",
    "#C53811",
    "#A68C9A",
    "#7D7CFA",
    "#759C16",
    "#6360DC",
    "#E9536E",
)
JOURNAL_MARKERS: tuple[Marker, ...] = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "inverted_triangle",
    "hex",
    "cross",
    "x",
    "star",
    "plus",
    "ring",
)
"""Colours and shapes of the journal-bearing classes 0–10; eleven hues need the shape to be told apart."""

ACCENTS = ("#D64C13", "#0F936D", "#875FDC")
"""Further lines beside the trace: an envelope, a fitted curve."""

DATA_COLORS = (TRACE, REFERENCE, *(look.color for look in ROLLING.values()), *JOURNAL_COLORS)


def luminance(color: str) -> float:
    """Relative luminance of an sRGB hex colour (WCAG 2.2, "relative luminance")."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two sRGB hex colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def css_variables(theme: Theme) -> dict[str, str]:
    """CSS custom properties of a theme: ``--p-text``, ``--p-alarm-bg``, …"""
    return {f"--p-{name.replace('_', '-')}": value for name, value in PALETTES[theme].items()}
