"""Re-encode the drive-end channel of the CWRU recordings without loss into the excerpt that `pfd demo` imports.

The published files hold 64-bit numbers that are integer converter counts times one step, so 16-bit counts and the step
say the same in a sixth of the space. The script refuses a recording for which that is not so. Rates and speeds are the
published ones: normal baseline and the 48k folder at 48 kHz, everything else at 12 kHz; speed from the file, else from
the load.
"""

import argparse
import re
from pathlib import Path

import h5py
import numpy as np
from scipy.io import loadmat

RPM_OF_LOAD = {0: 1797.0, 1: 1772.0, 2: 1750.0, 3: 1730.0}
FAULTS = {"IR": "inner_race", "B": "ball", "OR": "outer_race", "Normal": "healthy"}


def counts_and_step(x: np.ndarray) -> tuple[np.ndarray, float]:
    """Integer counts k and step s with k·s = x to within the rounding of the published numbers."""
    levels = np.unique(np.abs(np.diff(np.unique(x))))
    step = float(levels[levels > 1e-9].min())
    for _ in range(2):
        counts = np.round(x / step)
        step = float(x @ counts / (counts @ counts))
    if np.abs(counts).max() > 32767 or np.abs(counts * step - x).max() > 1e-13:
        raise ValueError("not converter counts times one step: re-encoding would lose something")
    if not np.array_equal((counts * step).astype(np.float32), x.astype(np.float32)):
        raise ValueError("differs from the published numbers in single precision")
    return counts.astype(np.int16), step


def main() -> None:
    """Write the excerpt."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("cwru", type=Path, help="folder that holds Normal/, 12k_Drive_End_Bearing_Fault_Data/, …")
    ask.add_argument("out", type=Path)
    args = ask.parse_args()
    with h5py.File(args.out, "w") as out:
        out.attrs["source"] = "Case Western Reserve University Bearing Data Center, Seeded Fault Test Data"
        for path in sorted(args.cwru.rglob("*.mat")):
            parts = path.relative_to(args.cwru).parts
            content = loadmat(path)
            (name,) = (key for key in content if key.endswith("DE_time"))
            counts, step = counts_and_step(content[name].ravel())
            load = int(re.search(r"_(\d)$", path.stem).group(1))  # type: ignore[union-attr]
            speeds = [float(value.squeeze()) for key, value in content.items() if key.endswith("RPM")]
            fault = next(FAULTS[part] for part in parts if part in FAULTS)
            data = out.create_dataset(
                "/".join([*parts[:-1], path.stem, "DE"]), data=counts, compression=9, shuffle=True, chunks=counts.shape
            )
            rate = 48_000.0 if fault == "healthy" or parts[0].startswith("48k") else 12_000.0
            data.attrs.update(scale_factor=step, sampling_rate=rate, rpm=(speeds or [RPM_OF_LOAD[load]])[0], unit="g")
            data.attrs.update(fault=fault, load=float(load), bearing="6205-2RS")
            size = next((part for part in parts if re.fullmatch(r"0\d\d", part)), None)
            if size:
                data.attrs["fault_size"] = int(size) / 1000
            if "@6" in parts:
                data.attrs["position"] = "6"


if __name__ == "__main__":
    main()
