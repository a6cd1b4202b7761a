"""Everything that decides where work runs, read once by the entry point and passed down."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dask_cluster.errors import ParamsError


def usable_cores() -> int:
    """Cores this process may use: its affinity mask where the system has one, else all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ClusterSettings(BaseSettings):
    """Where the data lie and which processes compute; every field is also the variable ``PFD_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="PFD_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".pfd", description="data directory")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite inside the data directory when empty")
    scheduler: str | None = Field(None, description="address of a Dask scheduler to join, as tls://host:8786")
    backend: str = Field("local", description="what starts the cluster: local, cuda, slurm, pbs, lsf, kubernetes")
    backend_options: dict[str, Any] = Field(default_factory=dict, description="keyword arguments of that backend")
    workers: int = Field(default_factory=usable_cores, ge=1, le=4096, description="worker processes")
    threads_per_worker: int = Field(1, ge=1, le=256, description="tasks at once in one worker process")
    memory_limit: str = Field("auto", description="memory of one worker, as 4GiB; auto divides the machine's")
    preload: tuple[str, ...] = Field((), description="modules every worker imports at its start, as torch")
    chores: tuple[str, ...] = Field((), description="further work of the coordinator, each as module:maker")
    dashboard: bool = Field(False, description="serve Dask's own dashboard on loopback, for administrators on /dask/")
    tls_ca: Path | None = Field(None, description="certificate authority of the scheduler to join")
    tls_cert: Path | None = Field(None, description="our certificate for it")
    tls_key: Path | None = Field(None, description="our key for it")
    lease_s: float = Field(10.0, gt=0, le=600, description="a coordinator silent for this long is replaced")
    trainings_per_user: int = Field(20, ge=1, description="trainings that one user may have waiting or running")
    import_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description="folders of this machine that operators may import from, with commas between them"
    )
    parallel_jobs: int = Field(4, ge=1, le=64, description="jobs that run at the same time")

    @field_validator("import_roots", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @field_validator("import_roots")
    @classmethod
    def _are_absolute(cls, given: tuple[Path, ...]) -> tuple[Path, ...]:
        for one in given:
            if not one.is_absolute():
                raise ValueError(f"{one} is not an absolute path, as /data/rig")
        return given

    @classmethod
    def read(cls, **overrides: Any) -> "ClusterSettings":
        """Read the environment, `overrides` first; a value that does not fit is refused in words."""
        try:
            return cls(**{name: value for name, value in overrides.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(str(part) for part in first["loc"])
            raise ParamsError(
                f"setting {name} (PFD_{name.upper()}): {first['msg']}, got {first['input']!r}",
                hint="correct the environment variable or the option and start again",
            ) from error

    def environment(self) -> dict[str, str]:
        """Return the variables that make a child process read these settings; no secret is on its command line."""
        dumped = self.model_dump(mode="json", exclude_none=True)
        as_json = {"backend_options", "preload", "chores"}
        plain = {name: str(value) for name, value in dumped.items() if name not in as_json}
        plain["import_roots"] = ",".join(map(str, self.import_roots))
        plain |= {name: json.dumps(dumped[name]) for name in as_json}
        return {f"PFD_{name.upper()}": value for name, value in plain.items()}

    @property
    def run_folder(self) -> Path:
        """Folder of lock files and addresses of running processes."""
        return self.home / "run"
