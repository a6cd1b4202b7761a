"""The demo: a real excerpt, a generated dataset and models on both, for someone who has no file at hand yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from dask_cluster.kinds.import_signals import ImportParams
from data_catalog.schema import Job
from pfd_panel.services import collections, generating, importing, training
from pfd_panel.services.context import Context

REAL = "CWRU drive end"
SYNTHETIC = "Synthetic bearings"
REAL_NOTES = (
    "Drive-end accelerometer of 21 seeded-fault recordings, SKF 6205-2RS. Source: Case Western Reserve University "
    "Bearing Data Center."
)
SYNTHETIC_NOTES = "Simulated rolling-element bearings; no real machine."
# small enough for seconds on two cores, large enough that a split by bearing means something
SYNTHETIC_SETTINGS = {"kind": "rolling", "per_class": 24, "duration_s": 4.0, "bearings": 8, "seed": 7}


class Training(NamedTuple):
    """A model of the demo: its name, the dataset, and what is held out together."""

    name: str
    dataset: str
    split: str


TRAININGS = (
    Training("Synthetic, by recording", SYNTHETIC, "recording"),
    Training("CWRU, by recording", REAL, "recording"),
    Training("CWRU, by fault size", REAL, "fault_size"),
)


@dataclass(frozen=True)
class DemoContents:
    """How much the demo holds: settings of the generated dataset, and which models are trained."""

    synthetic: Mapping[str, Any] = field(default_factory=lambda: dict(SYNTHETIC_SETTINGS))
    trainings: tuple[Training, ...] = TRAININGS


def excerpt() -> Path:
    """The real recordings that ship with the product."""
    return Path(str(resources.files("pfd_panel.demo") / "data" / "cwru_drive_end.h5"))


def start_demo(context: Context, contents: DemoContents | None = None) -> list[Job]:
    """Queue the import of the real excerpt and the generation of the synthetic dataset, whichever is missing."""
    context.require("work")
    present = {dataset.name for dataset in collections.listing(context) if dataset.version}
    jobs = []
    if REAL not in present:
        params = ImportParams.model_validate({"path": str(excerpt()), "dataset": REAL, "notes": REAL_NOTES})
        jobs.append(importing.start(context, params))
    if SYNTHETIC not in present:
        settings = (contents or DemoContents()).synthetic
        jobs.append(generating.start(context, SYNTHETIC, settings, notes=SYNTHETIC_NOTES))
    return jobs


def untrained(context: Context, contents: DemoContents | None = None) -> list[Training]:
    """The models of the demo that are missing."""
    present = {model.name for model in training.page(context, limit=10_000)[0]}
    return [one for one in (contents or DemoContents()).trainings if one.name not in present]
