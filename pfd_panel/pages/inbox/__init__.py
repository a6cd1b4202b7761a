"""Inbox: what the alert rules told, the rules themselves, and how each person and the outside world is told."""

from pfd_panel.pages.inbox.page import PAGE

__all__ = ["PAGE"]
