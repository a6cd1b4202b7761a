"""Generate synthetic signals, and preview what a setting does before doing so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from dask_cluster.kinds.generate_signals import config_adapter
from data_catalog.schema import Job
from pfd_panel.errors import RequestError
from pfd_panel.services import work
from pfd_panel.services.context import Context
from pipelines.generate import JournalConfig, RollingConfig


@dataclass(frozen=True)
class Preview:
    """One signal as it would be generated: samples (N,) float32 in g and everything drawn for it."""

    samples: np.ndarray
    rate_hz: float
    metadata: dict[str, Any]
    count: int


def config_of(settings: Mapping[str, Any]) -> JournalConfig | RollingConfig:
    """Validate generator settings, with the field named when one does not fit."""
    try:
        return config_adapter().validate_python(dict(settings))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in {"journal", "rolling"})
        raise RequestError(f"{where}: {first['msg']} (got {first['input']!r})", hint="Correct this setting.") from error


def preview(context: Context, settings: Mapping[str, Any], *, place: int = 0) -> Preview:
    """Generate one signal of the plan that `settings` describe, without storing it."""
    context.require("read")
    from pipelines.generate import generate, plan

    config = config_of(settings)
    specs = plan(config)
    made = generate(config, specs[place % len(specs)])
    return Preview(made.samples, config.rate_hz, made.metadata, len(specs))


def start(context: Context, dataset: str, settings: Mapping[str, Any], *, notes: str = "") -> Job:
    """Queue the generation of a whole dataset."""
    if not dataset.strip():
        raise RequestError("the dataset has no name", hint="Name the dataset the signals go into.")
    config = config_adapter().dump_python(config_of(settings), mode="json")
    params = {"dataset": dataset.strip(), "config": config, "notes": notes}
    return work.start(context, "generate_signals", params)


def parse_settings(entries: list[str]) -> dict[str, Any]:
    """Turn ``['per_class=20', 'noise.pink=0.05']`` into nested settings; values are read as YAML."""
    import yaml

    out: dict[str, Any] = {}
    for entry in entries:
        path, found, value = entry.partition("=")
        if not found:
            raise RequestError(f"--set {entry!r} has no value", hint="Write NAME=VALUE, for example per_class=20.")
        place = out
        *above, last = path.split(".")
        for name in above:
            place = place.setdefault(name, {})
        place[last] = yaml.safe_load(value)
    return out
