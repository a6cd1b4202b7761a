"""Doors, forms and the web process know every network without loading torch; a baseline's job neither."""

import subprocess
import sys

DOORS = (
    "pfd_panel.cli",
    "pfd_panel.services.training",
    "pfd_panel.pages.new_experiment",
    "pfd_panel.api.areas.models",
    "dask_cluster.kinds.train_model",
    "dask_cluster.kinds.predict_recordings",
    "pipelines.training.reading",
)


def test_no_door_loads_torch() -> None:
    code = f"import sys, {', '.join(DOORS)}; from pfd_panel.services import training; training.declared()"
    found = subprocess.run(
        [sys.executable, "-c", f"{code}; print('torch' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
