"""The command line: every service from a shell, each command also with ``--json``."""

from pfd_panel.cli.app import main

__all__ = ["main"]
