import subprocess
import sys
from pathlib import Path

HEAVY = ("numba", "panel", "pandas", "scipy", "sklearn", "torch", "zarr")


def test_who_only_serves_a_data_directory_imports_nothing_that_computes_or_draws(tmp_path: Path) -> None:
    """The supervisor lives as long as the server does, and what it imported would stay in memory beside it."""
    said = (
        "import sys; from pathlib import Path; from pfd_panel.opening import open_context as o; "
        "import dask_cluster.supervisor, pfd_panel.cli.operating, pfd_panel.server.processes, pfd_panel.server.run; "
        "from pfd_panel.accounts.sign_in import has_people; "
        f"c = o({str(tmp_path)!r}, workers=1); has_people(c.catalog); "
        f"print(c.catalog.home, c.cluster.workers, [one for one in {HEAVY} if one in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True).stdout
    assert told == f"{tmp_path} 1 []\n"
