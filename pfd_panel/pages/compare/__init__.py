"""The Compare page: ``/compare?dataset=…&ids=…,…&view=overlay``."""

from pfd_panel.pages.compare.view import CompareView
from pfd_panel.pages.factory import PageDeclaration

PAGE = PageDeclaration("/compare", "Compare", "stacked_line_chart", CompareView)

__all__ = ["PAGE", "CompareView"]
