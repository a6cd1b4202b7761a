"""Immutable segments of samples."""

from pathlib import Path


class SignalStore:
    """The folder that holds segments."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
