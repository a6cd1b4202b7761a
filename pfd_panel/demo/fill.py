"""Fill a data directory for the demo; what is there already is not made again."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from pfd_panel.workbench import Workbench

REAL = "CWRU drive end"
SYNTHETIC = "Synthetic bearings"
NOTES = (
    "Drive-end accelerometer of 21 seeded-fault recordings, SKF 6205-2RS. Source: Case Western Reserve University "
    "Bearing Data Center."
)
# small enough for seconds on two cores, large enough that a split by bearing means something
SYNTHETIC_SETTINGS = {"kind": "rolling", "per_class": 24, "duration_s": 4.0, "bearings": 8, "seed": 7}

# name of the model, dataset, what is held out together
TRAININGS = (
    ("Synthetic, by recording", SYNTHETIC, "recording"),
    ("CWRU, by recording", REAL, "recording"),
    ("CWRU, by fault size", REAL, "fault_size"),
)


def excerpt() -> Path:
    """The real recordings that ship with the product."""
    return Path(str(resources.files("pfd_panel.demo") / "data" / "cwru_drive_end.h5"))


def fill(bench: Workbench, say: Callable[[str], None]) -> None:
    """Import, generate, extract and train, each only if its result is missing."""
    present = {dataset.name for dataset in bench.datasets() if dataset.version}
    if REAL not in present:
        say("importing 21 real recordings")
        bench.import_(excerpt(), REAL, notes=NOTES)
    if SYNTHETIC not in present:
        say("generating 120 synthetic recordings")
        bench.generate(SYNTHETIC, SYNTHETIC_SETTINGS, notes="Simulated rolling-element bearings; no real machine.")
    trained = {model.name for model in bench.models()}
    for name, dataset, split in TRAININGS:
        if name not in trained:
            say(f"training a random forest on {dataset}, held out by {split.replace('_', ' ')}")
            bench.train(dataset, split=split, drop_small_classes=True, name=name)


def is_filled(bench: Workbench) -> bool:
    """Whether everything that `fill` makes is there."""
    return len({model.name for model in bench.models()} & {name for name, _, _ in TRAININGS}) == len(TRAININGS)
