"""One meaning per colour: which label is shown with which word, colour and shape, everywhere."""

import re
from collections.abc import Iterable
from types import MappingProxyType

from pfd_panel.theme.tokens import JOURNAL_COLORS, JOURNAL_MARKERS, REFERENCE, ROLLING, Look

_JOURNAL_LABELS = (
    ("healthy", "Healthy"),
    ("misalignment", "Misalignment"),
    ("imbalance", "Imbalance"),
    ("looseness", "Looseness"),
    ("lubrication", "Lubrication"),
    ("cavitation", "Cavitation"),
    ("wear", "Wear"),
    ("oil_whirl", "Oil whirl"),
    ("misalignment_imbalance", "Misalignment + imbalance"),
    ("wear_lubrication", "Wear + lubrication"),
    ("cavitation_looseness", "Cavitation + looseness"),
)

JOURNAL: MappingProxyType[str, Look] = MappingProxyType(
    {
        name: Look(label, JOURNAL_COLORS[number], JOURNAL_MARKERS[number])
        for number, (name, label) in enumerate(_JOURNAL_LABELS)
    }
)
"""The eleven journal-bearing classes 0–10."""

KNOWN: MappingProxyType[str, Look] = MappingProxyType({**JOURNAL, **ROLLING})

ALIASES: MappingProxyType[str, str] = MappingProxyType(
    {
        "normal": "healthy",
        "baseline": "healthy",
        "sain": "healthy",
        "ir": "inner",
        "inner_race": "inner",
        "or": "outer",
        "outer_race": "outer",
        "b": "ball",
        "roller": "ball",
        "rolling_element": "ball",
        "desalignement": "misalignment",
        "desequilibre": "imbalance",
        "unbalance": "imbalance",
        "jeu": "looseness",
        "clearance": "looseness",
        "lubrification": "lubrication",
        "usure": "wear",
        "oilwhirl": "oil_whirl",
        "mixed_misalign_imbalance": "misalignment_imbalance",
        "combined_misalign_imbalance": "misalignment_imbalance",
        "mixed_wear_lube": "wear_lubrication",
        "combined_wear_lube": "wear_lubrication",
        "mixed_cavit_jeu": "cavitation_looseness",
        "combined_cavit_jeu": "cavitation_looseness",
    }
)
"""Names other programs and data sets give to the same class."""

NO_LABEL = Look("No label", REFERENCE, "ring")


def canonical(label: str) -> str:
    """The product's own name of a class: ``"Inner race"``, ``"IR"`` and ``"inner"`` are all ``"inner"``."""
    slug = re.sub(r"[^a-z0-9]+", "_", label.strip().lower()).strip("_")
    return ALIASES.get(slug, slug)


def looks(labels: Iterable[str | None]) -> dict[str | None, Look]:
    """How each label is shown: known classes keep their one look, others get a free hue by alphabetical order.

    Parameters
    ----------
    labels : iterable of str or None
        Class labels as stored; ``None`` or ``""`` means unlabelled.

    Returns
    -------
    dict
        One `Look` for each distinct label. The same set of labels always gives the same looks.
    """
    found: dict[str | None, Look] = {}
    strangers: list[str] = []
    for label in dict.fromkeys(labels):
        if not label:
            found[label] = NO_LABEL
        elif canonical(label) in KNOWN:
            found[label] = KNOWN[canonical(label)]
        else:
            strangers.append(label)
    taken = {look.color for look in found.values()}
    free = [number for number, color in enumerate(JOURNAL_COLORS) if color not in taken] or [0]
    for position, label in enumerate(sorted(strangers)):
        number = free[position % len(free)]
        shape = JOURNAL_MARKERS[(number + position // len(free)) % len(JOURNAL_MARKERS)]
        found[label] = Look(label.replace("_", " "), JOURNAL_COLORS[number], shape)
    return found


def look(label: str | None) -> Look:
    """How one label is shown; see `looks` when several unknown labels must be told apart."""
    return looks([label])[label]
