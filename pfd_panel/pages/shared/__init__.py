"""Sharing a view: the control in the header of every page, and the page that lists and revokes what was shared."""

from pfd_panel.pages.shared.control import share_control
from pfd_panel.pages.shared.page import PAGE, SharedPage

__all__ = ["PAGE", "SharedPage", "share_control"]
