"""Home: what there is, what needs a look, what was done lately, and where to begin."""

from pfd_panel.pages.home.page import PAGE, HomePage

__all__ = ["PAGE", "HomePage"]
