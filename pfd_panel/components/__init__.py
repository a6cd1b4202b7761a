"""Pieces that all pages are made of, in the one look of the product."""

from pfd_panel.components.card import card, surface
from pfd_panel.components.layout import grid, page_body, stack, toolbar
from pfd_panel.components.live import Live, static

__all__ = ["Live", "card", "grid", "page_body", "stack", "static", "surface", "toolbar"]
