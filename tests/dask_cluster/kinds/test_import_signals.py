"""The import's step on a worker, without Dask."""

from pathlib import Path

import numpy as np
from scipy.io import savemat

from dask_cluster.jobs import WorkerContext
from dask_cluster.kinds.import_signals import ImportParams, ImportSignals

RNG = np.random.default_rng(3)


def test_a_file_damaged_behind_its_header_is_a_problem_and_the_others_are_stored(tmp_path: Path) -> None:
    source = tmp_path / "files"
    source.mkdir()
    for name in ("bad", "good"):
        savemat(source / f"{name}.mat", {"x": RNG.normal(size=5000), "fs": 100.0}, do_compression=True)
    content = bytearray((source / "bad.mat").read_bytes())
    content[20_000:20_064] = bytes(64)
    (source / "bad.mat").write_bytes(content)
    found = ImportParams(path=str(source), dataset="d").inspect(statistics=False)
    result = ImportSignals.run({"channels": list(found.channels)}, WorkerContext(tmp_path / "home"))
    assert [draft.recording for draft in result["drafts"]] == ["good"]
    (problem,) = result["problems"]
    assert problem["path"].endswith("bad.mat")
    assert "damaged" in problem["message"]
    assert problem["hint"]
