"""Import of .mat and HDF5, whole and real, against reading the files with scipy or h5py and writing the arrays.

    python -m benchmarks.bench_import [--files 128] [--rounds 3]

The import is the product's job: headers inspected and planned, every file read, pyramid, statistics, identity hashes,
16-bit form where it is exact, checksums, fsync, catalog rows, a sealed version. Against it: `scipy.io.loadmat` or
h5py, and `numpy.save` with fsync, one process, nothing checked and nothing kept about the signals. Both read the same
files from the page cache; rounds alternate and medians are printed. The workers are up, and have imported a few other
files, before the clock starts. A rate is that of the files' bytes, from the submission to the sealed version.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from scipy.io import loadmat, savemat

from benchmarks.conditions import say_conditions
from benchmarks.job_runner import running
from dask_cluster.jobs import WorkerContext
from dask_cluster.kinds.import_signals import ImportParams, store_channels

SAMPLES = 121_000  # as the files of the CWRU bearing data centre: ten seconds at 12 kHz
RATE_HZ = 12_000.0
TARGET = 0.5
STEP = 0.000162  # of a 16-bit converter, in g


def recordings(files: int, seed: int) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """Two channels a file, double precision, values of a 16-bit converter; different in each file."""
    rng = np.random.default_rng(seed)
    for number in range(files):
        counts = np.round(rng.standard_normal((2, SAMPLES)) * rng.uniform(300, 3000)).clip(-32000, 32000)
        yield number, {"DE": counts[0] * STEP, "FE": counts[1] * STEP}


def make_mat(folder: Path, files: int, seed: int, *, compressed: bool) -> None:
    """MATLAB version 5 files."""
    for number, channels in recordings(files, seed):
        named = {f"X{number:03}_{name}_time": samples[:, None] for name, samples in channels.items()}
        savemat(folder / f"{number:03}.mat", named | {f"X{number:03}RPM": 1797}, do_compression=compressed)


def make_hdf5(folder: Path, files: int, seed: int, *, compressed: bool) -> None:
    """HDF5 files, contiguous or in compressed chunks."""
    for number, channels in recordings(files, seed):
        with h5py.File(folder / f"{number:03}.h5", "w") as file:
            for name, samples in channels.items():
                file.create_dataset(name, data=samples, compression="gzip" if compressed else None)
            file.attrs["rpm"] = 1797.0


def mat_arrays(path: Path) -> list[np.ndarray]:
    """Every array of a .mat file, as anyone reads it."""
    return [value for name, value in loadmat(path).items() if name.endswith("_time")]


def hdf5_arrays(path: Path) -> list[np.ndarray]:
    """Every array of an HDF5 file, as anyone reads it."""
    with h5py.File(path, "r") as file:
        return [file[name][()] for name in file]


def plain(paths: list[Path], read: Callable[[Path], list[np.ndarray]], into: Path) -> tuple[float, float]:
    """Seconds by the clock and of CPU that reading and writing take."""
    into.mkdir()
    started, spent = time.perf_counter(), time.process_time()
    for path in paths:
        for number, array in enumerate(read(path)):
            with (into / f"{path.stem}-{number}.npy").open("wb") as file:
                np.save(file, array)
                file.flush()
                os.fsync(file.fileno())
    taken = time.perf_counter() - started, time.process_time() - spent
    shutil.rmtree(into)
    return taken


def store_once(source: str) -> None:
    """What a step of the import does, on a worker."""
    found = ImportParams(path=source, dataset="warm-up", rates={"*": RATE_HZ}).inspect(statistics=False)
    with tempfile.TemporaryDirectory() as home:
        store_channels(list(found.channels), WorkerContext(Path(home)))


def measure(title: str, make: Callable[..., None], read: Callable[..., Any], options: argparse.Namespace) -> None:
    """One kind of file: both ways in turn, the product with one and with two workers."""
    with tempfile.TemporaryDirectory() as name:
        source, warm_up = Path(name) / "source", Path(name) / "warm-up"
        for folder, files, seed in ((source, options.files, 0), (warm_up, 4, 1)):
            folder.mkdir()
            make(folder, files, seed)
        compare(title, source, warm_up, read, options.rounds, {"rates": {"*": RATE_HZ}})


def compare(
    title: str, source: Path, warm_up: Path, read: Callable[..., Any], rounds: int, corrections: dict[str, Any]
) -> None:
    """Read the files of `source` plainly and import them, in turn."""
    paths = sorted(path for path in source.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in paths) / 1e6
    print(f"\n{title}: {len(paths)} files, {size:.0f} MB, medians of {rounds} rounds")
    with tempfile.TemporaryDirectory() as scratch:
        for workers in (1, 2):
            slow, fast = [], []
            for _ in range(rounds):
                slow.append(plain(paths, read, Path(scratch) / "plain"))
                # a catalog of its own each round: what a catalog holds already would be a duplicate
                with running(workers) as runner:
                    runner.on_every_worker(partial(store_once, str(warm_up)))
                    runner.run("import_signals", {"path": str(warm_up), "dataset": "warm-up", "rates": {"*": RATE_HZ}})
                    cost = runner.run("import_signals", {"path": str(source), "dataset": "bench", **corrections})
                fast.append((cost.wall_s, cost.cpu_s))
            wall, cpu = (statistics.median(pair[at] for pair in slow) for at in (0, 1))
            our_wall, our_cpu = (statistics.median(pair[at] for pair in fast) for at in (0, 1))
            per_file = 1e3 / len(paths)
            print(
                f"  {workers} worker(s): {size / our_wall:.0f} MB/s against {size / wall:.0f} MB/s read and written "
                f"plainly = {wall / our_wall:.2f} × the rate (target ≥ {TARGET}); {our_cpu * per_file:.1f} against "
                f"{cpu * per_file:.1f} CPU-ms a file = {cpu / our_cpu:.2f} × per CPU-second"
            )


def real_files(options: argparse.Namespace) -> None:
    """The CWRU recordings as they lie, with labels from their path."""
    root = os.environ.get("PFD_TEST_DATA")
    if not root:
        print("\nCWRU: skipped, PFD_TEST_DATA does not name the folder of real recordings")
        return
    with tempfile.TemporaryDirectory() as name:
        warm_up = Path(name)
        make_mat(warm_up, 4, 1, compressed=False)
        corrections = {"labels_from_path": True, "rates": {"*Normal*": 48_000.0}}
        compare("CWRU", Path(root) / "cwru", warm_up, mat_arrays, options.rounds, corrections)


def main() -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of the title of what is measured")
    options = parser.parse_args()
    say_conditions()
    for title, make, read, compressed in (
        (".mat, not compressed (as CWRU's)", make_mat, mat_arrays, False),
        (".mat, compressed (MATLAB's default)", make_mat, mat_arrays, True),
        ("HDF5, not compressed", make_hdf5, hdf5_arrays, False),
        ("HDF5, gzip chunks", make_hdf5, hdf5_arrays, True),
    ):
        if options.only in title:
            measure(
                title,
                partial(make, compressed=compressed),
                read,
                options,
            )

    real_files(options)


if __name__ == "__main__":
    main()
