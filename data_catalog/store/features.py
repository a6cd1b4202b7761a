"""Immutable groups of feature rows."""

from pathlib import Path


class FeatureStore:
    """The folder that holds feature parts."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
