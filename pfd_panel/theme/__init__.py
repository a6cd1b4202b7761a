"""How the product looks: tokens of both themes, one look per class and state, numbers in words."""

from pfd_panel.theme.classes import canonical, look, looks
from pfd_panel.theme.tokens import HEALTH, PALETTES, REFERENCE, TRACE, Look, Theme

__all__ = ["HEALTH", "PALETTES", "REFERENCE", "TRACE", "Look", "Theme", "canonical", "look", "looks"]
