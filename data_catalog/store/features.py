"""Feature rows on disk: immutable parts that xarray opens as they are, each written whole by one writer."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from data_catalog.errors import CatalogError, StoreError
from data_catalog.store.durable import store_errors
from data_catalog.store.records import PartManifest
from data_catalog.store.signals import folder_names, folder_problems, sweep_folders, unreferenced_folders


class FeatureStore:
    """Where feature rows lie, with the same guarantees as `SignalStore`.

    Parameters
    ----------
    root
        The folder of feature parts; made at the first write.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def write_part(
        self, names: Sequence[str], values: np.ndarray, signal_ids: Sequence[str], window_starts: Sequence[int]
    ) -> PartManifest:
        """Write feature rows as one part.

        Parameters
        ----------
        names
            The F features, in the order of the columns.
        values : float64 (R, F)
            One row per signal and window; NaN where a feature is undefined.
        signal_ids
            The signal of each row.
        window_starts
            First sample of each row's window; -1 for a row over the whole record.

        Raises
        ------
        CatalogError
            The shapes do not fit together.
        StoreError
            The disk is full, read-only or failing; nothing is left behind.
        """
        from data_catalog.store.feature_parts import write_part  # here, because zarr takes long to import

        values = np.asarray(values, np.float64)
        rows = len(signal_ids)
        if values.shape != (rows, len(names)) or len(window_starts) != rows or rows == 0:
            raise CatalogError(
                f"feature values have shape {values.shape}; expected ({rows}, {len(names)}) for {rows} signal ids, "
                f"{len(window_starts)} window starts and {len(names)} names, with at least one row"
            )
        with store_errors("the feature part"):
            self.root.mkdir(parents=True, exist_ok=True)
            return write_part(self.root, names, values, signal_ids, window_starts)

    def read_rows(self, part_id: str, ranges: Iterable[tuple[int, int]]) -> np.ndarray:
        """Rows [first, last) of each of `ranges`, one behind the other, float64 (R, F).

        Raises
        ------
        StoreError
            The part is missing or damaged.
        """
        from data_catalog.store.feature_parts import read_part

        values = read_part(self._existing(part_id))
        wanted = [values[first:last] for first, last in ranges]
        return np.concatenate(wanted) if wanted else values[:0]

    def window_starts(self, part_id: str) -> np.ndarray:
        """First sample of each row's window, int64 (R,); -1 for a row over the whole record."""
        from data_catalog.store.feature_parts import read_window_starts

        return read_window_starts(self._existing(part_id))

    def path(self, part_id: str) -> Path:
        """Folder of a part, for ``xarray.open_zarr(path, consolidated=False)``."""
        return self.root / part_id

    def ids(self) -> set[str]:
        """Every part there is, referenced or not."""
        return set(folder_names(self.root))

    def verify(self, part_id: str, checksum: str) -> list[str]:
        """What is wrong with a part, in words; nothing if its files are those that were written."""
        return folder_problems(self.root / part_id, checksum, f"feature part {part_id}")

    def orphans(self, referenced: set[str], older_than_s: float) -> list[str]:
        """What `sweep` would remove."""
        return unreferenced_folders(self.root, referenced, older_than_s)

    def sweep(self, referenced: set[str], older_than_s: float) -> list[str]:
        """Remove parts that nothing refers to, and leavings of killed writers; see `SignalStore.sweep`."""
        return sweep_folders(self.root, referenced, older_than_s)

    def _existing(self, part_id: str) -> Path:
        folder = self.root / part_id
        if not folder.is_dir():
            raise StoreError(f"feature part {part_id} is missing from the store", hint="run the doctor")
        return folder
