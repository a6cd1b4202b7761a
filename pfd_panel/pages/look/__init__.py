"""The page on which files are looked at without importing them."""

from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.look.page import LookPage

PAGE = PageDeclaration("/look", "Look at files", "preview", LookPage, right="work")

__all__ = ["PAGE", "LookPage"]
