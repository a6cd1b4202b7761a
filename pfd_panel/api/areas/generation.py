"""Synthetic signals: the controls of the generator, a look at what they do, whole datasets."""

from typing import Any, Literal

from pydantic import Field

from data_catalog.schema import Job
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name, Notes, Word
from pfd_panel.api.wire import Answer
from pfd_panel.services import generating, generator_fields
from pfd_panel.services.context import Context
from pfd_panel.services.generator_fields import Control
from pipelines.generate import GenerateConfig

SETTINGS = {"settings": {"kind": "rolling", "per_class": 20, "duration_s": 2.0, "seed": 7}}


class OfKind(Asked):
    """Which kind of bearing."""

    kind: Literal["journal", "rolling"]


class Settings(Asked):
    """Every control of the generator; what is left out has its default."""

    settings: GenerateConfig


class Generation(Settings):
    """What to generate, and into what."""

    dataset: Name = Field(description="Name of the dataset; made if it does not exist.")
    notes: Notes = ""


class LookRequest(Settings):
    """Which record to look at."""

    fault: Word = Field(description="One of the chosen classes.")
    ordinal: int = Field(0, ge=0, le=10_000, description="Which record of that class.")


class Size(Answer):
    """How much a configuration makes; bytes before compression."""

    signals: int
    samples: int
    bytes: int


class Look(Answer):
    """One record as it would be generated, with the spectra that show what a setting does."""

    samples: list[float]
    rate_hz: float
    metadata: dict[str, Any]
    spectrum: list[float]
    spectrum_step: float
    envelope: list[float]
    envelope_step: float
    band_hz: tuple[float, float] | None
    frequencies_hz: dict[str, float]
    seconds: float
    shortened: bool


def _plain(asked: Settings) -> dict[str, Any]:
    return asked.settings.model_dump(mode="json")


@operation("GET", "/generator/{kind}", right="read", offers=generator_fields.controls)
def list_controls(context: Context, asked: OfKind) -> list[Control]:
    """Every control of the generator with its range and default."""
    return list(generator_fields.controls(asked.kind))


@operation("POST", "/generator/size", right="read", offers=generating.size, example=SETTINGS)
def get_size(context: Context, asked: Settings) -> Size:
    """How much a configuration would make."""
    return Size.model_validate(generating.size(_plain(asked)))


@operation("POST", "/generator/look", right="read", offers=generating.look, example=SETTINGS | {"fault": "ball"})
def look(context: Context, asked: LookRequest) -> Look:
    """One record as it would be generated, with its spectra; stores nothing."""
    seen = generating.look(context, _plain(asked), fault=asked.fault, ordinal=asked.ordinal)
    arrays = {name: getattr(seen, name).tolist() for name in ("samples", "spectrum", "envelope")}
    return Look(**{**vars(seen), **arrays})


@operation("POST", "/generations", right="work", offers=generating.start, example=SETTINGS)
def generate(context: Context, asked: Generation) -> Job:
    """Queue the generation of a dataset."""
    return generating.start(context, asked.dataset, _plain(asked), notes=asked.notes)
