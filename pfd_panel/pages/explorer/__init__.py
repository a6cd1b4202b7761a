"""The Explorer page: ``/explorer?dataset=…``."""

from pfd_panel.pages.explorer.view import ExplorerView
from pfd_panel.pages.factory import PageDeclaration

PAGE = PageDeclaration("/explorer", "Explorer", "bubble_chart", ExplorerView)

__all__ = ["PAGE", "ExplorerView"]
