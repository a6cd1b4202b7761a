"""One experiment: watched while it learns, its results, and what it was asked."""

from pfd_panel.pages.experiment.page import PAGE

__all__ = ["PAGE"]
