"""Settings come from the environment once, travel to children whole, and are refused in words."""

from pathlib import Path

import pytest

from dask_cluster.errors import ParamsError
from dask_cluster.settings import ClusterSettings, usable_cores


def test_the_environment_is_read_and_options_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PFD_HOME", str(tmp_path / "from-environment"))
    monkeypatch.setenv("PFD_WORKERS", "3")
    settings = ClusterSettings.read(home=tmp_path / "option", workers=None)
    assert (settings.home, settings.workers) == (tmp_path / "option", 3)
    monkeypatch.delenv("PFD_WORKERS")
    assert ClusterSettings.read().workers == usable_cores()


def test_a_child_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = ClusterSettings(
        home=tmp_path,
        workers=5,
        preload=("torch",),
        chores=("a.b:c",),
        import_roots=(Path("/data/rig"), Path("/data/other rig")),
        backend="slurm",
        backend_options={"queue": "short", "cores": 8},
    )
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert ClusterSettings.read() == settings


def test_folders_to_import_from_are_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PFD_IMPORT_ROOTS", " /data/rig , /mnt/share,")
    assert ClusterSettings.read().import_roots == (Path("/data/rig"), Path("/mnt/share"))
    monkeypatch.setenv("PFD_IMPORT_ROOTS", "data")
    with pytest.raises(ParamsError, match=r"PFD_IMPORT_ROOTS.*not an absolute path"):
        ClusterSettings.read()


def test_a_value_that_does_not_fit_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PFD_WORKERS", "many")
    with pytest.raises(ParamsError, match=r"workers \(PFD_WORKERS\).*'many'"):
        ClusterSettings.read()
