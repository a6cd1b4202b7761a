"""Datasets, and the two ways to make one: import and generate."""

from pfd_panel.pages.datasets.generate import PAGE as GENERATE_PAGE
from pfd_panel.pages.datasets.importer import PAGE as IMPORT_PAGE
from pfd_panel.pages.datasets.page import PAGE

__all__ = ["GENERATE_PAGE", "IMPORT_PAGE", "PAGE"]
