"""Every command: each of these modules adds its own to `app` when it is imported, and imports nothing heavy."""

from pfd_panel.cli import (
    analysing,
    annotating,
    data,
    datasets,
    diagnosing,
    health,
    learning,
    models,
    operating,
    people,
    pictures,
    settings,
    sharing,
    signals,
    work,
)

__all__ = [
    "analysing",
    "annotating",
    "data",
    "datasets",
    "diagnosing",
    "health",
    "learning",
    "models",
    "operating",
    "people",
    "pictures",
    "settings",
    "sharing",
    "signals",
    "work",
]
