"""Health: how machine, database, store, workers and queue are doing, what the logs say, and what to do about it."""

from pfd_panel.pages.health.page import PAGE

__all__ = ["PAGE"]
