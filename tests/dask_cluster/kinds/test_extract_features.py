"""The step of the feature job on a worker, without Dask."""

from pathlib import Path

import numpy as np

from dask_cluster.kinds.extract_features import ROWS_AT_ONCE, with_samples
from data_catalog.store import RowInput, SignalStore

RNG = np.random.default_rng(5)


def test_samples_come_in_the_order_asked_for_whatever_is_read_together(tmp_path: Path) -> None:
    store = SignalStore(tmp_path)
    lengths = [300] * (ROWS_AT_ONCE + 3) + [200, 300, 200]
    stored: dict[tuple[str, int], np.ndarray] = {}
    for _ in range(2):
        samples = [RNG.normal(size=length).astype(np.float32) for length in lengths]
        manifest = store.write_short([RowInput("DE", one) for one in samples])
        stored |= {(manifest.id, row): one for row, one in enumerate(samples)}
    chosen = [{"segment_id": segment, "row": row} for segment, row in stored]
    mixed = [chosen[place] for place in RNG.permutation(len(chosen))]
    for asked in (chosen, mixed):
        found = list(with_samples(store, asked))
        assert [signal for signal, _ in found] == asked
        for signal, read in found:
            np.testing.assert_array_equal(read, stored[signal["segment_id"], signal["row"]])
